"""The store in DynamoDB: one answer for each question, whatever is lost on the way, and clear about what keeps it."""

import socket

import pytest

from bot.store.dynamodb import DynamoStore
from bot.store.store import CannotOpen, StoreFails


@pytest.fixture
def server(deployed):
    return deployed.server


@pytest.fixture
def store(deployed, clock):
    opened = DynamoStore(deployed.name, clock=clock)
    yield opened
    opened.close()


def calls(server, operation):
    return sum(call.operation == operation for call in server.calls)


def test_of_an_answer_that_is_lost_nobody_learns(store, server):
    server.lose_answer("TransactWriteItems")
    assert store.add("answers", "a", "one")
    assert not store.add("answers", "a", "two")
    server.lose_answer("TransactWriteItems")
    assert store.take("answers", "a") == "one"
    for operation, deed, words in (
        ("PutItem", store.put, ("answers", "b", "one")),
        ("GetItem", store.get, ("answers", "b")),
        ("DeleteItem", store.drop, ("answers", "b")),
    ):
        server.lose_answer(operation)
        deed(*words)
        assert calls(server, operation) >= 2
    assert list(store.items("answers")) == []


def test_a_shelf_is_read_page_by_page(store, server):
    for number in range(8):
        store.put("answers", str(number), "x" * 300_000)
    assert [key for key, _ in store.items("answers")] == list("01234567")
    assert calls(server, "Query") == 3


def test_whoever_stops_reading_asks_for_no_more(store, server):
    for number in range(8):
        store.put("answers", str(number), "x" * 300_000)
    assert next(store.items("answers"))[0] == "0"
    assert calls(server, "Query") == 1


def test_when_something_expires_is_a_whole_second_as_dynamodb_wants_it(store, server, clock):
    clock.now += 0.25
    store.put("answers", "a", "one", 60)
    store.put("answers", "b", "two")
    rows = server.client("dynamodb").scan(TableName="kintsugi")["Items"]
    assert [row.get("expires", {}).get("N") for row in sorted(rows, key=str)] == ["1790000061", None]


def test_two_who_take_at_once_do_not_both_get_it(store, server, deployed):
    store.put("answers", "a", "one")
    server.conflict(2)
    assert store.take("answers", "a") == "one"
    assert store.take("answers", "a") is None


@pytest.mark.parametrize(
    ("fault", "remedy"),
    [
        (("deny", "dynamodb", "PutItem"), "attach the policy that deploy/storage.yaml makes to the bot's role"),
        (
            ("error", "dynamodb", "PutItem", "ProvisionedThroughputExceededException", "too fast"),
            "if it lasts, have AWS raise what the account may ask of DynamoDB and SQS",
        ),
        (
            ("error", "dynamodb", "PutItem", "InvalidSignatureException", "Signature expired"),
            "set the clock of this machine right, and see that the bot's credentials are whole",
        ),
        (("error", "dynamodb", "PutItem", "ValidationException", "odd"), "see what AWS says, and its health page"),
        (("expire_credentials",), "give the bot valid credentials of the account"),
    ],
)
def test_what_keeps_it_from_being_used_is_named_with_a_remedy(store, server, fault, remedy):
    kind, *words = fault
    getattr(server, kind)(*words)
    with pytest.raises(StoreFails) as failed:
        store.put("answers", "a", "one")
    assert str(failed.value).startswith("the store aws:kintsugi cannot be used (")
    assert str(failed.value).endswith(f"; {remedy}")
    server.clear_faults()
    store.put("answers", "a", "one")


def test_a_table_that_is_not_there_is_named(deployed):
    with pytest.raises(CannotOpen, match=r"aws:another cannot be used .*; deploy deploy/storage.yaml under this name"):
        DynamoStore("another")


def test_where_aws_cannot_be_reached_it_says_so(deployed, monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{unused.getsockname()[1]}")
        with pytest.raises(CannotOpen, match="let this machine reach DynamoDB and SQS"):
            DynamoStore(deployed.name)


@pytest.mark.parametrize(
    ("variable", "value"), [("AWS_ACCESS_KEY_ID", None), ("AWS_REGION", None), ("AWS_ENDPOINT_URL", "nonsense")]
)
def test_what_boto3_lacks_is_named(deployed, monkeypatch, variable, value):
    for each in (variable, "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(each)
    if value:
        monkeypatch.setenv(variable, value)
    with pytest.raises(CannotOpen, match=r"give boto3 a region and credentials \(AWS_REGION, AWS_PROFILE, a role\)"):
        DynamoStore(deployed.name)


def test_the_region_is_the_one_that_is_given(deployed, monkeypatch):
    for variable in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(variable)
    DynamoStore(deployed.name, "eu-west-1").close()
    with pytest.raises(CannotOpen, match="not found"):
        DynamoStore(deployed.name, "us-east-1")


def test_after_it_is_closed_it_fails_by_name(store):
    store.close()
    with pytest.raises(StoreFails, match="the store aws:kintsugi was closed"):
        store.get("answers", "a")
