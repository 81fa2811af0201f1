"""The calls that a question is about, and the ARN under which one of them may be allowed."""

import pytest

from bot.aws.apigateway import Focus
from bot.aws.method_calls import calls_asked, path_asked
from bot.model import Incident
from tests.aws.tapes import ACCOUNT, API, REGION, Tape, api_of, record_api

ARN = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API}"
METHODS = {"authorizationType": "AWS_IAM"}


def calls(*labels, stages=("prod",), **focus):
    described = tuple({"stageName": name} for name in stages)
    return calls_asked(api_of(record_api(Tape(), dict.fromkeys(labels, METHODS), described), Focus(**focus)))


def test_each_method_on_each_stage():
    found = calls("GET /", "POST /pets", stages=("dev", "prod"))
    assert [(call.stage.name, call.resource.removeprefix(ARN)) for call in found] == [
        ("dev", "/dev/GET/"),
        ("dev", "/dev/POST/pets"),
        ("prod", "/prod/GET/"),
        ("prod", "/prod/POST/pets"),
    ]


def test_the_console_stops_at_no_policy():
    assert calls("GET /", stages=()) == ()


@pytest.mark.parametrize(
    ("labels", "focus", "arn"),
    [
        (["GET /pets"], {"path": "/pets"}, "/prod/GET/pets"),
        (["GET /pets/{id}"], {"path": "/pets/7"}, "/prod/GET/pets/*"),
        (["GET /p/{id}", "POST /p/{id}", "ANY /p/{id}"], {"path": "/p/7", "method": "GET"}, "/prod/GET/p/*"),
        (["GET /pets/{id}", "GET /pets/{id}/toys"], {"path": "/pets/7"}, "/prod/GET/pets/7"),
        (["GET /pets/{id}", "GET /pets/{id}/toys"], {"path": "/pets/{id}"}, None),
        (["ANY /pets"], {"path": "/pets", "method": "PUT"}, "/prod/PUT/pets"),
        (["ANY /pets"], {"path": "/pets"}, None),
        (["GET /{proxy+}"], {"path": "/a/*"}, None),
        (["GET /{proxy+}"], {"path": "/a/${aws:username}"}, None),
        (["ANY /pets/{id}"], {"path": "/pets/7"}, None),
        (["ANY /pets/{id}"], {"path": "/pets/7", "method": "PUT"}, "/prod/PUT/pets/*"),
        (["ANY /pets", "GET /pets"], {"path": "/pets", "method": "PUT"}, "/prod/PUT/pets"),
        (["ANY /{proxy+}"], {"path": "/a/b", "method": "PUT"}, "/prod/PUT/a/b"),
        (["ANY /{proxy+}"], {"path": "/{proxy+}", "method": "PUT"}, None),
        (["ANY /{proxy+}", "GET /pets"], {"path": "/a/b", "method": "PUT"}, "/prod/PUT/a/b"),
    ],
)  # fmt: skip
def test_a_whole_method_is_allowed_where_that_is_no_other_method(labels, focus, arn):
    (call,) = calls(*labels, **focus)
    assert call.grantable == (ARN + arn if arn else None)


@pytest.mark.parametrize(
    ("template", "asked", "text", "path"),
    [
        ("/a/b", "/prod/a/b", "", "/a/b"),
        ("/{proxy+}", "/prod/a/b", '"p":"/prod/a/b"', "/a/b"),
        ("/{proxy+}", "/prod/a/b", "https://a1.execute-api.eu-west-1.amazonaws.com/prod/prod/a/b", "/prod/a/b"),
        ("/{id}/b", "/prod/b", "", "/prod/b"),
        ("/prod/{id}", "/prod/7", "", "/prod/7"),
        ("/{proxy+}", "/prod", "", "/prod"),
        ("/{proxy+}", None, "", "/{proxy+}"),
    ],
)
def test_a_stage_left_in_the_path(template, asked, text, path):
    focus = Focus(path=asked, incident=Incident(text=text))
    api = api_of(record_api(Tape(), {f"GET {template}": METHODS}, ({"stageName": "prod"},)), focus)
    assert path_asked(api, api.methods[0]) == path
