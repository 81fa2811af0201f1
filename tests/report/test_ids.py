"""What a text names, and what only looks like it."""

import pytest

from bot.report.ids import Names
from bot.report.plain import plain

NAMES = Names()


def ids(text: str) -> dict[str, str]:
    return dict(NAMES.read(plain(text), None).ids)


@pytest.mark.parametrize(
    "text",
    [
        "https://k3n9x0q2zz.execute-api.eu-west-1.amazonaws.com",
        "https://k3n9x0q2zz-vpce-0a1b2c3d.execute-api.eu-west-1.amazonaws.com/prod",
        "wss://k3n9x0q2zz.execute-api.cn-north-1.amazonaws.com.cn/live",
        "arn:aws-us-gov:execute-api:us-gov-west-1:111122223333:k3n9x0q2zz/*",
        "API-Gateway-Execution-Logs_k3n9x0q2zz/prod",
        '{"restApiId": "k3n9x0q2zz"}',
        '{"apiId":"k3n9x0q2zz"}',
        "--rest-api-id k3n9x0q2zz",
        "arn:aws:apigateway:eu-west-1::/restapis/k3n9x0q2zz/stages/prod",
        "User-Agent=AmazonAPIGateway_k3n9x0q2zz",
        "x-amzn-apigateway-api-id=k3n9x0q2zz",
        "API Stage: k3n9x0q2zz/prod",
        "k3n9x0q2zz",
        " k3n9x0q2zz\n",
        "the api k3n9x0q2zz is down",
        "API ID は k3n9x0q2zz です",
        "ID de la API: k3n9x0q2zz",
        "REST API `k3n9x0q2zz`",
    ],
)
def test_an_api_id_is_found_wherever_aws_writes_it(text: str):
    assert ids(text)["api_id"] == "k3n9x0q2zz"


@pytest.mark.parametrize(
    "text",
    [
        "https://<api-id>.execute-api.<region>.amazonaws.com/<stage>/",
        "arn:aws:execute-api:region:############:example-api-id/*/example-method/example-resource",
        "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/GET/x",
        "arn:aws:execute-api:xx:xxxxxxxxxxxx:xxxxxxxxxx/*",
        "--rest-api-id your-api-id --function-name your-lambda-function",
        "arn:aws:execute-api:$API_GW_REGION:$YOUR_ACCOUNT:$API_GW_ID/*/$METHOD/$RESOURCE",
        "healthcheck",
        "the api connection is understood",
        "call 1234567890 please",
    ],
)
def test_a_placeholder_or_a_word_is_no_value(text: str):
    assert ids(text) == {}


def test_an_execute_api_arn_names_everything():
    assert ids("arn:aws:execute-api:eu-west-1:111122223333:k3n9x0q2zz/prod/GET/pets/42") == {
        "api_id": "k3n9x0q2zz",
        "region": "eu-west-1",
        "stage": "prod",
        "method": "GET",
        "path": "/pets/42",
        "account": "111122223333",
    }


def test_wildcards_are_no_values():
    assert ids("arn:aws:execute-api:eu-west-1:111122223333:k3n9x0q2zz/*/GET/pets/*") == {
        "api_id": "k3n9x0q2zz",
        "region": "eu-west-1",
        "method": "GET",
        "account": "111122223333",
    }


def test_an_authorizer_arn_has_no_stage():
    found = ids("arn:aws:execute-api:eu-west-1:111122223333:k3n9x0q2zz/authorizers/a1b2c3")
    assert found["authorizer_id"] == "a1b2c3"
    assert "stage" not in found


@pytest.mark.parametrize(
    "text", ["account ********1234", "arn:aws:execute-api:eu-west-1:********1234:k3n9x0q2zz/p/GET/", "1234567890123456"]
)
def test_a_masked_account_or_a_longer_number_is_no_account(text: str):
    assert "account" not in ids(text)


def test_the_callers_account_is_not_the_apis_where_the_mask_disagrees():
    text = "User: arn:aws:iam::999988887777:user/x is not authorized to perform: execute-api:Invoke on resource: {}"
    assert "account" not in ids(text.format("arn:aws:execute-api:eu-west-1:********1234:k3n9x0q2zz/p/GET/"))
    assert ids(text.format("arn:aws:execute-api:eu-west-1:********7777:k3n9x0q2zz/p/GET/"))["account"] == "999988887777"


def test_the_ids_of_the_function_are_not_those_of_the_request():
    text = "Lambda request id: 1d6e1a52-6a0c-4a0e-8b68-0e5c5a9f2c77"
    assert ids(text) == {}
    headers = (
        "Endpoint response headers: {x-amzn-RequestId=1d6e1a52-6a0c-4a0e-8b68-0e5c5a9f2c77, Connection=keep-alive}"
    )
    assert ids(headers) == {}


def test_the_status_is_the_callers_not_the_endpoints():
    assert "status" not in ids("Endpoint Response Status Code: 403")
    assert "status" not in ids("Lambda invocation failed with status: 403.")
    assert ids("Received response. Status: 403\nMethod completed with status: 500")["status"] == "500"


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("it's the prod stage", "prod"),
        ("the stage is prod", "prod"),
        ("the stage is called orders-eu", "orders-eu"),
        ("stage: orders-eu", "orders-eu"),
        ("prod ステージ", "prod"),
        ("ステージは prod です", "prod"),
        ("ステージ名は orders-eu です", "orders-eu"),
        ("prod 階段", "prod"),
        ("階段是 prod", "prod"),
        ("階段名稱是 orders-eu", "orders-eu"),
        ("la etapa es prod", "prod"),
        ("la etapa se llama orders-eu", "orders-eu"),
        ("el nombre de la etapa es orders-eu", "orders-eu"),
    ],
)
def test_a_stage_is_read_as_people_say_it(text: str, stage: str):
    assert ids(text) == {"stage": stage}


@pytest.mark.parametrize(
    "text",
    [
        "prod", "it's prod", "on prod", "el entorno es prod", "prod です", "the prod environment",
        "the stage is broken", "the stage is live now", "this stage is production-ready", "the stage is prod-like",
        "Stage name is required", "Stage name only allows letters", "階段是最後一個", "la etapa es corta",
        "ステージは明日です", "the stage manager", "the second one", "on stage now",
    ],
)  # fmt: skip
def test_a_word_that_may_mean_anything_is_no_stage(text: str):
    assert ids(text) == {}


@pytest.mark.parametrize(
    "text",
    [
        "request id 1d6e1a52-6a0c-4a0e-8b68-0e5c5a9f2c77",
        "the request ID is 1d6e1a52-6a0c-4a0e-8b68-0e5c5a9f2c77",
        "request id: 1d6e1a52-6a0c-4a0e-8b68-0e5c5a9f2c77",
    ],
)
def test_a_request_is_read_as_people_say_it(text: str):
    assert ids(text) == {"request_id": "1d6e1a52-6a0c-4a0e-8b68-0e5c5a9f2c77"}


@pytest.mark.parametrize("text", ["帳號是 111122223333", "account is 111122223333", "la cuenta es 111122223333"])
def test_an_account_is_read_as_people_say_it(text: str):
    assert ids(text) == {"account": "111122223333"}


def test_a_stage_variable_leaves_the_function_named_but_not_its_arn():
    found = ids("arn:aws:lambda:eu-west-1:111122223333:function:orders:${stageVariables.alias}/invocations")
    assert found["function_name"] == "orders"
    assert "function_arn" not in found


def test_of_a_clients_request_line_the_first_segment_is_the_stage():
    found = ids("> GET /prod/pets/42?x=1 HTTP/2\n> Host: k3n9x0q2zz.execute-api.eu-west-1.amazonaws.com")
    assert (found["stage"], found["path"], found["method"]) == ("prod", "/pets/42", "GET")


def test_the_nearest_call_to_the_error_wins():
    text = plain(
        "https://aaaaaaaaa1.execute-api.eu-west-1.amazonaws.com/prod/a is fine\n"
        "https://bbbbbbbbb2.execute-api.eu-west-1.amazonaws.com/test/b answers FAILURE"
    )
    error = text.index(b"FAILURE")
    found = NAMES.read(text, (error, error + 7)).ids
    assert (found["api_id"], found["stage"], found["path"]) == ("bbbbbbbbb2", "test", "/b")


def test_links_to_other_sites_are_no_custom_domain():
    text = plain(
        "FAILURE, see https://github.com/aws/x and https://docs.aws.amazon.com/y, origin 'https://app.example'"
    )
    assert "domain" not in NAMES.read(text, (0, 7)).ids


@pytest.mark.parametrize("word", ["qwertyuiop", "1234567890", "a1b2c3d4e5"])
def test_one_word_of_ten_and_nothing_else_is_an_id_whatever_its_letters(word: str):
    assert ids(word) == {"api_id": word}


@pytest.mark.parametrize(
    "text",
    [
        '{"rid":"6b7c8d9e-0f1a-4b2c-8d3e-4f5a6b7c8d9e","v":"PUT","t":"/teams/{team}","c":"403","why":"FAILURE"}',
        '{"rid":"6b7c8d9e-0f1a-4b2c-8d3e-4f5a6b7c8d9e","v":"PUT","t":"/teams/{team}","c":403,"e":{"m":"FAILURE"}}',
    ],
)
def test_inside_a_record_values_tell_what_keys_do_not(text: str):
    record = plain(text)
    error = record.index(b"FAILURE")
    assert NAMES.read(record, (error, error + 7)).ids == {
        "method": "PUT",
        "path": "/teams/{team}",
        "request_id": "6b7c8d9e-0f1a-4b2c-8d3e-4f5a6b7c8d9e",
        "status": "403",
    }


def test_what_a_record_says_of_others_is_not_the_calls():
    record = plain(
        '{"backendStatus":"503","totalLatency":"512","lambdaRequestId":"6b7c8d9e-0f1a-4b2c-8d3e-4f5a6b7c8d9e",'
        '"traceId":"7b7c8d9e-0f1a-4b2c-8d3e-4f5a6b7c8d9e","why":"FAILURE"}'
    )
    error = record.index(b"FAILURE")
    assert NAMES.read(record, (error, error + 7)).ids == {}


def test_outside_a_record_a_bare_value_is_none():
    assert ids('{"a":"403","b":"/x"}') == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("updating API Gateway Stage (ags-k3n9x0q2zz-v1)", {"api_id": "k3n9x0q2zz", "stage": "v1"}),
        ("[id=agm-k3n9x0q2zz-ab12cd-POST]", {"api_id": "k3n9x0q2zz", "method": "POST"}),
        ("API-Gateway-Access-Logs_k3n9x0q2zz/prod", {"api_id": "k3n9x0q2zz", "stage": "prod"}),
        ("Starting authorizer: 62mgrc for request", {"authorizer_id": "62mgrc"}),
        ("AWS::ApiGateway::Stage   OrdersProdStage", {}),
        ("updating API Gateway Stage failed", {}),
    ],
)
def test_what_tools_and_logs_call_things(text: str, found: dict[str, str]):
    assert ids(text) == found
