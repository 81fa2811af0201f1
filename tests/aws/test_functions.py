"""A function at a qualifier: whether it is there, and the one policy that decides who may call it."""

import json

import pytest

from bot.aws.account import Unseen
from bot.aws.arn import FunctionArn
from bot.aws.functions import Function, Presence
from bot.model import Hint, UnseenReason
from tests.aws.tapes import DENIED, Tape, account_of, found, function_arn, policy_text, record_function, statement


def function_on(tape, qualifier=None):
    return Function(account_of(tape), FunctionArn.parse(function_arn("pets", qualifier)))


def test_latest_is_the_function_itself():
    assert function_on(Tape(), "$LATEST").arn == FunctionArn.parse(function_arn("pets"))
    assert function_on(Tape(), "live").arn.qualifier == "live"


@pytest.mark.parametrize(
    ("recorded", "called", "presence"),
    [
        ([None], None, Presence.PRESENT),
        ([None, "live"], "live", Presence.PRESENT),
        ([None], "live", Presence.QUALIFIER_MISSING),
        ([], "live", Presence.FUNCTION_MISSING),
        ([], None, Presence.FUNCTION_MISSING),
    ],
)
def test_whether_function_and_qualifier_are_there(recorded, called, presence):
    tape = Tape()
    for qualifier in recorded:
        record_function(tape, "pets", qualifier=qualifier)
    assert function_on(tape, called).presence is presence


def test_a_policy_shows_that_the_function_is_there_where_its_configuration_is_closed():
    tape = Tape().holds("lambda", "GetFunctionConfiguration", DENIED, FunctionName="pets")
    tape.holds("lambda", "GetPolicy", found(Policy=policy_text(statement())), FunctionName="pets")
    assert function_on(tape).presence is Presence.PRESENT


def test_without_a_policy_a_closed_configuration_leaves_it_open():
    tape = Tape().holds("lambda", "GetFunctionConfiguration", DENIED, FunctionName="pets")
    with pytest.raises(Unseen):
        _ = function_on(tape).presence


def test_the_policy_is_that_of_the_qualifier_called():
    tape = record_function(Tape(), "pets", statement("own"))
    record_function(tape, "pets", statement("live", Resource=function_arn("pets", "live")), qualifier="live")
    assert [each.sid for each in function_on(tape).policy.policy.statements] == ["own"]
    assert [each.sid for each in function_on(tape, "live").policy.policy.statements] == ["live"]


def test_no_policy_is_an_answer():
    function = function_on(record_function(Tape(), "pets"))
    assert (function.policy.policy, function.policy.size) == (None, 0)
    assert function.evidence == (function.policy.evidence,)


def test_the_size_is_in_bytes_as_the_document_is_kept():
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement("é")]}, ensure_ascii=False)
    tape = Tape().holds("lambda", "GetPolicy", found(Policy=text), FunctionName="pets")
    assert function_on(tape).policy.size == len(text) + 1


def test_a_policy_that_cannot_be_read_decides_nothing_and_is_a_gap():
    tape = Tape().holds("lambda", "GetPolicy", found(Policy="{"), FunctionName="pets")
    function = function_on(tape)
    with pytest.raises(Unseen):
        _ = function.policy
    (gap,) = function.account.inquiry.unseen
    assert (gap.operation, gap.reason, gap.hint) == ("GetPolicy", UnseenReason.NOT_SUPPORTED, Hint.MALFORMED_POLICY)


def test_what_a_condition_leaves_open_is_a_gap():
    function = function_on(record_function(Tape(), "pets", statement()))
    assert function.undecided().read.hint is Hint.UNDECIDABLE_CONDITION
    assert [gap.operation for gap in function.account.inquiry.unseen] == ["GetPolicy"]


def aliases(*names):
    return found(Aliases=[{"Name": name, "FunctionVersion": "9"} for name in names])


def versions(*numbers):
    return found(Versions=[{"Version": number} for number in numbers])


@pytest.mark.parametrize(
    ("called", "siblings"),
    [
        (None, ["live", "test", "10", "9"]),
        ("live", [None, "test", "10", "9"]),
        ("9", [None, "live", "test", "10"]),
        ("gone", [None, "live", "test", "10", "9"]),
    ],
)
def test_siblings_are_the_function_its_aliases_and_its_newest_versions_but_the_one_called(called, siblings):
    tape = Tape().holds("lambda", "ListAliases", aliases("live", "test"), FunctionName="pets")
    tape.holds("lambda", "ListVersionsByFunction", versions("$LATEST", "9", "10"), FunctionName="pets")
    assert [each.of.qualifier for each in function_on(tape, called).sibling_policies] == siblings


def test_siblings_are_read_together_before_any_is_waited_for():
    tape = Tape().holds("lambda", "ListAliases", aliases("live"), FunctionName="pets")
    tape.holds("lambda", "ListVersionsByFunction", versions("$LATEST", "7"), FunctionName="pets")
    tape.holds("lambda", "GetPolicy", DENIED, FunctionName="pets", Qualifier="live")
    function = function_on(tape)
    with pytest.raises(Unseen):
        _ = function.sibling_policies
    assert [read.arguments["Qualifier"] for read in tape.asked if read.operation == "GetPolicy"] == ["live", "7"]


@pytest.mark.parametrize(("newest", "further"), [(19, False), (20, True), (50, True)])
def test_of_many_versions_the_newest_are_looked_at_and_it_is_known_that_there_are_more(newest, further):
    numbers = [str(number) for number in range(1, newest + 1)]
    tape = Tape().holds("lambda", "ListVersionsByFunction", versions(*numbers), FunctionName="pets")
    tape.holds("lambda", "ListAliases", aliases(), FunctionName="pets")
    function = function_on(tape, "live")
    looked_at = [each.of.qualifier for each in function.sibling_policies]
    assert looked_at == [None, *numbers[::-1][:19]]
    assert function.has_further_siblings is further


def test_a_function_without_aliases_has_no_siblings_but_itself():
    tape = Tape().holds("lambda", "ListVersionsByFunction", versions("$LATEST"), FunctionName="pets")
    tape.holds("lambda", "ListAliases", aliases(), FunctionName="pets")
    assert [each.of.qualifier for each in function_on(tape, "live").sibling_policies] == [None]
    assert function_on(tape).sibling_policies == ()


@pytest.mark.parametrize("called", [None, "live", "7"])
def test_what_has_a_policy_or_is_listed_is_not_missing(called):
    by_policy = record_function(Tape(), "pets") if called else Tape()
    policy = found(Policy=policy_text(statement()))
    by_policy.holds("lambda", "GetPolicy", policy, FunctionName="pets", Qualifier=called)
    by_list = record_function(Tape(), "pets")
    by_list.holds("lambda", "ListAliases", aliases("live"), FunctionName="pets")
    by_list.holds("lambda", "ListVersionsByFunction", versions("$LATEST", "7"), FunctionName="pets")
    for tape in [by_policy, *([by_list] if called else [])]:
        function = function_on(tape, called)
        with pytest.raises(Unseen):
            _ = function.presence
        (gap,) = function.account.inquiry.unseen
        assert (gap.operation, gap.hint) == ("GetFunctionConfiguration", Hint.CONTRADICTED)


def test_what_will_be_needed_is_asked_early():
    tape = Tape()
    function = function_on(tape, "live")
    function.expect()
    asked = list(tape.asked)
    assert tape.operations == ["GetFunctionConfiguration", "GetPolicy", "GetFunctionConfiguration"]
    _ = function.presence, function.policy
    assert tape.asked == asked
