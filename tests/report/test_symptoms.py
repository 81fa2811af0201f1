"""Cards: loading them, matching all of them together, and what a wrong one is answered."""

import re
from pathlib import Path

import pytest

from bot.report.onepass import OnePass
from bot.report.plain import plain
from bot.report.symptoms import BadSymptom, Signature, Signatures, SymptomCard, load_symptoms

CARDS = load_symptoms(Path(__file__).parents[2] / "symptoms")
EXAMPLES = [(card.symptom, text) for card in CARDS for s in card.signatures for text in s.examples]
COUNTEREXAMPLES = [(card.symptom, text) for card in CARDS for s in card.signatures for text in s.counterexamples]
PUBLIC = """
integration-lambda-permission authorizer-lambda-permission integration-credentials-role authorizer-credentials-role
integration-http-method integration-timeout integration-network integration-response-mapping malformed-proxy-response
lambda-function-error lambda-throttled backend-http-error generic-500 authorizer-failure authorizer-unauthorized-401
authorizer-deny-explicit authorizer-deny-implicit iam-caller-denied resource-policy-deny missing-auth-token
sigv4-invalid sigv4-expired api-key-forbidden custom-domain-mapping forbidden-generic private-api-dns quota-exceeded
throttled request-validation unsupported-media-type request-too-large waf-blocked mutual-tls cors websocket-connection
not-deployed logging-role-missing lambda-policy-limit deploy-error no-error-log
"""


def _found(signatures: Signatures, text: str) -> list[str]:
    return [sight.sighting.symptom for sight in signatures.sights(plain(text))]


def _card(pattern: str, symptom: str = "odd-thing", rank: int = 10, **more: str) -> SymptomCard:
    signature = Signature(pattern, ("x",), **more)
    return SymptomCard(symptom=symptom, rank=rank, signatures=(signature,))


def test_every_public_symptom_has_a_card():
    assert sorted(card.symptom for card in CARDS) == sorted(PUBLIC.split())


@pytest.mark.parametrize(("symptom", "text"), EXAMPLES)
def test_an_example_shows_its_symptom_before_any_other(symptom: str, text: str, signatures: Signatures):
    assert _found(signatures, text)[:1] == [symptom]


@pytest.mark.parametrize(("symptom", "text"), COUNTEREXAMPLES)
def test_a_counterexample_does_not_show_its_symptom(symptom: str, text: str, signatures: Signatures):
    assert symptom not in _found(signatures, text)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.symptom)
def test_every_signature_finds_its_own_examples_alone(card: SymptomCard):
    for signature in card.signatures:
        alone = Signatures([SymptomCard(symptom=card.symptom, rank=card.rank, signatures=(signature,))])
        for text in signature.examples:
            assert _found(alone, text) == [card.symptom], text


def test_what_decides_nothing_comes_last():
    rank = {card.symptom: card.rank for card in CARDS}
    undecided = {"generic-500", "forbidden-generic", "cors", "no-error-log"}
    assert min(rank[symptom] for symptom in undecided) > max(r for s, r in rank.items() if s not in undecided)


def test_both_lambda_permissions_are_shown_when_two_requests_fail(signatures: Signatures):
    refused = "Execution failed due to configuration error: Invalid permissions on Lambda function"
    text = f"""
    (aa000000-1111-4222-8333-444455556666) {refused}
    (aa000000-1111-4222-8333-444455556666) Gateway response body: {{"message": "Internal server error"}}
    (bb000000-1111-4222-8333-444455556666) {refused}
    (bb000000-1111-4222-8333-444455556666) Execution failed due to configuration error: Authorizer error
    """
    assert _found(signatures, text) == [
        "integration-lambda-permission",
        "authorizer-lambda-permission",
        "generic-500",
    ]


def test_symptoms_of_one_rank_come_in_the_order_of_the_text():
    both = Signatures([_card("second", "b-thing"), _card("first", "a-thing"), _card("third", "c-thing", rank=1)])
    assert _found(both, "the second, the first, the third") == ["c-thing", "b-thing", "a-thing"]


def test_conditions_are_about_the_whole_text_and_unless_about_one_occurrence():
    assert _found(Signatures([_card("broken", requires="gateway")]), "gateway is broken") == ["odd-thing"]
    assert _found(Signatures([_card("broken", requires="gateway")]), "it is broken") == []
    assert _found(Signatures([_card("broken", without="chair")]), "a chair is broken") == []
    unless = Signatures([_card("broken", unless="broken chair")])
    assert _found(unless, "a broken chair") == []
    assert _found(unless, "a broken chair and a broken pipe") == ["odd-thing"]


def test_a_card_of_somebody_else_may_add_to_a_symptom():
    together = Signatures([_card("one way", "odd-thing", 50), _card("another way", "odd-thing", 5)])
    assert _found(together, "there is another way") == ["odd-thing"]


def test_gaps_keep_their_length_though_the_common_pass_ignores_it():
    gap = Signatures([_card("open.{0,30}shut")])
    assert _found(gap, "open" + "-" * 30 + "shut") == ["odd-thing"]
    assert _found(gap, "open" + "-" * 31 + "shut") == []


@pytest.mark.parametrize("pattern", [c.signatures[i].pattern for c in CARDS for i in range(len(c.signatures))])
def test_the_common_pass_agrees_with_each_pattern_alone(pattern: str):
    texts = [plain(text) for _, text in EXAMPLES]
    one = OnePass([pattern])
    for text in texts:
        assert bool(one.which(text)) == any(True for _ in one.locate(0, text))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("- a\n", "the file: a mapping of rank, signatures"),
        ("rank: 1\n", "signatures"),
        ("rank: 1\nsignatures:\n  - {pattern: abc, examples: [abc], colour: red}\n", "colour"),
        ("rank: [", "cannot be read as YAML"),
        ("symptom: other\nrank: 1\nsignatures:\n  - {pattern: abc, examples: [abc]}\n", "the file: knows no symptom"),
        ("rank: 1\nsignatures:\n  - {pattern: abc, examples: []}\n", "examples"),
        ("rank: 1\nsignatures:\n  - {pattern: abc, body: abc, examples: [abc]}\n", "a pattern or a body, not both"),
    ],
)
def test_a_wrong_card_is_named_with_what_to_do(tmp_path: Path, content: str, said: str):
    (tmp_path / "odd-thing.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(BadSymptom, match=re.escape("odd-thing.yaml")) as told:
        load_symptoms(tmp_path)
    assert said in str(told.value)


def test_a_pattern_that_re2_refuses_is_named_with_its_symptom():
    with pytest.raises(BadSymptom, match=r"odd-thing: .*\(\?=ahead\).*look-around"):
        Signatures([_card("(?=ahead)")])


def test_a_folder_without_cards_is_no_error(tmp_path: Path):
    assert load_symptoms(tmp_path / "absent") == ()
    assert Signatures(()).sights(b"anything") == ()


@pytest.mark.parametrize(
    "text",
    [
        '{"message":"So sad"}',
        '{"Message": "So sad", "more": 1}',
        "{'message': 'So sad'}",
        "{ message: 'So sad' }",
        '{"message"=>"So sad"}',
        "{message=So sad}",
    ],
)
def test_a_body_is_known_in_every_notation(text: str, tmp_path: Path):
    (tmp_path / "odd-thing.yaml").write_text("rank: 1\nsignatures:\n  - {body: So sad, examples: [x]}\n")
    shown = Signatures(load_symptoms(tmp_path))
    assert [sight.sighting.symptom for sight in shown.sights(text.encode())] == ["odd-thing"]
    assert shown.sights(text.replace("sad", "sadly").encode()) == ()
