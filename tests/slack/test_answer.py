"""An answer in Slack: what it says, in which order, and that Slack accepts it whatever it says."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.comparison import Comparison
from bot.model import (
    Candidate,
    Certainty,
    Hint,
    LogSearch,
    Mend,
    Place,
    Progress,
    Scope,
    Step,
    UnseenRead,
    UnseenReason,
)
from bot.reply.document import search_line
from bot.reply.locales import LANGUAGES
from bot.reply.writer import Writer
from bot.slack import actions
from bot.slack.outgoing.answer import Labels, answer_of, snippets_of
from bot.slack.outgoing.comparison import compared_part
from bot.slack.outgoing.controls import answer_above, chosen, presented, preview
from bot.slack.outgoing.elements import button, row
from bot.slack.outgoing.evidence import evidence_view, rest_view
from bot.slack.outgoing.forms import ask_form, wrong_form
from bot.slack.outgoing.home import closed_view, home_view
from bot.slack.outgoing.messages import Message, Rank, say
from bot.slack.outgoing.progress import progress_message
from bot.slack.outgoing.richtext import block, mention, section
from tests.slack.blockkit import NotAccepted, check_message, check_view
from tests.slack.blockkit.texts import every_text
from tests.slack.replies import CLI, GRANT, TARGET, a_diagnosis, a_finding, a_fix, a_reply, hostile_reply

WRITER = Writer([], [])
LABELS = Labels(WRITER.words("reply", "en"), WRITER.words("slack", "en"))
WORDS, OWN = LABELS.reply, LABELS.slack

DENIED = UnseenRead("lambda:GetPolicy", "GetPolicy", GRANT["Resource"], UnseenReason.DENIED, GRANT)


def shown(reply, **options):
    """The text of the message, which is checked, and of what stands behind its button."""
    answer = answer_of(reply, LABELS, **options)
    message, rest = presented(answer, "id", OWN)
    check_message(message.payload())
    view = rest_view(reply, answer.behind(answer.shown_up_to()), LABELS)
    check_view(view)
    return said(message.payload()), said(view) if rest else ""


def said(payload):
    """What a person reads: the texts without the lines by which `text_of` parts them."""
    return "".join(every_text(payload["blocks"]))


def in_order(text, *pieces):
    positions = [text.index(piece) for piece in pieces]
    return positions == sorted(positions)


def long(name, lines=140):
    return "\n".join(f"{name} line {number}" for number in range(lines))


def test_the_answer_comes_first_then_steps_and_commands():
    text, behind = shown(a_reply(), has_files=True)
    assert in_order(
        text,
        "API Gateway is not allowed to invoke",
        WORDS.block("proven"),
        "integration_permission_missing",
        "Its policy has ",
        WORDS.block("steps"),
        "Open the function ",
        CLI,
        WORDS.block("no_deployment"),
        "aws lambda remove-permission",
        OWN.block("template_attached"),
        "Account 123456789012",
        OWN.block("check_again"),
        OWN.block("helpful"),
    )
    assert "AWS::Lambda::Permission" not in text
    assert "AWS::Lambda::Permission" in behind


def test_where_files_cannot_be_attached_the_template_is_behind_its_button():
    text, _ = shown(a_reply())
    assert OWN.block("template_behind_button") in text
    assert OWN.block("show_template") in text


def test_markdown_becomes_styles():
    message, _ = answer_of(a_reply(), LABELS).message()
    elements = json.dumps(message.payload()["blocks"])
    assert json.dumps({"type": "text", "text": "orders", "style": {"code": True}}) in elements
    assert json.dumps({"type": "text", "text": "no", "style": {"bold": True}}) in elements
    assert "**" not in elements
    assert '"`' not in elements


def test_code_is_preformatted_and_exactly_what_was_written():
    message, _ = answer_of(a_reply(), LABELS).message()
    code = [
        element["elements"]
        for each in message.blocks
        for element in each.get("elements", ())
        if element["type"] == "rich_text_preformatted"
    ]
    assert code[0] == [{"type": "text", "text": CLI}]


def test_a_likely_finding_says_what_would_disprove_it():
    fix = a_fix(would_disprove="A statement in the other account.")
    mend = Mend(a_finding(certainty=Certainty.LIKELY, scope=Scope.ELSEWHERE), fix)
    text, _ = shown(a_reply(findings=(mend, mend)))
    assert in_order(text, WORDS.block("likely"), WORDS.block("elsewhere"), "A statement in the other account.")
    text, _ = shown(a_reply(findings=(mend,)))
    assert in_order(text, WORDS.block("likely"), "A statement in the other account.")
    assert WORDS.block("elsewhere") not in text, "the summary of a single finding says so"


def test_who_changed_it_is_told_in_the_readers_time():
    facts = {
        "changed_at": "2026-11-20T23:30:00+00:00",
        "changed_by": "arn:aws:iam::123456789012:user/mei",
        "changed_event": "RemovePermission20150331v2",
    }
    reply = a_reply(findings=(Mend(a_finding(facts=facts), a_fix()),), timezone="Asia/Tokyo")
    text, _ = shown(reply)
    assert in_order(text, "Its policy has ", "November 21, 2026", "08:30", "user/mei", WORDS.block("steps"))


def test_where_there_is_no_command_there_is_a_note():
    fix = a_fix(cli=None, cli_note="Only you know.", cloudformation=None, cloudformation_note="No template can.")
    text, behind = shown(a_reply(findings=(Mend(a_finding(), fix),)))
    assert in_order(text, WORDS.block("cli"), "Only you know.")
    assert "No template can." in behind
    assert WORDS.block("no_deployment") not in text
    assert WORDS.block("rollback") not in text


def test_the_first_of_several_causes_is_shown_the_others_stand_behind_a_button_in_order():
    mends = tuple(Mend(a_finding(), a_fix(title=f"Mend {letter}", why=f"why {letter}")) for letter in "ABC")
    advice = (Mend(a_finding(cause="permission_unscoped", advice=True), a_fix(title="Scope it")),)
    reply = a_reply(findings=mends, advice=advice, diagnosis=a_diagnosis(unseen=(DENIED,)))
    text, behind = shown(reply)
    assert in_order(
        text,
        "why A",
        WORDS.block("unseen"),
        "lambda:GetPolicy",
        OWN.block("further_causes"),
        "Mend B",
        "Mend C",
        WORDS.block("advice"),
        "Scope it",
        OWN.block("show_causes", {"count": 2}),
    )
    assert "why B" not in text
    assert in_order(behind, "2. Mend B", "why B", CLI, "3. Mend C", "why C", "Scope it")


def test_what_was_searched_in_logs_is_said():
    search = LogSearch("API-Gateway-Execution-Logs_a1b2c3d4e5/prod", 60, 41, 2)
    text, _ = shown(a_reply(diagnosis=a_diagnosis(log_searches=(search,))))
    assert search_line(search, WORDS).replace("`", "") in text


def test_a_denied_read_comes_with_the_statement_that_would_allow_it():
    text, _ = shown(a_reply(findings=(), diagnosis=a_diagnosis(unseen=(DENIED,))))
    assert json.dumps(GRANT, indent=2) in text


def test_that_nothing_may_be_asked_about_is_said_once_by_the_summary():
    nobody = replace(DENIED, reason=UnseenReason.NOT_TRIED, grant=None, hint=Hint.NO_ACCOUNT)
    text, _ = shown(a_reply(findings=(), diagnosis=a_diagnosis(unseen=(nobody,))))
    assert WORDS.block("unseen") not in text


def test_candidates_are_listed_and_can_be_chosen():
    candidates = tuple(Candidate(replace(TARGET, id=f"api{number}"), f"shop {number}") for number in range(3))
    reply = a_reply(findings=(), diagnosis=a_diagnosis(target=None, candidates=candidates))
    message, _ = presented(answer_of(reply, LABELS), "answer-id", OWN)
    check_message(message.payload())
    menu = next(e for b in message.blocks if b["type"] == "actions" for e in b["elements"] if "options" in e)
    assert menu["action_id"] == actions.CANDIDATE
    assert [option["text"]["text"] for option in menu["options"]] == [
        f"api{number} · shop {number} · eu-west-1" for number in range(3)
    ]
    assert chosen(menu["options"][2]["value"]) == ("answer-id", "2")


def test_an_answer_is_known_again_by_what_stands_beneath_it():
    asking = a_reply(findings=(), diagnosis=a_diagnosis(target=None, candidates=(Candidate(TARGET, "shop"),)))
    for reply in (a_reply(), asking):
        message, _ = presented(answer_of(reply, LABELS), "answer-id", OWN)
        assert answer_above(message.blocks) == "answer-id"
    assert answer_above(say("words").blocks) is None


def test_a_long_list_of_candidates_is_broken_not_dropped():
    candidates = tuple(
        Candidate(replace(TARGET, id=f"api{number}"), "the orders API of the shop " * 12) for number in range(60)
    )
    text, behind = shown(a_reply(findings=(), diagnosis=a_diagnosis(target=None, candidates=candidates)))
    assert in_order(text, WORDS.block("candidates"), "api0", "api9")
    assert "api59" not in text
    assert "api59" in behind


def test_what_does_not_fit_is_behind_the_button_and_in_a_file():
    fix = a_fix(rollback_cli=long("rollback", 500), why=long("why"), cloudformation=None, cli=long("cli", 200))
    reply = a_reply(findings=(Mend(a_finding(), fix),))
    text, behind = shown(reply, has_files=True)
    assert "why line 139" in text
    assert "cli line 199" in text
    assert "rollback line" not in text
    assert "rollback line 499" in behind
    rest = presented(answer_of(reply, LABELS, has_files=True), "id", OWN)[1]
    (whole,) = snippets_of(reply, WORDS, rest)
    assert whole.name == "answer.md"
    for name in ("why line 139", "cli line 199", "rollback line 499"):
        assert name in whole.content


def test_a_command_is_shown_whole_or_not_at_all():
    cli = long("aws lambda add-permission", 500)
    text, behind = shown(a_reply(findings=(Mend(a_finding(), a_fix(cli=cli)),)))
    assert "add-permission" not in text
    assert cli in behind


def test_each_template_is_a_file_that_can_be_deployed():
    one = a_reply()
    rest = answer_of(one, LABELS).message()[1]
    assert [each.name for each in snippets_of(one, WORDS, rest)] == ["integration_permission_missing.yaml"]
    assert snippets_of(one, WORDS, rest)[0].content == one.findings[0].fix.cloudformation
    many = a_reply(findings=tuple(Mend(a_finding(), a_fix()) for _ in range(12)))
    names = [each.name for each in snippets_of(many, WORDS, answer_of(many, LABELS).message()[1])]
    assert names[0] == "1-integration_permission_missing.yaml"
    assert names[-1] == "answer.md"
    assert len(names) == 10


def test_preview_is_what_a_thread_gets():
    whole = preview(a_reply(), WRITER)
    (file,) = whole.pop("files")
    assert file["name"] == "integration_permission_missing.yaml"
    check_message(whole)


def test_the_evidence_is_numbered_and_says_what_shows_what():
    view = evidence_view(a_reply(), LABELS)
    check_view(view)
    text = said(view)
    assert in_order(text, "shown by read 1", "lambda:GetPolicy", "apigateway:GetRestApi")
    assert "Account 123456789012" in text


def test_evidence_without_end_is_bounded_and_says_so():
    read = a_diagnosis().evidence[0]
    many = tuple(replace(read, id=f"e{number}", parameters={"X": "y" * 290}) for number in range(2_000))
    view = evidence_view(a_reply(diagnosis=a_diagnosis(evidence=many)), LABELS)
    check_view(view)
    assert OWN.block("view_too_long") in said(view)


def test_progress_tells_what_is_done_and_what_is_left():
    progress = Progress(Step.EXAMINE, target=TARGET, done=2, total=7, reads=14)
    message = progress_message(progress, OWN)
    check_message(message.payload())
    text = said(message.payload())
    assert in_order(
        text, "✓ Read", "✓ Found the API a1b2c3d4e5", "▸ Examine", "2 of 7", "○ Look up", "○ Write", "14 reads"
    )


def test_a_comparison_tells_what_is_right_now_and_what_still_is_wrong():
    gone, stays, fresh = (Mend(a_finding(cause=name), a_fix(title=f"Mend {name}")) for name in ("a", "b", "c"))
    before, after = a_reply(findings=(gone, stays)), a_reply(findings=(stays, fresh))
    comparison = Comparison(mended=(gone.finding,), remaining=(stays.finding,), new=(fresh.finding,))
    text, _ = shown(after, before=[compared_part(comparison, before, after, OWN)])
    assert in_order(
        text, OWN.block("mended"), "Mend a", OWN.block("still_wrong"), "Mend b", OWN.block("newly_wrong"), "Mend c"
    )
    unchanged = Comparison(remaining=(stays.finding,))
    assert OWN.block("unchanged") in shown(after, before=[compared_part(unchanged, after, after, OWN)])[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms_and_the_home_tab_are_what_slack_accepts(language, catalogs):
    words = Writer([], catalogs).words("slack", language)
    accounts = [Place(f"{number:012}", False, None, f"name {number}" * 20) for number in range(120)]
    regions = [f"eu-west-{number}" for number in range(120)]
    check_view(ask_form(words, language, accounts, regions, "https://hooks.slack.com/commands/1"))
    check_view(ask_form(words, language, accounts[:1], (), ""))
    check_view(wrong_form(words, "id", "C1"))
    for chosen_language in (None, language):
        check_view(home_view(words, chosen_language, "es", accounts))
    check_view(home_view(words, None, "en", ()))
    check_view(closed_view(words.block("external")))


def test_the_language_in_the_home_tab_is_the_one_in_use():
    def shown_choice(chosen_language):
        view = home_view(OWN, chosen_language, "ja", ())
        return next(e for b in view["blocks"] if b["type"] == "actions" for e in b["elements"] if "options" in e)

    assert shown_choice(None)["initial_option"]["text"]["text"] == "As set in Slack (日本語)"
    assert shown_choice("es")["initial_option"]["value"] == "es"


HOSTILE = [
    "<!channel>", "<!here>", "<@U1>", "<https://evil.test|aws.amazon.com>", "&", "&amp;", "`", "```", "**", "*", "_",
    ":aws:", "arn:aws:s3:::x", "\n", "\n\n", "\x00", "\x1b[31m", "\ud800", "\U0001f4a5", "‮", " ", "日本語", "a", "%s",
    "{{ 7 * 7 }}", "\r\n", "1. ", "- ",
]  # fmt: skip
hostile_text = st.builds(
    lambda pieces, times: "".join(pieces) * times,
    st.lists(st.sampled_from(HOSTILE), max_size=12),
    st.sampled_from([1, 2, 40, 400]),
)


def links_of(payload):
    found = []

    def walk(value):
        if isinstance(value, dict):
            if value.get("type") == "link":
                found.append(value["url"])
            assert value.get("type") not in ("broadcast", "usergroup", "channel", "emoji", "mrkdwn")
            value = list(value.values())
        if isinstance(value, list):
            for item in value:
                walk(item)

    walk(payload)
    return found


@settings(max_examples=15)
@given(hostile_text, st.sampled_from([1, 3, 8]), st.booleans())
def test_whatever_a_reply_holds_slack_accepts_it_and_parses_nothing(text, many, has_files):
    reply = hostile_reply(f"A{text}", many)
    answer = answer_of(reply, LABELS, has_files=has_files)
    message, rest = presented(answer, "id", OWN, can_share=True)
    check_message(message.payload())
    behind = answer.behind(answer.shown_up_to())
    views = [rest_view(reply, behind, LABELS), evidence_view(reply, LABELS)]
    for view in views:
        check_view(view)
    for payload in (message.payload(), *views):
        assert set(links_of(payload["blocks"])) <= {"https://docs.aws.amazon.com/lambda/latest/dg/welcome.html"}
    assert all(part in behind for part in rest if part.rank is not Rank.FURTHER)
    for snippet in snippets_of(reply, WORDS, rest):
        assert snippet.content.strip()


@settings(max_examples=60)
@given(hostile_text)
def test_whatever_is_said_slack_accepts_it(text):
    check_message(say("Words " + text).payload())


def test_the_oracle_refuses_what_slack_refuses():
    good = say("Good").payload()
    check_message(good)
    for blocks in (
        [],
        good["blocks"] * 51,
        [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}}],
        [{"type": "rich_text", "elements": []}],
        block(section([{"type": "text", "text": ""}])),
        say("x" * 8_000).payload()["blocks"] * 2,
        block(section([mention("<!channel>")])),
        [{"type": "context", "elements": [{"type": "plain_text", "text": "<!here>", "emoji": False}]}],
        [*row(button("Label", "same", "1")), *row(button("Label", "same", "1"))],
    ):  # fmt: skip
        with pytest.raises(NotAccepted):
            check_message(Message("text", tuple(blocks)).payload())
    with pytest.raises(NotAccepted):
        check_message(good | {"text": "<!channel>"})


def test_code_in_a_step_is_preformatted_and_the_numbers_go_on_behind_it():
    steps = ("Wait.", "Return this:\n\n```python\nif x:\n    y\n```\n\nSave it.", "Deploy.", "Look `again`.")
    reply = a_reply(findings=(Mend(a_finding(), a_fix(steps=steps)),))
    message, _ = answer_of(reply, LABELS).message()
    check_message(message.payload())
    listed = [
        (element["type"], element.get("offset"), len(element["elements"]))
        for each in message.blocks
        for element in each.get("elements", ())
        if element.get("style") == "ordered"
    ]
    assert listed == [("rich_text_list", None, 2), ("rich_text_list", 2, 2)]
    assert in_order(said(message.payload()), "Return this:", "if x:\n    y", "Save it.", "Deploy.")
