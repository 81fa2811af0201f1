"""Nothing but reads leaves this process, whichever way it is asked for, and nothing else is signed."""

import asyncio
import inspect
import io
import json
import re
import socket
import subprocess
import sys
from copy import copy
from pathlib import Path

import boto3
import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient, ClientMeta
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.hooks import HierarchicalEmitter
from botocore.loaders import Loader
from botocore.model import ServiceId, ServiceModel
from botocore.session import Session
from botocore.signers import RequestSigner, generate_presigned_url

from bot.aws.account import Read
from bot.aws.accounts_file import AccountEntry
from bot.aws.assumed_role import session_in
from bot.aws.door import READS_ONLY, NotAllowed, close
from bot.aws.live import Live
from bot.aws.own_credentials import CREDENTIALS, roles_of_profile
from bot.aws.reads import READS, WITHHELD
from bot.library import load_module
from bot.model import Outcome
from bot.store.clients import Clients

ROOT = Path(__file__).parents[2]
REGION = "eu-west-1"
IDENTITY = Read.of("sts", "GetCallerIdentity", REGION)
ROLE = "arn:aws:iam::210987654321:role/reads"
SECRET = "hunter2"


@pytest.fixture(scope="module")
def loader():
    return Loader()


@pytest.fixture
def port():
    """Stands in for AWS, and never hears of anybody."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0)
        yield listening
        with pytest.raises(BlockingIOError):
            listening.accept()


@pytest.fixture
def session(port, loader, monkeypatch, tmp_path):
    """A session as anybody makes one; to sign anything is to fail."""
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port.getsockname()[1]}",
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "x" * 40,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    close()
    return a_session(loader)


def a_session(loader):
    made = botocore.session.Session()
    made.register_component("data_loader", loader)
    made.get_credentials().get_frozen_credentials = None  # nothing can be signed without
    return boto3.Session(botocore_session=made)


def service_of(loader, service):
    return ServiceModel(loader.load_service_model(service, "service-2"), service)


def operation_of(loader, service, operation):
    return service_of(loader, service).operation_model(operation)


# ---- every operation that botocore knows


class Unmade(BaseClient):
    """As much of a client as a call needs until it would look for an endpoint, and with nothing that could sign."""

    def __init__(self, model, events):
        self._PY_TO_OP_NAME = {name: name for name in model.operation_names}
        self._request_signer = None
        self.meta = ClientMeta(events, Config(), None, model, {}, "aws")

    def _resolve_endpoint_ruleset(self, *_, **__):
        raise LetThrough


class LetThrough(Exception):
    """The call went past the door."""


def what_becomes_of(call, *words):
    try:
        call(*words)
    except (NotAllowed, LetThrough) as end:
        return type(end)


def test_of_all_operations_of_all_services_only_reads_pass_and_none_is_presigned(loader):
    events = botocore.session.Session().get_component("event_emitter")
    passed, count = set(), 0
    for service in loader.list_available_services("service-2"):
        model = service_of(loader, service)
        client = Unmade(model, copy(events))
        READS_ONLY.stand_at(client)
        for operation in model.operation_names:
            count += 1
            if what_becomes_of(client._make_api_call, operation, {}) is not NotAllowed:
                passed.add((service, operation))
            assert what_becomes_of(generate_presigned_url, client, operation) is NotAllowed, (service, operation)
    assert passed == set(READS)
    assert count > 17_000


# ---- every way to ask


def in_a_coroutine(session):
    asyncio.run(asyncio.to_thread(session.client("s3").delete_bucket, Bucket="b"))


class Unasked(Session):
    """Makes clients without asking the class it is made of, as asynchronous kin of botocore do."""

    create_client = inspect.unwrap(Session.create_client, stop=lambda method: not hasattr(method, "kintsugi_closed"))


DELETE = {"url": "http://127.0.0.1/b", "method": "DELETE", "headers": {}, "body": b"", "context": {}}


def by_the_signer_of_a_client(session):
    client = session.client("s3")
    client._request_signer.generate_presigned_url(DELETE, "DeleteBucket")


def by_a_signer_of_ones_own(_):
    events = HierarchicalEmitter()
    keys = Credentials("AKIAIOSFODNN7EXAMPLE", "x" * 40)
    signer = RequestSigner(ServiceId("s3"), REGION, "s3", "v4", keys, events)
    signer.generate_presigned_url(DELETE, "DeleteBucket")


def with_other_events(session):
    client = session.client("s3")
    client.meta.events = Session().get_component("event_emitter")
    client.delete_bucket(Bucket="b")


WAYS = {
    "client": lambda session: session.client("s3").put_object(Bucket="b", Key="k", Body=b"x"),
    "default": lambda session: boto3.client("s3").list_buckets(),
    "botocore": lambda session: botocore.session.get_session().create_client("s3").list_buckets(),
    "no handlers": lambda session: (
        botocore.session.Session(include_builtin_handlers=False).create_client("s3").list_buckets()
    ),
    "a kind of session of its own": lambda _: Unasked().create_client("s3").delete_bucket(Bucket="b"),
    "other events": with_other_events,
    "a client's signer": by_the_signer_of_a_client,
    "a signer": by_a_signer_of_ones_own,
    "unsigned": lambda session: session.client("s3", config=Config(signature_version=botocore.UNSIGNED)).list_buckets(),
    "resource": lambda session: session.resource("s3").Bucket("b").create(),
    "collection": lambda session: list(session.resource("s3").buckets.all()),
    "table": lambda session: session.resource("dynamodb").Table("t").put_item(Item={"a": "b"}),
    "what a resource loads": lambda session: session.resource("dynamodb").Table("t").item_count,
    "queue": lambda session: session.resource("sqs").Queue("http://127.0.0.1/q").send_message(MessageBody="m"),
    "paginator": lambda session: list(session.client("s3").get_paginator("list_objects_v2").paginate(Bucket="b")),
    "waiter": lambda session: session.client("s3").get_waiter("bucket_exists").wait(Bucket="b"),
    "upload": lambda session: session.client("s3").upload_fileobj(io.BytesIO(b"x"), "b", "k"),
    "thread": in_a_coroutine,
    "URL": lambda session: session.client("s3").generate_presigned_url("get_object", {"Bucket": "b", "Key": "k"}),
    "URL of a read": lambda session: session.client("sts").generate_presigned_url("get_caller_identity"),
    "form": lambda session: session.client("s3").generate_presigned_post("b", "k"),
    "token of a database": lambda session: session.client("rds").generate_db_auth_token("h", 5432, "u"),
    "token of another": lambda session: session.client("dsql").generate_db_connect_admin_auth_token("h"),
    "apigateway": lambda session: session.client("apigateway").delete_rest_api(restApiId="a"),
    "keys": lambda session: session.client("apigateway").get_api_keys(includeValues=True),
    "apigatewayv2": lambda session: session.client("apigatewayv2").delete_api(ApiId="a"),
    "lambda": lambda session: session.client("lambda").invoke(FunctionName="f"),
    "code": lambda session: session.client("lambda").get_function(FunctionName="f"),
    "iam": lambda session: session.client("iam").create_user(UserName="u"),
    "logs": lambda session: session.client("logs").delete_log_group(logGroupName="g"),
    "cloudtrail": lambda session: session.client("cloudtrail").stop_logging(Name="t"),
    "ec2": lambda session: session.client("ec2").terminate_instances(InstanceIds=["i"]),
    "sts": lambda session: session.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="mine"),
    "secret": lambda session: session.client("secretsmanager").get_secret_value(SecretId="s"),
    "masked": lambda session: session.client("logs").filter_log_events(logGroupName="g", unmask=True),
    "value of a key": lambda session: session.client("apigateway").get_rest_api(restApiId="a", includeValue=True),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
def test_nothing_is_signed_or_sent(session, way, monkeypatch):
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session)
    with pytest.raises(NotAllowed, match=r"[a-z0-9]+:\w+ .+; it was not sent"):
        way(session)


def test_a_handler_that_changes_what_is_asked_comes_too_early(session):
    session.events.register("before-parameter-build.cloudwatch-logs", lambda params, **_: params.update(unmask=True))
    with pytest.raises(NotAllowed, match="would return secrets with unmask"):
        session.client("logs").filter_log_events(logGroupName="g")


ANOTHER = {"Action": "AssumeRole", "RoleArn": ROLE, "RoleSessionName": "mine", "Version": "2011-06-15"}


def presign(params, request_signer, **_):
    request_signer.generate_presigned_url(params, "GetCallerIdentity")


CHANGES = {
    "parameters": ("logs", "before-parameter-build", lambda params, **_: params.update(unmask=True)),
    "method": ("apigateway", "before-call", lambda params, **_: params.update(method="DELETE")),
    "path": ("apigateway", "before-call", lambda params, **_: params.update(url=params["url"] + "/stages/prod")),
    "query": ("apigateway", "before-call", lambda params, **_: params.update(url=params["url"] + "?includeValue=true")),
    "body": ("sts", "before-call", lambda params, **_: params.update(body=ANOTHER)),
    "body of a request": ("sts", "request-created.sts", lambda request, **_: setattr(request, "data", ANOTHER)),
    "query of a request": ("sts", "request-created.sts", lambda request, **_: setattr(request, "params", ANOTHER)),
    "body once signed": ("sts", "request-created", lambda request, **_: setattr(request, "data", ANOTHER)),
    "target": ("logs", "before-call", lambda params, **_: params["headers"].update({"X-Amz-Target": "Logs.Other"})),
    "second target": ("logs", "request-created", lambda request, **_: request.headers.add_header("X-Amz-Target", "L")),
    "service": ("sts", "before-call", lambda context, **_: context.update(signing={"signing_name": "iam"})),
    "as it is signed": ("sts", "before-sign", lambda request, **_: setattr(request, "data", ANOTHER)),
    "method as it is signed": ("apigateway", "before-sign", lambda request, **_: setattr(request, "method", "DELETE")),
    "into a URL": ("sts", "before-call", presign),
}
READ = {
    "apigateway": lambda client: client.get_rest_api(restApiId="a123456789"),
    "logs": lambda client: client.filter_log_events(logGroupName="g"),
    "sts": lambda client: client.get_caller_identity(),
}


@pytest.mark.parametrize(("service", "event", "change"), CHANGES.values(), ids=list(CHANGES))
def test_what_is_changed_after_it_was_let_through_does_not_leave(session, service, event, change):
    """By handlers that come after the door's own, on a session that can sign."""
    client = boto3.Session().client(service)
    client.meta.events.register_last(event, change)
    with pytest.raises(NotAllowed, match=r"let through|another service|whoever holds it"):
        READ[service](client)


@pytest.mark.parametrize("stand_in", ["", "/aws", "/aws/"])
def test_what_is_not_changed_leaves(session, port, stand_in):
    left = []

    def answer(request, **_):
        left.append((request.url, "Authorization" in request.headers))
        return AWSResponse(request.url, 200, {}, Raw())

    here = f"http://127.0.0.1:{port.getsockname()[1]}"
    mine = boto3.Session()
    mine.events.register("before-send", answer)
    mine.client("apigateway", endpoint_url=here + stand_in).get_rest_api(restApiId="a123456789")
    assert left == [(f"{here}{stand_in.rstrip('/')}/restapis/a123456789", True)]


class Raw:
    def stream(self):
        return [b"{}"]


def test_a_session_and_a_client_older_than_the_door_meet_it(port, tmp_path):
    found = in_a_process_of_its_own(
        f"""
        import boto3
        from bot.aws.door import NotAllowed, close
        session = boto3.Session("AKIAIOSFODNN7EXAMPLE", "x" * 40, region_name="eu-west-1")
        at = dict(endpoint_url="http://127.0.0.1:{port.getsockname()[1]}")
        older = session.client("sqs", **at)
        close()
        close()
        for client in (older, session.client("sqs", **at)):
            try:
                client.list_queues()
            except NotAllowed as error:
                print(error)
        """
    )
    old, new = found.splitlines()
    assert old.startswith("sqs:sign is not among the reads")
    assert new.startswith("sqs:ListQueues is not among the reads")


# ---- playbooks


def test_what_a_playbook_does_as_it_is_loaded_meets_the_door(tmp_path):
    """In a process that has not so much as imported boto3."""
    folder = a_playbook(tmp_path, 'import boto3\nboto3.client("sqs", region_name="eu-west-1").list_queues()')
    found = in_a_process_of_its_own(
        f"""
        from pathlib import Path
        from bot.aws.door import NotAllowed
        from bot.library import load_module
        try:
            load_module(Path({str(folder)!r}))
        except NotAllowed as error:
            print(error)
        """
    )
    assert found.startswith("sqs:ListQueues is not among the reads")


def test_a_playbook_with_a_session_of_its_own_reads_and_does_not_write(aws, tmp_path):
    code = "import boto3\ndef diagnose(api):\n  sts = boto3.Session().client('sts')\n  yield sts.get_caller_identity()"
    code += "\n  yield sts.get_session_token()"
    found = load_module(a_playbook(tmp_path, code)).diagnose(None)
    assert next(found)["Account"] == "123456789012"
    with pytest.raises(NotAllowed, match="sts:GetSessionToken is not among the reads"):
        next(found)
    assert [call.operation for call in aws.calls] == ["GetCallerIdentity"]


def a_playbook(folder, code):
    made = folder / "playbooks" / "mine"
    made.mkdir(parents=True)
    (made / "diagnose.py").write_text(f'"""It writes."""\n{code}\n', "utf-8")
    return made


def in_a_process_of_its_own(code):
    lines = "\n".join(line[8:] for line in code.splitlines())
    done = subprocess.run(
        [sys.executable, "-B", "-c", lines], capture_output=True, text=True, timeout=60, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# ---- how credentials are obtained


@pytest.fixture
def profile(aws, monkeypatch, tmp_path):
    """A profile that stands for a role."""
    (tmp_path / "config").write_text(
        f"[profile theirs]\nrole_arn = {ROLE}\ncredential_source = Environment\nregion = {REGION}\n", "utf-8"
    )
    return "theirs"


def test_the_role_of_a_profile_is_assumed_for_the_bot_and_for_nobody_else(aws, profile):
    assert Live(boto3.Session(profile_name=profile))(IDENTITY).body["Account"] == "210987654321"
    before = len(aws.calls)
    with pytest.raises(NotAllowed, match="sts:AssumeRole"):
        boto3.Session(profile_name=profile).client("sts").get_caller_identity()
    assert len(aws.calls) == before


@pytest.mark.parametrize("changed", [{"RoleArn": ROLE + "x"}, {"Tags": [{"Key": "team", "Value": "admins"}]}])
@pytest.mark.parametrize("of", ["reader", "store", "another account"])
def test_no_session_of_the_bot_assumes_another_role(aws, profile, monkeypatch, of, changed):
    monkeypatch.setenv("AWS_PROFILE", profile)
    sessions = []
    if of == "reader":
        sessions.append(Live(boto3.Session())._session)
    elif of == "store":
        sessions.append(Clients("kintsugi", REGION)._session)
    else:
        session_in(AccountEntry(id="210987654321", role_arn=ROLE), REGION, heard_by=sessions.append)
    (session,) = sessions
    make = session.client if isinstance(session, boto3.Session) else session.create_client
    sts = make("sts")
    given = sts.assume_role(RoleArn=ROLE, RoleSessionName="the profile's own")
    assert given["AssumedRoleUser"]["Arn"].startswith("arn:aws:sts::210987654321:assumed-role/reads/")
    before = len(aws.calls)
    with pytest.raises(NotAllowed, match="sts:AssumeRole is of another role, or asks otherwise"):
        sts.assume_role(**{"RoleArn": ROLE, "RoleSessionName": "mine"} | changed)
    assert len(aws.calls) == before


def test_the_roles_of_a_profile_are_those_it_goes_through(tmp_path, monkeypatch):
    (tmp_path / "config").write_text(
        """
[profile there]
role_arn = arn:aws:iam::210987654321:role/there
source_profile = between
[profile between]
role_arn = arn:aws:iam::123456789012:role/between
source_profile = between
[profile beside]
role_arn = arn:aws:iam::123456789012:role/beside
[default]
region = eu-west-1
""",
        "utf-8",
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    names = {"there": ["there", "between"], "between": ["between"], None: []}
    for profile, roles in names.items():
        found = roles_of_profile(Session(profile=profile))
        assert [arn.rpartition("/")[2] for arn in found] == roles


def test_the_identity_of_a_pod_is_taken_for_the_bot(aws, monkeypatch, tmp_path):
    (tmp_path / "token").write_text("a token", "utf-8")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert Live(boto3.Session())(IDENTITY).body["Account"] == "210987654321"


def test_the_reads_of_an_account_do_not_include_what_obtains_its_credentials(aws):
    with pytest.raises(NotAllowed, match="sts:AssumeRole is not among the reads"):
        Live(boto3.Session())(Read.of("sts", "AssumeRole", REGION, RoleArn=ROLE, RoleSessionName="mine"))
    assert aws.calls == []


def test_what_obtains_credentials_is_signed_with_none_but_for_a_role(loader):
    signed = {
        (service, operation)
        for service, operation in CREDENTIALS
        if operation_of(loader, service, operation).auth_type != "none"
    }
    assert signed == {("sts", "AssumeRole")}


@pytest.mark.parametrize("changed", [{"RoleArn": ROLE.replace("reads", "writes")}, {"Policy": "{}"}])
def test_another_role_than_the_one_configured_is_not_assumed(aws, changed):
    def intrude(base):
        base.register("before-parameter-build.sts.AssumeRole", lambda params, **_: params.update(changed))

    entry = AccountEntry(id="210987654321", role_arn=ROLE)
    with pytest.raises(NotAllowed, match="sts:AssumeRole is of another role, or asks otherwise"):
        Live(session_in(entry, REGION, heard_by=intrude))(IDENTITY)
    assert aws.calls == []


# ---- what the bot keeps


def test_the_store_does_nothing_else(session):
    clients = Clients("kintsugi", REGION)
    with pytest.raises(NotAllowed, match="dynamodb:DeleteTable"):
        clients.client("dynamodb").delete_table(TableName="kintsugi")
    with pytest.raises(NotAllowed, match="lambda:GetPolicy"):
        clients.client("lambda").get_policy(FunctionName="f")
    clients.close()


# ---- what a read brings


class Status:
    """As much of an HTTP answer as botocore looks at."""

    status_code = 200


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        ("GetFunctionConfiguration", {"Environment": {"Variables": {"PASSWORD": SECRET}}, "Runtime": "python3.13"}),
        ("ListVersionsByFunction", {"Versions": [{"Environment": {"Variables": {"P": SECRET}}, "Version": "1"}]}),
    ],
)
def test_environment_variables_of_functions_are_dropped_as_they_come(session, operation, answer):
    session.events.register("before-call.lambda", lambda **_: (Status(), json.loads(json.dumps(answer))))
    result = Live(session)(Read.of("lambda", operation, REGION, FunctionName="f"))
    assert result.outcome is Outcome.FOUND
    assert SECRET not in str(result.body)
    assert "python3.13" in str(result.body) or result.body["Versions"] == [{"Version": "1"}]


def test_nothing_that_aws_itself_calls_sensitive_is_left_in_an_answer(loader):
    sensitive = {
        path
        for service, operation in READS
        for path in sensitive_in(operation_of(loader, service, operation).output_shape)
    }
    # The text of an error of the image or the runtime is AWS's own.
    told = {f"{of}.Error.Message" for of in ("ImageConfigResponse", "RuntimeVersionConfig")}
    assert {path for path in sensitive if "Environment" not in path} == told | {f"Versions[].{path}" for path in told}


def sensitive_in(shape, path="", within=()):
    if shape is None or shape.name in within:
        return
    if shape.metadata.get("sensitive"):
        yield path
    within = (*within, shape.name)
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield from sensitive_in(member, f"{path}.{name}".lstrip("."), within)
    elif shape.type_name == "list":
        yield from sensitive_in(shape.member, f"{path}[]", within)
    elif shape.type_name == "map":
        yield from sensitive_in(shape.value, path, within)


def test_no_other_parameter_asks_for_values(loader):
    asks = {
        name
        for service, operation in READS
        for shape in [operation_of(loader, service, operation).input_shape]
        for name in (shape.members if shape else ())
        if re.search("(?i)value|secret|mask|decrypt|passw|credential", name)
    }
    assert asks <= WITHHELD
