"""The worst that an answer may hold: Slack takes every message and view, and nothing is cut in the middle."""

from dataclasses import replace

import pytest

from bot.model import Candidate, Evidence, LogSearch, Outcome, UnseenRead, UnseenReason, Verdict
from bot.reply.locales import LANGUAGES
from bot.slack import actions
from bot.slack.outgoing.answer import Labels, answer_of, snippets_of
from bot.slack.outgoing.controls import presented
from bot.slack.outgoing.evidence import evidence_view, rest_view
from tests.slack.blockkit import check_message, check_view
from tests.slack.blockkit.texts import every_text
from tests.slack.engine import WRITER, a_broken, broken, finds, undecided
from tests.slack.replies import GRANT, TARGET, a_diagnosis
from tests.slack.scenes import ask, ask_by_command, can_press, choose, opened
from tests.slack.serving import own_words, said

HOSTILE = (
    "<!channel> <@UEN|x> <https://evil.test|aws> *b* _i_ ~s~ `c` ```f``` &amp; > :aws: {{ 7 * 7 }} %(n)s $(id) "
    "\"'\\ \u202egnp \u200b\x00\x1b[31m \u65e5\u672c\u8a9e \U0001f525\U0001f468\u200d\U0001f469\u200d\U0001f467"
)
LONG = "\u540d\u524d\U0001f525<&>" * 84
"""A little more than 500 characters, of which Slack counts some twice and escapes others."""
LONG_NAME = "a name with <&> " * 32
"""As long, and one that a command can hold."""
READ = a_diagnosis().evidence[0]
UNSEEN = UnseenRead("lambda:GetPolicy", "GetPolicy", GRANT["Resource"], UnseenReason.DENIED, GRANT, "no " * 99)


def reads(number, text=""):
    return tuple(
        Evidence(f"e{each}", "lambda", "GetPolicy", {"FunctionName": f"f{each}{text}", "Qualifier": [text] * 9},
                 list(Outcome)[each % 4], "123456789012", "eu-west-1", each / 7, text or None)
        for each in range(number)
    )  # fmt: skip


def unseen(number, text=""):
    return tuple(replace(UNSEEN, resource=f"arn:{each}{text}", detail=text) for each in range(number))


def candidates(number, text):
    return tuple(Candidate(replace(TARGET, id=f"api{each}", region=text), f"{text}{each}") for each in range(number))


CAUSES = tuple(a_broken(f"thing{number} {LONG_NAME}", evidence=("e1", "e3")) for number in range(30))
EVERYTHING = broken(
    findings=tuple(replace(each, remedy={"size": 2_000}) for each in CAUSES),
    advice=CAUSES[:9],
    evidence=reads(200, HOSTILE),
    unseen=unseen(40, LONG),
    log_searches=(LogSearch(LONG, 60, 1, 1, is_cut=True),) * 20,
)
WORST = {
    "a command of 30,000 characters": broken(findings=(a_broken("orders", remedy={"size": 30_000}),)),
    "30 causes": broken(*(f"thing{number}" for number in range(30))),
    "30 causes of long names": broken(findings=CAUSES),
    "200 reads": broken("orders", evidence=reads(200)),
    "40 reads that are not allowed": broken(verdict=Verdict.COULD_NOT_CHECK, unseen=unseen(40)),
    "60 candidates": undecided(60),
    "60 candidates of long names": undecided(candidates=candidates(60, LONG)),
    "hostile names": broken(HOSTILE, LONG, evidence=reads(20, HOSTILE), unseen=unseen(3, HOSTILE)),
    "hostile candidates": undecided(candidates=candidates(60, HOSTILE)),
    "everything": EVERYTHING,
}

TOO_LONG_FOR_A_VIEW = ("60 candidates of long names", "everything")
"""A view says so itself; the file beside the answer holds them whole."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", WORST)
def test_slack_takes_it_and_every_command_is_whole_somewhere(case, language):
    labels = Labels(WRITER.words("reply", language), WRITER.words("slack", language))
    reply = WRITER.reply(WORST[case], language)
    check_view(evidence_view(reply, labels))
    # Half of the languages in a thread with its files, the others for one person alone: checking takes its time.
    in_thread = language in ("en", "zh_TW")
    answer = answer_of(reply, labels, has_files=in_thread)
    message, rest = presented(answer, "x" * 16, labels.slack, can_share=not in_thread)
    view = rest_view(reply, answer.behind(answer.shown_up_to()), labels)
    check_message(message.payload())
    check_view(view)
    shown, behind = ("".join(every_text(each["blocks"])) for each in (message.payload(), view))
    files = "".join(snippet.content for snippet in snippets_of(reply, labels.reply, rest))
    is_cut = labels.slack.block("view_too_long") in behind
    for mend in (*reply.findings, *reply.advice):
        if mend.fix.cli is None:
            assert case == "hostile names"
            assert mend.fix.cli_note
            continue
        cli = sent(mend.fix.cli)
        assert cli in shown or cli in sent(files)
        assert cli in shown or cli in behind or is_cut
        assert sent(mend.fix.cloudformation) in behind or is_cut
    assert is_cut is (case in TOO_LONG_FOR_A_VIEW)
    assert reply.summary.split()[0].strip("`") in shown


def sent(text):
    """A text as it can be sent."""
    return "".join("\ufffd" if char < " " and char not in "\t\n" else char for char in text)


@pytest.mark.parametrize("case", WORST)
def test_every_way_out_is_taken(served, stub, case):
    """Thread and command, another language, views, a comparison, sharing: the fake complains of what is wrong."""
    stub.answers = finds(WORST[case])
    answer = ask(served, "UES")
    private = ask_by_command(served, "UJA")
    choose(served.person("UZH"), answer, actions.LANGUAGE, "zh_TW")
    served.wait_for(lambda: served.ephemerals("UZH"))
    for action in (actions.EVIDENCE, actions.REST):
        if can_press(answer, action):
            served.person("UEN").press(answer, action)
            view = opened(served, "UEN")
            served.person("UEN").close(view)
    served.person("UJA").press(private, actions.SHARE)
    served.wait_for(lambda: any(can_press(each) for each in served.channel("C1")))
    if WORST[case].target is not None:
        stub.answers = finds(replace(EVERYTHING, findings=CAUSES[10:], advice=()))
        served.person("UEN").press(answer, actions.CHECK_AGAIN)
        served.wait_for(lambda: answer.edits > 2 and can_press(answer))
        assert own_words("newly_wrong", "es") in said(answer) or "of long names" in case or case == "everything"


def test_what_was_mended_is_told_however_much_it_is(served, stub):
    stub.answers = finds(EVERYTHING)
    answer = ask(served)
    stub.answers = finds(replace(EVERYTHING, findings=CAUSES[15:], advice=(), unseen=()))
    served.person("UEN").press(answer, actions.CHECK_AGAIN)
    served.wait_for(lambda: answer.edits > 2 and can_press(answer))
    assert own_words("mended") in said(answer)
    assert own_words("still_wrong") in said(answer)
    assert "Mend thing0 " in said(answer)
    assert said(answer).index(own_words("mended")) < said(answer).index("aws made-up mend")
