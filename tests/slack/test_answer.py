"""An answer in Slack: what it says, in which order, and that Slack accepts it whatever it says."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model import Candidate, Certainty, LogSearch, Mend, Scope, UnseenRead, UnseenReason
from bot.reply.document import search_line
from bot.reply.writer import Writer
from bot.slack.outgoing.answer import parts_of, preview
from bot.slack.outgoing.messages import Message, as_file, button, fill, following, note, say
from bot.slack.outgoing.richtext import block, mention, section
from tests.slack.blockkit import NotAccepted, check_message, text_of
from tests.slack.replies import CLI, GRANT, TARGET, a_diagnosis, a_finding, a_fix, a_reply, hostile_reply

WRITER = Writer([], [])
WORDS = WRITER.words("reply", "en")

DENIED = UnseenRead("lambda:GetPolicy", "GetPolicy", GRANT["Resource"], UnseenReason.DENIED, GRANT)


def shown(reply):
    """The text of the first message, which is checked, and what did not fit into it."""
    message, rest = fill(reply.summary, parts_of(reply, WORDS))
    check_message(message.payload())
    return text_of(message.payload()), rest


def in_order(text, *pieces):
    positions = [text.index(piece) for piece in pieces]
    return positions == sorted(positions)


def test_the_answer_comes_first_then_cause_steps_and_code():
    text, rest = shown(a_reply())
    assert rest == ()
    assert in_order(
        text,
        "API Gateway is not allowed to invoke",
        "Allow ",
        WORDS.block("proven"),
        "Its policy has ",
        WORDS.block("steps"),
        "Open the function ",
        CLI,
        WORDS.block("no_deployment"),
        'Type: "AWS::Lambda::Permission"',
        "aws lambda remove-permission",
        "Account 123456789012",
    )


def test_markdown_becomes_styles():
    message, _ = fill("", parts_of(a_reply(), WORDS))
    elements = json.dumps(message.payload())
    assert json.dumps({"type": "text", "text": "orders", "style": {"code": True}}) in elements
    assert json.dumps({"type": "text", "text": "no", "style": {"bold": True}}) in elements
    assert "**" not in elements
    assert '"`' not in elements


def test_code_is_preformatted_and_exactly_what_was_written():
    message, _ = fill("", parts_of(a_reply(), WORDS))
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
    text, _ = shown(a_reply(findings=(mend,)))
    assert in_order(text, WORDS.block("likely"), WORDS.block("elsewhere"), "A statement in the other account.")


def test_where_there_is_no_command_there_is_a_note():
    fix = a_fix(cli=None, cli_note="Only you know.", cloudformation=None, cloudformation_note="No template can.")
    text, _ = shown(a_reply(findings=(Mend(a_finding(), fix),)))
    assert in_order(text, WORDS.block("cli"), "Only you know.", WORDS.block("cloudformation"), "No template can.")
    assert WORDS.block("no_deployment") not in text
    assert WORDS.block("rollback") not in text


def test_several_findings_are_numbered_and_advice_comes_last():
    mends = tuple(Mend(a_finding(), a_fix(title=f"Mend {letter}")) for letter in "AB")
    advice = (Mend(a_finding(cause="permission_unscoped"), a_fix(title="Scope it")),)
    text, _ = shown(a_reply(findings=mends, advice=advice, diagnosis=a_diagnosis(unseen=(DENIED,))))
    assert in_order(
        text, "1. Mend A", "2. Mend B", WORDS.block("unseen"), "lambda:GetPolicy", "Scope it", WORDS.block("advice")
    )


def test_what_was_searched_in_logs_is_said():
    search = LogSearch("API-Gateway-Execution-Logs_a1b2c3d4e5/prod", 60, 41, 2)
    text, _ = shown(a_reply(diagnosis=a_diagnosis(log_searches=(search,))))
    assert search_line(search, WORDS).replace("`", "") in text


def test_a_denied_read_comes_with_the_statement_that_would_allow_it():
    text, _ = shown(a_reply(findings=(), diagnosis=a_diagnosis(unseen=(DENIED,))))
    assert json.dumps(GRANT, indent=2) in text


def test_candidates_are_listed_and_a_long_list_is_broken_not_dropped():
    candidates = tuple(
        Candidate(replace(TARGET, id=f"api{number}"), "the orders API of the shop " * 12) for number in range(60)
    )
    text, rest = shown(a_reply(findings=(), diagnosis=a_diagnosis(target=None, candidates=candidates)))
    assert in_order(text, WORDS.block("candidates"), "api0", "api9")
    assert "api59" not in text
    assert "api59" in as_file(rest)


def test_what_does_not_fit_goes_cloudformation_first_then_rollback_then_further_findings():
    def long(name):
        return "\n".join(f"{name} line {number}" for number in range(140))

    fix = a_fix(cloudformation=long("cloudformation"), rollback_cli=long("rollback"), why=long("why"))
    first, second = (Mend(a_finding(), replace(fix, title=title)) for title in ("First", "Second"))
    text, rest = shown(a_reply(findings=(first, second)))
    assert "why line 139" in text
    assert in_order(text, "1. First", "2. Second")
    assert "cloudformation line" not in text
    left = [part.label for part in rest]
    assert [label for label in left if "CloudFormation" in label and "First" in label]
    assert "# CloudFormation" in as_file(rest)
    assert as_file(rest).count("cloudformation line 139") == 2


def test_a_command_is_shown_whole_or_not_at_all():
    cli = "\n".join(f"aws lambda add-permission --statement-id s{number}" for number in range(400))
    text, rest = shown(a_reply(findings=(Mend(a_finding(), a_fix(cli=cli)),)))
    assert "--statement-id" not in text
    assert cli in as_file(rest)


def test_preview_is_what_a_thread_gets():
    whole = preview(a_reply(), WRITER)
    assert set(whole) == {"text", "blocks"}
    check_message(whole)
    long = preview(a_reply(findings=(Mend(a_finding(), a_fix(cloudformation="x: 1\n" * 3_000)),)), WRITER)
    assert "x: 1" in long.pop("file")
    assert WRITER.words("slack", "en").block("rest_in_file") in text_of(long)
    check_message(long)


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


@settings(deadline=None, max_examples=40)
@given(hostile_text, st.sampled_from([1, 3, 8]))
def test_whatever_a_reply_holds_slack_accepts_it_and_parses_nothing(text, many):
    reply = hostile_reply(f"A{text}", many)
    parts = parts_of(reply, WORDS)
    words = WRITER.words("slack", "en")
    message, rest = fill(reply.summary, parts)
    more, left_out = following(rest, 4)
    hint = note(words.block("left_out"), rest)
    after = [*button("Share " + text, "share", "job"), *note(words.block("rest_follows"))]
    sent = [message.between(hint, after), *(each.between(note(words.block("left_out"), left_out)) for each in more)]
    for each in sent:
        payload = each.payload()
        check_message(payload)
        assert set(links_of(payload["blocks"])) <= {"https://docs.aws.amazon.com/lambda/latest/dg/welcome.html"}
    assert len(sent) <= 5
    assert len(message.blocks) + sum(len(part.blocks) for part in rest) == sum(len(part.blocks) for part in parts)
    as_file(rest).encode()


@settings(deadline=None, max_examples=60)
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
        button("Label", "same", "1") * 2,
    ):  # fmt: skip
        with pytest.raises(NotAccepted):
            check_message(Message("text", tuple(blocks)).payload())
    with pytest.raises(NotAccepted):
        check_message(good | {"text": "<!channel>"})


def test_code_in_a_step_is_preformatted_and_the_numbers_go_on_behind_it():
    steps = ("Wait.", "Return this:\n\n```python\nif x:\n    y\n```\n\nSave it.", "Deploy.", "Look `again`.")
    reply = a_reply(findings=(Mend(a_finding(), a_fix(steps=steps)),))
    message, rest = fill(reply.summary, parts_of(reply, WORDS))
    check_message(message.payload())
    assert rest == ()
    listed = [
        (element["type"], element.get("offset"), len(element["elements"]))
        for each in message.blocks
        for element in each.get("elements", ())
        if element.get("style") == "ordered"
    ]
    assert listed == [("rich_text_list", None, 2), ("rich_text_list", 2, 2)]
    file = as_file(parts_of(reply, WORDS))
    assert "1. Wait.\n2. Return this:\nif x:\n    y\nSave it.\n3. Deploy.\n4. Look again." in file
