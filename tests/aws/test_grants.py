"""What is added to a function's policy: little, under free ids, and within the limit at nobody else's cost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.aws.functions import POLICY_LIMIT_BYTES, FunctionPolicy
from bot.aws.grants import plan_grants, plan_in_turn
from bot.aws.invocations import calls_of
from bot.aws.invoke_permission import invoke_request, may_invoke
from bot.aws.policy import Access, Policy
from tests.aws.tapes import (
    ACCOUNT,
    API,
    REGION,
    Tape,
    api_of,
    function_arn,
    method,
    policy_text,
    record_api,
    statement,
    uri_of,
)

PETS = function_arn("pets")
SOURCE = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API}"
OTHER = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:zzzzzzzzzz"


def calls(*labels, function=PETS, stages=({"stageName": "prod"},)):
    tape = record_api(Tape(), {label: method(function) for label in labels}, stages)
    return calls_of(api_of(tape))


def policy_of(*statements, size=None):
    policy = Policy.parse(policy_text(*statements)) if statements else None
    return FunctionPolicy(calls("GET /")[0].function_arn, policy, size or len(policy_text(*statements)), "e1")


def added(plan):
    return [grant.source_arn for grant in plan.grants]


def removed(statements):
    return [each["sid"] for each in statements]


def test_one_statement_a_method_on_every_stage():
    plan = plan_grants(
        calls("GET /pets", "ANY /pets/{id}", stages=({"stageName": "a"}, {"stageName": "b"})), policy_of()
    )
    assert added(plan) == [f"{SOURCE}/*/GET/pets", f"{SOURCE}/*/ANY/pets/{{id}}"]
    assert (plan.make_room, plan.superseded, plan.is_full, plan.is_near_limit) == ((), (), False, False)


def test_a_call_that_a_stage_variable_leads_to_is_granted_on_that_stage_only():
    stages = ({"stageName": "dev", "variables": {"f": "pets"}}, {"stageName": "prod", "variables": {"f": "pets"}})
    plan = plan_grants(calls("GET /pets", function=function_arn("${stageVariables.f}"), stages=stages), policy_of())
    assert added(plan) == [f"{SOURCE}/dev/GET/pets", f"{SOURCE}/prod/GET/pets"]
    first, second = (grant.sid for grant in plan.grants)
    assert first.startswith(f"apigateway-{API}-dev-GET-pets-")
    assert second.startswith(f"apigateway-{API}-prod-GET-pets-")


def test_an_authorizer_has_a_statement_of_its_own():
    authorizer = {"id": "au12", "name": "n", "type": "TOKEN", "authorizerUri": uri_of(PETS)}
    tape = record_api(Tape(), {"GET /": method(authorizer="au12")}, authorizers=(authorizer,))
    plan = plan_grants(calls_of(api_of(tape)), policy_of())
    assert added(plan) == [f"{SOURCE}/authorizers/au12"]


@pytest.mark.parametrize(("number", "one_for_all"), [(10, False), (11, True)])
def test_many_methods_share_one_statement_for_the_api(number, one_for_all):
    plan = plan_grants(calls(*(f"GET /p{each}" for each in range(number))), policy_of())
    assert added(plan) == [f"{SOURCE}/*/*"] if one_for_all else len(added(plan)) == number
    # There is room: what stands there may stay.
    assert (plan.make_room, plan.superseded) == ((), ())


def test_what_is_added_lets_every_call_in():
    made = calls("GET /pets", "ANY /pets/{id}", "POST /")
    plan = plan_grants(made, policy_of())
    policy = Policy.parse(policy_text(*(statement(grant.sid, grant.source_arn) for grant in plan.grants)))
    for call in made:
        request = invoke_request(call.function_arn, call.source_arn(), ACCOUNT)
        assert may_invoke(policy, request).verdict is Access.ALLOWED


def near_full(*statements):
    """A policy with these statements and so much of others that nothing more fits comfortably."""
    filler = statement("theirs", f"{OTHER}/*/*", Principal={"Service": "s3.amazonaws.com"})
    return policy_of(*statements, filler, size=POLICY_LIMIT_BYTES - 900)


def test_near_the_limit_the_api_s_own_narrower_statements_are_superseded_and_nobody_else_s():
    plan = plan_grants(
        calls("GET /pets", "GET /toys"),
        near_full(
            statement("own-narrow", f"{SOURCE}/*/GET/pets"),
            statement("own-stage", f"{SOURCE}/prod/*"),
            statement("others", f"{OTHER}/*/GET/pets"),
            statement("of-another-account", f"arn:aws:execute-api:{REGION}:210987654321:{API}/*/*"),
            statement("wider", f"arn:aws:execute-api:{REGION}:{ACCOUNT}:*"),
            statement("authorizer", f"{SOURCE}/authorizers/au12"),
            statement("unscoped"),
            statement("denies", f"{SOURCE}/*/GET/pets", Effect="Deny"),
            statement("more-actions", f"{SOURCE}/*/GET/pets", Action="lambda:*"),
            statement("more-principals", f"{SOURCE}/*/GET/pets", Principal={"AWS": "*"}),
            statement("more-conditions", Condition={"ArnLike": {"aws:SourceArn": f"{SOURCE}/*/*"}, "Bool": {"a": "b"}}),
        ),
    )
    assert added(plan) == [f"{SOURCE}/*/*"]
    assert plan.is_near_limit
    assert not plan.is_full
    assert plan.make_room == ()
    assert {"own-narrow", "own-stage"} <= set(removed(plan.superseded)) <= {"own-narrow", "own-stage", "authorizer"}


def test_an_authorizer_keeps_its_statement_where_the_api_s_would_not_serve_it():
    own = statement("authorizer", f"{SOURCE}/authorizers/au12")
    plan = plan_grants(calls("GET /pets"), near_full(own))
    broad = Policy.parse(policy_text(*(statement(grant.sid, grant.source_arn) for grant in plan.grants)))
    request = invoke_request(calls("GET /")[0].function_arn, f"{SOURCE}/authorizers/au12", ACCOUNT)
    still_let_in = may_invoke(broad, request).verdict is Access.ALLOWED
    assert still_let_in or "authorizer" not in removed((*plan.make_room, *plan.superseded))


def test_what_is_removed_can_be_written_again():
    own = statement(
        "own",
        Condition={
            "ArnLike": {"AWS:SourceArn": f"{SOURCE}/*/GET/pets"},
            "StringEquals": {"AWS:SourceAccount": ACCOUNT},
        },
    )
    plan = plan_grants(calls("GET /pets", "GET /toys"), near_full(own))
    assert plan.superseded == ({"sid": "own", "source_arn": f"{SOURCE}/*/GET/pets", "source_account": ACCOUNT},)


def test_where_even_one_does_not_fit_room_is_made_first_and_no_more_than_it_takes():
    owns = [statement(f"own{number}", f"{SOURCE}/*/GET/p{number}") for number in range(3)]
    plan = plan_grants(calls("GET /pets"), policy_of(*owns, size=POLICY_LIMIT_BYTES - 200))
    assert removed(plan.make_room) == ["own0"]
    assert removed(plan.superseded) == ["own1", "own2"]
    assert not plan.is_full


def test_a_policy_full_of_others_is_full():
    plan = plan_grants(calls("GET /pets"), policy_of(statement("others", f"{OTHER}/*/*"), size=POLICY_LIMIT_BYTES))
    assert plan.is_full
    assert plan.make_room == plan.superseded == ()
    assert (plan.size, plan.limit) == (POLICY_LIMIT_BYTES, POLICY_LIMIT_BYTES)


def test_plans_for_parts_of_the_calls_go_together_where_each_method_has_its_statement():
    parts = [calls("GET /a"), calls("GET /b", "GET /c")]
    first, second = plan_in_turn(parts, policy_of())
    assert (added(first), added(second)) == ([f"{SOURCE}/*/GET/a"], [f"{SOURCE}/*/GET/b", f"{SOURCE}/*/GET/c"])
    assert not first.is_covered
    assert not second.is_covered


def test_one_statement_for_the_api_is_written_by_the_first_part_only():
    own = statement("own", f"{SOURCE}/*/GET/pets")
    first, second = plan_in_turn([calls("GET /a"), calls("GET /b")], near_full(own))
    assert added(first) == [f"{SOURCE}/*/*"]
    assert "own" in first.removed
    assert "theirs" not in first.removed
    assert first.document["removed"] == first.removed
    assert first.document["grants"] == ({"sid": first.grants[0].sid, "source_arn": f"{SOURCE}/*/*"},)
    assert (second.grants, second.make_room, second.superseded, second.is_covered) == ((), (), (), True)


def test_many_calls_that_one_stage_s_variable_leads_here_share_a_statement_of_that_stage():
    stages = ({"stageName": "prod", "variables": {"f": "pets"}},)
    labels = [f"GET /p{number}" for number in range(11)]
    plan = plan_grants(calls(*labels, function=function_arn("${stageVariables.f}"), stages=stages), policy_of())
    assert added(plan) == [f"{SOURCE}/prod/*"]


def test_ids_that_are_taken_are_not_taken_again():
    ((wanted,),) = [[grant.sid for grant in plan_grants(calls("GET /pets"), policy_of()).grants]]
    taken = policy_of(statement(wanted, f"{OTHER}/*/*"), statement(f"{wanted}-2", f"{OTHER}/*/*"))
    assert [grant.sid for grant in plan_grants(calls("GET /pets"), taken).grants] == [f"{wanted}-3"]


def test_methods_whose_names_fall_together_get_ids_of_their_own():
    sids = [
        grant.sid for grant in plan_grants(calls("GET /a-b", "GET /a/b", "GET /a_b", "GET /{a}/b"), policy_of()).grants
    ]
    assert len(set(sids)) == 4


segment = st.text(st.characters(blacklist_characters="/ ", blacklist_categories=("Cs",)), min_size=1, max_size=60)


@given(
    st.lists(
        st.lists(segment, max_size=6).map(lambda parts: "/" + "/".join(parts)), min_size=1, max_size=9, unique=True
    )
)
def test_ids_are_free_and_legal_whatever_the_paths(paths):
    plan = plan_grants(calls(*(f"GET {path}" for path in paths)), policy_of())
    sids = [grant.sid for grant in plan.grants]
    assert len(sids) == len(set(sids)) >= 1
    assert all(re.fullmatch("[A-Za-z0-9_-]{1,100}", sid) for sid in sids)
