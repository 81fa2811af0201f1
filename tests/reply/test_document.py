"""The whole answer in Markdown: its parts, their order, and what is left out where there is nothing to say."""

from dataclasses import replace

import pytest

from bot.model import Candidate, Certainty, Hint, LogSearch, Mend, Outcome, Scope, UnseenRead, UnseenReason, Verdict
from bot.reply.document import context_line, markdown, search_line, unseen_line
from bot.reply.locales import LANGUAGES
from bot.reply.writer import Writer
from tests.slack.replies import CLI, GRANT, TARGET, a_diagnosis, a_finding, a_fix, a_reply

WORDS = Writer([], []).words("reply", "en")
SAID = WORDS.block
"""The words themselves may be worded better at any time; where they stand is what is tested here."""
DENIED = UnseenRead("lambda:GetPolicy", "GetPolicy", GRANT["Resource"], UnseenReason.DENIED, GRANT)


def document(reply, **options):
    return markdown(reply, WORDS, **options)


def in_order(text, *pieces):
    positions = [text.index(piece) for piece in pieces]
    return positions == sorted(positions)


def test_cause_and_fix_come_in_the_order_in_which_they_are_read():
    text = document(a_reply())
    assert in_order(
        text,
        "API Gateway is not allowed",
        f"**{SAID('proven')}** · `integration_permission_missing`",
        "Its policy has **no** statement",
        f"### {SAID('steps')}\n\n1. Open the function",
        "2. Add the permission",
        f"### {SAID('cli')}\n\n```bash\n{CLI}\n```\n\n{SAID('no_deployment')}",
        f"### {SAID('cloudformation_deploy')}\n\n```yaml\nResources:",
        f"### {SAID('rollback')}\n\n```bash\naws lambda remove-permission",
        f"### {SAID('references')}\n\n- https://docs.aws.amazon.com/lambda/",
        "---\nAccount `123456789012`, region `eu-west-1`, API `a1b2c3d4e5`, stage `prod` · 2 reads of AWS in 3.4 s",
    )
    assert text.endswith(" s\n")
    assert "##" not in text.partition("###")[0]


def test_several_causes_are_numbered_and_titled():
    text = document(a_reply(findings=(Mend(a_finding(), a_fix(title="One")), Mend(a_finding(), a_fix(title="Two")))))
    assert in_order(text, "## 1. One\n", "## 2. Two\n")


def test_what_is_only_likely_says_what_would_disprove_it():
    fix = a_fix(would_disprove="It works by hand.")
    likely = Mend(a_finding(certainty=Certainty.LIKELY), fix)
    assert f"**{SAID('would_disprove')}** It works by hand." in document(a_reply(findings=(likely,)))
    assert "It works by hand." not in document(a_reply(findings=(Mend(a_finding(), fix),)))


@pytest.mark.parametrize(("scope", "said"), [(Scope.ELSEWHERE, True), (Scope.ASKED, False)])
def test_what_lies_elsewhere_is_said_to(scope, said):
    assert (SAID("elsewhere") in document(a_reply(findings=(Mend(a_finding(scope=scope), a_fix()),)))) is said


def test_where_nothing_can_be_run_it_says_why_and_there_is_nothing_to_undo():
    fix = a_fix(
        cli=None, cli_note="Yours to choose.", rollback_cli=None, rollback_note="Nothing to undo.",
        cloudformation=None, cloudformation_use=None, cloudformation_note="No template can.",
    )  # fmt: skip
    text = document(a_reply(findings=(Mend(a_finding(), fix),)))
    assert in_order(
        text,
        f"### {SAID('cli')}\n\nYours to choose.",
        f"### {SAID('cloudformation')}\n\nNo template can.",
        f"### {SAID('references')}",
    )
    assert not any(SAID(name) in text for name in ("rollback", "redeploy", "no_deployment"))


def test_a_fix_that_needs_a_deployment_says_so():
    text = document(a_reply(findings=(Mend(a_finding(), a_fix(redeploy=True, cloudformation_use="merge")),)))
    assert SAID("redeploy") in text
    assert SAID("no_deployment") not in text
    assert f"### {SAID('cloudformation_merge')}\n" in text


def test_a_command_that_cannot_be_undone_says_why():
    fix = a_fix(rollback_cli=None, rollback_note="Keep a copy.")
    assert f"### {SAID('rollback')}\n\nKeep a copy." in document(a_reply(findings=(Mend(a_finding(), fix),)))


def test_commands_stand_exactly_as_they_are_whatever_they_hold():
    script = "echo '```'\necho '# no heading'\necho '````'"
    text = document(a_reply(findings=(Mend(a_finding(), a_fix(cli=script)),)))
    assert f"`````bash\n{script}\n`````\n" in text


def test_advice_comes_after_the_faults():
    advice = Mend(a_finding(cause="permission_unscoped"), a_fix(title="Too open"))
    text = document(a_reply(advice=(advice,)))
    assert in_order(text, "`integration_permission_missing`", f"# {SAID('advice')}", "## Too open")


def test_what_could_not_be_seen_comes_with_what_would_allow_it():
    text = document(a_reply(findings=(), diagnosis=a_diagnosis(unseen=(DENIED,))))
    assert in_order(text, f"## {SAID('unseen')}", "- `lambda:GetPolicy` on `arn:", '```json\n{\n  "Effect": "Allow"')


UNSEEN = [
    DENIED,
    replace(DENIED, reason=UnseenReason.FAILED, detail="ServiceException: x"),
    replace(DENIED, reason=UnseenReason.FAILED),
    replace(DENIED, reason=UnseenReason.FAILED, hint=Hint.BROKEN_PLAYBOOK),
    replace(DENIED, reason=UnseenReason.FAILED, hint=Hint.REGION_NOT_ENABLED, detail="ServiceException: x"),
    replace(DENIED, reason=UnseenReason.THROTTLED),
    replace(DENIED, reason=UnseenReason.NOT_TRIED),
    replace(DENIED, reason=UnseenReason.NOT_SUPPORTED),
    replace(DENIED, reason=UnseenReason.NOT_SUPPORTED, hint=Hint.MALFORMED_POLICY),
    replace(DENIED, reason=UnseenReason.NOT_SUPPORTED, hint=Hint.CONTRADICTED),
    replace(DENIED, reason=UnseenReason.NOT_SUPPORTED, hint=Hint.UNDECIDABLE_CONDITION),
    replace(DENIED, reason=UnseenReason.NOT_SUPPORTED, hint=Hint.OTHER_ACCOUNT),
    replace(DENIED, reason=UnseenReason.NOT_SUPPORTED, hint=Hint.TOO_MANY_APIS),
    replace(DENIED, reason=UnseenReason.NOT_SUPPORTED, hint=Hint.NOT_LOGGED),
    replace(DENIED, reason=UnseenReason.NOT_SUPPORTED, hint=Hint.NOT_IN_THE_LOG),
    replace(DENIED, reason=UnseenReason.NOT_SUPPORTED, hint=Hint.LOGS_NOT_READ),
]

CLOSED = [
    replace(DENIED, account="shop"),
    replace(DENIED, account="shop", reason=UnseenReason.FAILED, detail="ServiceException: x"),
    replace(DENIED, account="shop", reason=UnseenReason.FAILED),
    replace(DENIED, account="shop", reason=UnseenReason.FAILED, hint=Hint.REGION_NOT_ENABLED, detail="Unrecognized: x"),
    replace(DENIED, account="shop", reason=UnseenReason.FAILED, hint=Hint.OTHER_ACCOUNT, detail="AccessDenied: x"),
    replace(DENIED, account="shop", reason=UnseenReason.THROTTLED),
    replace(DENIED, account="shop", reason=UnseenReason.NOT_TRIED),
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_account_that_could_not_be_searched_is_named_with_the_reason(language):
    lines = [unseen_line(unseen, Writer([], []).words("reply", language)) for unseen in CLOSED]
    assert all("`shop`" in line for line in lines)
    assert len(set(lines)) == len(lines)
    assert not any("` `" in line for line in lines)


def test_that_nothing_may_be_asked_about_is_said_once_by_the_summary():
    nobody = replace(DENIED, reason=UnseenReason.NOT_TRIED, hint=Hint.NO_ACCOUNT)
    assert SAID("unseen") not in document(a_reply(findings=(), diagnosis=a_diagnosis(unseen=(nobody,))))


def test_a_candidate_of_several_accounts_names_its_own():
    candidates = (Candidate(TARGET, "pets", "shop"), Candidate(TARGET, "pets"))
    text = document(a_reply(findings=(), diagnosis=a_diagnosis(candidates=candidates)))
    assert "- `a1b2c3d4e5` `pets` eu-west-1 `shop`\n- `a1b2c3d4e5` `pets` eu-west-1\n" in text


def test_every_reason_and_hint_has_a_sentence_of_its_own():
    assert {unseen.reason for unseen in UNSEEN} == set(UnseenReason)
    assert {unseen.hint for unseen in UNSEEN} == {None, *Hint} - {Hint.NO_ACCOUNT}
    lines = [unseen_line(unseen, WORDS) for unseen in UNSEEN]
    assert len(set(lines)) == len(lines)
    assert all(line and "\n" not in line for line in lines)


def test_what_aws_said_is_repeated():
    assert "`ServiceException: x`" in unseen_line(UNSEEN[1], WORDS)


def test_candidates_are_listed_under_the_question():
    from bot.model import Candidate

    diagnosis = a_diagnosis(verdict=Verdict.NEED_TARGET, candidates=(Candidate(TARGET, "the `pets`\napi"),))
    text = document(a_reply(summary="Which API is it?", findings=(), diagnosis=diagnosis))
    assert text.startswith("Which API is it?\n\n- `a1b2c3d4e5` `the ˋpetsˋ api` eu-west-1\n")


def test_the_evidence_is_shown_where_it_is_wanted():
    reply = a_reply()
    shown = f"- `lambda:GetPolicy` `{{}}` `eu-west-1` `{Outcome.FOUND}`"
    assert shown in document(reply, with_evidence=True)
    assert shown not in document(reply)


def test_where_nothing_was_read_there_is_nothing_to_say_of_it():
    reply = a_reply(diagnosis=a_diagnosis(evidence=()))
    assert context_line(reply, WORDS) == ""
    assert "---" not in document(reply)


def test_one_read_is_not_several_and_without_a_target_only_the_effort_is_told():
    one = a_diagnosis(target=None, evidence=a_diagnosis().evidence[:1], elapsed_milliseconds=49.0)
    assert context_line(a_reply(diagnosis=one), WORDS) == "1 read of AWS in 0 s"


def test_code_in_a_step_belongs_to_it_and_the_list_goes_on():
    step = "Return this:\n\n```python\nif x:\n\n    y\n```"
    text = document(a_reply(findings=(Mend(a_finding(), a_fix(steps=(*["Wait."] * 9, step, "Deploy."))),)))
    assert "\n10. Return this:\n\n    ```python\n    if x:\n\n        y\n    ```\n11. Deploy.\n" in text


def test_what_was_searched_in_logs_is_said_in_a_line_each():
    whole = LogSearch("API-Gateway-Execution-Logs_a1b2c3d4e5/prod", 60, 1, 1)
    cut = LogSearch("access", 1_440, 2_000, 3, is_cut=True)
    reply = a_reply(diagnosis=a_diagnosis(log_searches=(whole, cut)))
    text = document(reply)
    assert search_line(whole, WORDS) == (
        "Searched `API-Gateway-Execution-Logs_a1b2c3d4e5/prod` 60 minutes back. · 1 event read."
    )
    assert search_line(cut, WORDS).endswith(f"2,000 events read. · {SAID('searched_in_part')}")
    assert in_order(text, f"- {search_line(whole, WORDS)}\n- {search_line(cut, WORDS)}", "---\nAccount")


def test_a_search_around_a_known_time_names_no_minutes():
    line = search_line(LogSearch("/aws/lambda/tokens", 0, 2, 1), WORDS)
    assert line == f"{SAID('searched_at_one_time', {'log_group': '/aws/lambda/tokens'})} · 2 events read."
