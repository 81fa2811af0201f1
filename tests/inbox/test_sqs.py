"""The inbox of several machines: whatever is lost between DynamoDB and SQS, everything is leased, and once."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing

import pytest

from bot.inbox.inbox import LeaseLost, Stage
from bot.inbox.sqs import SqsInbox
from bot.store.store import CannotOpen, StoreFails
from tests.inbox.test_inbox import nothing, take

ARRIVED, WAITING, FAILED = Stage
SECONDS = 30.0


@pytest.fixture
def place(aws_place):
    return aws_place


@pytest.fixture
def server(deployed):
    return deployed.server


@pytest.fixture
def queue(server):
    """Speaks to the queue of a stage as anybody may."""
    sqs = server.client("sqs")

    def call(operation, stage, **parameters):
        url = sqs.get_queue_url(QueueName=f"kintsugi-{stage}.fifo")["QueueUrl"]
        return getattr(sqs, operation)(QueueUrl=url, **parameters)

    return call


@pytest.fixture
def send(queue):
    """Sends a message to the queue of a stage."""

    def send(stage, text, group="C1/1.0"):
        id = str(time.monotonic_ns())
        queue("send_message", stage, MessageBody=text, MessageGroupId=group, MessageDeduplicationId=id)

    return send


@pytest.fixture
def messages(queue):
    """How many messages a queue has, in somebody's hands or not."""

    def count(stage):
        kinds = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes = queue("get_queue_attributes", stage, AttributeNames=kinds)["Attributes"]
        return sum(map(int, attributes.values()))

    return count


@pytest.fixture
def row(server):
    """A row of the table, by its shelf and key, to be changed by hand."""
    dynamodb = server.client("dynamodb")

    def call(operation, shelf, key, **parameters):
        place = {"shelf": {"S": shelf}, "key": {"S": key}}
        return getattr(dynamodb, operation)(TableName="kintsugi", Key=place, **parameters)

    return call


@pytest.mark.parametrize(
    "operation",
    ["TransactWriteItems", "UpdateItem", "SendMessage", "ReceiveMessage", "ChangeMessageVisibility", "DeleteMessage"],
)
def test_whatever_answer_is_lost_on_the_way_nothing_is_done_twice(inbox, server, item, messages, operation):
    def losing(deed, *words, **named):
        server.lose_answer(operation)
        try:
            return deed(*words, **named)
        finally:
            server.clear_faults()

    inbox.look_after()
    assert losing(inbox.accept, item("a"))
    lease = losing(inbox.lease, ARRIVED, SECONDS, 2)
    assert lease.attempt == 1
    losing(inbox.put_back, lease, 0, counts=False)
    lease = take(inbox)
    assert lease.attempt == 1
    losing(inbox.pass_on, lease, WAITING, "posted")
    lease = take(inbox, WAITING)
    assert (lease.attempt, lease.note) == (1, "posted")
    losing(inbox.done, lease)
    assert inbox.owed() == []
    assert nothing(inbox)
    assert nothing(inbox, WAITING)
    assert [messages(stage) for stage in Stage] == [0, 0, 0]


def test_what_could_not_be_sent_is_sent_as_soon_as_it_can_be(inbox, server, item):
    server.deny("sqs", "SendMessage")
    assert inbox.accept(item("a"))
    assert nothing(inbox)
    server.clear_faults()
    lease = take(inbox)
    server.deny("sqs", "SendMessage")
    inbox.pass_on(lease, WAITING, "posted")
    server.clear_faults()
    assert take(inbox, WAITING).note == "posted"


@pytest.mark.parametrize("way", ["Slack repeats it", "a look at what is owed"])
def test_what_was_written_down_by_who_died_is_sent_by_others(open_another, server, place, item, way):
    server.deny("sqs", "SendMessage")
    assert open_another().accept(item("a"))
    server.clear_faults()
    inbox = open_another()
    assert nothing(inbox)
    if way == "Slack repeats it":
        place.pass_time(3)
        assert not inbox.accept(item("a"))
    else:
        place.pass_time(5 * 60)
        inbox.look_after()
        assert nothing(inbox)
        place.pass_time(60)
        inbox.look_after()
    assert take(inbox).item == item("a")


def test_what_was_passed_on_by_who_died_is_sent_by_who_meets_its_message(open_another, server, place, item):
    dead, inbox = open_another(), open_another()
    dead.accept(item("a"))
    lease = take(dead)
    server.deny("sqs", "SendMessage")
    server.deny("sqs", "DeleteMessage")
    dead.pass_on(lease, WAITING, "posted")
    server.clear_faults()
    place.pass_time(SECONDS)
    assert nothing(inbox, WAITING)
    assert nothing(inbox)
    assert take(inbox, WAITING).note == "posted"


@pytest.mark.parametrize("end", ["done", "give_up"])
def test_a_message_that_was_not_deleted_is_when_it_comes_back(inbox, server, place, item, messages, end):
    inbox.accept(item("a1"))
    inbox.accept(item("a2"))
    lease = take(inbox)
    server.deny("sqs", "DeleteMessage")
    getattr(inbox, end)(lease, *(["no use"] if end == "give_up" else []))
    server.clear_faults()
    assert nothing(inbox)
    place.pass_time(SECONDS)
    assert take(inbox).item == item("a2")
    assert messages(ARRIVED) == 1


def test_a_message_too_many_makes_no_second_lease(inbox, open_another, place, item, send, messages):
    inbox.accept(item("a"))
    lease = take(inbox)
    send(ARRIVED, item("a").id, group="another")
    assert nothing(open_another())
    place.pass_time(SECONDS - 5)
    inbox.extend(lease, SECONDS)
    place.pass_time(10)
    assert nothing(open_another())
    inbox.done(lease)
    place.pass_time(SECONDS)
    assert nothing(inbox)
    assert messages(ARRIVED) == 0


def test_what_waits_long_is_not_sent_again_and_again(inbox, open_another, server, place, item, messages):
    inbox.accept(item("a"))
    others = (inbox, open_another())
    for _ in range(15):
        place.pass_time(4 * 60)
        for each in others:
            each.look_after()
    assert messages(ARRIVED) == 5  # after 6, 12, 24 and 48 minutes
    inbox.done(take(inbox))
    assert nothing(inbox)
    assert messages(ARRIVED) == 0


def test_what_is_held_or_put_back_for_later_is_not_taken_for_lost(inbox, place, item, messages):
    inbox.accept(item("a", "a"))
    inbox.accept(item("b", "b"))
    inbox.lease(ARRIVED, 3_600, 0)
    inbox.put_back(take(inbox), 3_600, counts=False)
    place.pass_time(3_600)
    inbox.look_after()
    assert messages(ARRIVED) == 2


@pytest.mark.parametrize("is_owed", [True, False])
def test_nothing_dies_in_the_dead_letter_queue(inbox, server, place, queue, item, messages, caplog, is_owed):
    inbox.accept(item("a"))
    if not is_owed:
        server.deny("sqs", "DeleteMessage")
        inbox.done(take(inbox))
        server.clear_faults()
        place.pass_time(SECONDS)
    attributes = queue("get_queue_attributes", ARRIVED, AttributeNames=["RedrivePolicy"])["Attributes"]
    assert '"maxReceiveCount": 1000' in attributes["RedrivePolicy"]
    few = attributes["RedrivePolicy"].replace("1000", "3")
    queue("set_queue_attributes", ARRIVED, Attributes={"RedrivePolicy": few})
    while queue("receive_message", ARRIVED, VisibilityTimeout=0).get("Messages"):
        pass
    assert (messages(ARRIVED), messages(FAILED)) == (0, 1)
    inbox.look_after()
    assert "a message comes back from the dead-letter queue" in caplog.text
    assert (messages(ARRIVED), messages(FAILED)) == (int(is_owed), 0)
    assert nothing(inbox) != is_owed


def test_a_message_of_somebody_else_is_deleted(inbox, item, send, messages, caplog):
    inbox.accept(item("a"))
    for text in ("", "../../x", "A" * 32, '{"id": "0123456789abcdef"}', "0" * 2_000):
        send(WAITING, text or " ")
    send(WAITING, "0123456789abcdef")
    assert nothing(inbox, WAITING)
    assert messages(WAITING) == 0
    assert caplog.text.count("names no item") == 5
    assert take(inbox).item == item("a")


def test_a_clock_that_was_ahead_keeps_nothing_from_others(open_another, deployed, place, item):
    inbox = open_another()
    inbox.accept(item("a"))
    with closing(SqsInbox(deployed.name, 1, clock=lambda: deployed.server.clock() + 3_600)) as ahead:
        take(ahead)
    place.pass_time(SECONDS)
    assert take(inbox).attempt == 2


def test_a_record_laid_out_by_a_later_release_is_left_alone(inbox, place, item, row):
    inbox.accept(item("a"))
    later = {
        "UpdateExpression": "SET #l = :later",
        "ExpressionAttributeNames": {"#l": "layout"},
        "ExpressionAttributeValues": {":later": {"N": "2"}},
    }
    row("update_item", "inbox", item("a").id, **later)
    assert nothing(inbox)
    assert inbox.owed()[0].attempts == 0
    later["ExpressionAttributeValues"] = {":later": {"N": "1"}}
    row("update_item", "inbox", item("a").id, **later)
    place.pass_time(1)
    assert take(inbox).attempt == 1


def test_that_an_id_was_heard_is_for_dynamodb_to_forget(inbox, place, item, row):
    inbox.accept(item("a"))
    inbox.done(take(inbox))
    heard = row("get_item", f"inbox/{item('a').id}", "heard")["Item"]
    assert int(heard["expires"]["N"]) - place.deployed.server.clock() == pytest.approx(25 * 3_600, abs=5)
    place.pass_time(30 * 24 * 3_600)
    assert not inbox.accept(item("a"))
    row("delete_item", f"inbox/{item('a').id}", "heard")
    assert inbox.accept(item("a"))


def test_what_was_asked_is_deleted_with_the_item(inbox, server, item):
    inbox.accept(item("a", body="unmistakable"))
    inbox.done(take(inbox))
    rows = server.client("dynamodb").scan(TableName="kintsugi")["Items"]
    assert [each["key"]["S"] for each in rows] == ["heard"]
    assert "unmistakable" not in str(rows)


def test_of_many_who_wait_one_asks_and_waking_ends_it(inbox, server):
    began = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(inbox.lease, ARRIVED, SECONDS, 60) for _ in range(8)]
        while wait(waiting, 0.01).not_done and time.monotonic() - began < 10:
            inbox.wake()  # Those who come later wait for the next.
        assert [each.result(0) for each in waiting] == [None] * 8
    assert sum(call.operation == "ReceiveMessage" for call in server.calls) <= 3  # one of them of the dead letters


@pytest.mark.parametrize("operation", ["UpdateItem", "GetItem"])
def test_what_could_not_be_read_is_leased_after_a_while(inbox, server, place, item, operation):
    inbox.accept(item("a"))
    server.deny("dynamodb", operation)
    with pytest.raises(StoreFails, match="not authorized to perform"):
        inbox.lease(ARRIVED, SECONDS, 0)
    server.clear_faults()
    place.pass_time(SECONDS)
    assert take(inbox).item == item("a")


def test_what_may_be_lost_is_looked_for_without_keeping_anybody(open_another, server, item, caplog):
    server.deny("dynamodb", "Query")
    inbox = open_another()
    server.clear_faults()
    inbox.accept(item("a"))
    server.deny("dynamodb", "Query")
    assert take(inbox).item == item("a")
    assert "what may be lost is looked for later" in caplog.text


def test_a_transaction_that_meets_another_is_tried_again(inbox, server, item):
    server.conflict(3)
    assert inbox.accept(item("a"))
    lease = take(inbox)
    server.conflict(3)
    inbox.done(lease)
    server.conflict(99)
    with pytest.raises(StoreFails, match="TransactionCanceledException"):
        inbox.accept(item("b"))


def test_a_holder_who_was_followed_learns_so_before_it_shows_anything(inbox, place, item):
    inbox.accept(item("a"))
    lease = take(inbox)
    place.pass_time(SECONDS)
    take(inbox)
    with pytest.raises(LeaseLost):
        inbox.extend(lease, SECONDS)


@pytest.mark.parametrize(
    ("fault", "remedy"),
    [
        (("deny", "sqs", "GetQueueUrl"), "attach the policy that deploy/storage.yaml makes to the bot's role"),
        (("deny", "dynamodb", "GetItem"), "attach the policy that deploy/storage.yaml makes to the bot's role"),
        (("expire_credentials",), "give the bot valid credentials of the account"),
    ],
)
def test_what_keeps_it_from_being_opened_is_named(deployed, fault, remedy):
    kind, *words = fault
    getattr(deployed.server, kind)(*words)
    with pytest.raises(CannotOpen) as refused:
        SqsInbox(deployed.name, 1)
    assert str(refused.value).startswith("the store aws:kintsugi cannot be used (An error occurred (")
    assert str(refused.value).endswith(f"); {remedy}")


def test_queues_that_are_not_there_are_named(deployed):
    with pytest.raises(CannotOpen, match=r"aws:another cannot be used .*; deploy deploy/storage.yaml under this name"):
        SqsInbox("another", 1)


def test_while_sqs_fails_nothing_is_lost_and_everybody_is_told(inbox, server, item, caplog):
    server.deny("sqs", "SendMessage")
    server.deny("sqs", "ReceiveMessage")
    with caplog.at_level(logging.ERROR):
        assert inbox.accept(item("a"))
    assert "a message is to be sent later: the store aws:kintsugi cannot be used" in caplog.text
    with pytest.raises(StoreFails):
        inbox.lease(ARRIVED, SECONDS, 0)
    server.clear_faults()
    assert take(inbox).item == item("a")


def test_what_could_not_be_sent_is_not_overtaken(inbox, server, place, item):
    inbox.accept(item("a1"))
    server.deny("sqs", "SendMessage", times=1)
    inbox.accept(item("a2"))
    inbox.accept(item("a3"))
    for number in (1, 2, 3):
        lease = take(inbox)
        assert lease.item == item(f"a{number}")
        server.deny("sqs", "SendMessage", times=1)
        inbox.pass_on(lease, WAITING, "")
        place.pass_time(2)
    for number in (1, 2, 3):
        lease = take(inbox, WAITING)
        assert lease.item == item(f"a{number}")
        inbox.done(lease)
