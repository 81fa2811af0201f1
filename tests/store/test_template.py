"""What deploy/storage.yaml makes is what the program uses: no more, and no less."""

import json
from contextlib import closing

import pytest
from cfnlint.api import lint_all
from cfnlint.decode import decode_str

from bot.inbox.inbox import Item, Stage
from bot.settings import read_settings
from bot.storage import open_storage
from bot.store.clients import CALLS
from tests.simulated_storage import TEMPLATE

ARRIVED, WAITING, _ = Stage
NAMES = {"kintsugi-arrived.fifo", "kintsugi-waiting.fifo", "kintsugi-failed.fifo"}


@pytest.fixture
def policy(deployed):
    """The statements of the policy that the stack made, by their sids."""
    iam = deployed.server.client("iam")
    (made,) = iam.list_policies(Scope="Local")["Policies"]
    version = iam.get_policy_version(PolicyArn=made["Arn"], VersionId=made["DefaultVersionId"])
    return {statement["Sid"]: statement for statement in version["PolicyVersion"]["Document"]["Statement"]}


def use_everything(storage, server):
    """Every method of both, and every way that something is sent again."""
    store, inbox = storage.store, storage.inbox
    store.put("answers", "a", "one")
    store.add("answers", "b", "one", 60)
    store.take("answers", "b")
    store.drop("answers", "a")
    list(store.items("answers"))
    item = Item("0123456789abcdef", "C1/1.0", "U1", None, "mention", 1, 1.5, "sealed")
    server.deny("sqs", "SendMessage")
    inbox.accept(item)
    server.clear_faults()
    inbox.accept(item)
    lease = inbox.lease(ARRIVED, 30, 2)
    inbox.extend(lease, 30)
    inbox.note(lease, "posted")
    inbox.put_back(lease, 0, counts=True)
    inbox.give_up(inbox.lease(ARRIVED, 30, 2), "it broke")
    assert inbox.find(item.id)
    assert inbox.owed()
    assert inbox.retry(item.id)
    inbox.pass_on(inbox.lease(ARRIVED, 30, 2), WAITING, "")
    inbox.look_after()
    inbox.done(inbox.lease(WAITING, 30, 2))


def test_the_template_is_valid():
    faults = [fault for fault in lint_all(TEMPLATE.read_text("utf-8")) if fault.rule.severity != "informational"]
    assert faults == []


def test_the_policy_allows_what_is_called_and_nothing_else(deployed, policy):
    deployed.server.actions.clear()
    with closing(open_storage(read_settings({"KINTSUGI_STORE": "aws:kintsugi"}), 1)) as storage:
        use_everything(storage, deployed.server)
    allowed = [action for statement in policy.values() for action in statement["Action"]]
    assert sorted(allowed) == sorted(deployed.server.actions)
    assert {statement["Effect"] for statement in policy.values()} == {"Allow"}


def test_the_policy_is_the_list_of_what_is_let_out(policy):
    allowed = {action for statement in policy.values() for action in statement["Action"]}
    # A transaction needs what its writes need, and has no action of its own.
    assert {f"{service}:{operation}" for service, operation in CALLS} == {*allowed, "dynamodb:TransactWriteItems"}


def test_the_policy_is_about_the_table_and_the_queues_alone(policy):
    of_table, of_queues = policy["Table"]["Resource"], policy["Queues"]["Resource"]
    assert of_table == "arn:aws:dynamodb:eu-west-1:123456789012:table/kintsugi"
    assert {arn.removeprefix("arn:aws:sqs:eu-west-1:123456789012:") for arn in of_queues} == NAMES


def test_queues_are_kept_in_order_encrypted_and_longer_than_anybody_waits(deployed):
    sqs = deployed.server.client("sqs")
    for name in NAMES:
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        assert attributes["FifoQueue"] == "true"
        assert attributes["SqsManagedSseEnabled"] == "true"
        assert int(attributes["MessageRetentionPeriod"]) >= 4 * 24 * 3_600
        redrive = json.loads(attributes.get("RedrivePolicy", "{}"))
        failed = "arn:aws:sqs:eu-west-1:123456789012:kintsugi-failed.fifo"
        expected = {} if name == "kintsugi-failed.fifo" else {"deadLetterTargetArn": failed, "maxReceiveCount": 1_000}
        assert redrive == expected


def test_the_table_is_paid_by_use_and_forgets(deployed):
    table = deployed.server.client("dynamodb").describe_table(TableName="kintsugi")["Table"]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    template, _ = decode_str(TEMPLATE.read_text("utf-8"))  # moto's stacks leave the time to live out
    made = template["Resources"]["Table"]["Properties"]
    assert made["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
