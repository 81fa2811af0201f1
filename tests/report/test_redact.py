"""Secrets go, evidence stays."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import REDACTED
from bot.report.redact import redact

KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEHgaCWV1LXdlc3QtMSJHMEUCIQD"
JWT = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiI0MiIsImF1ZCI6ImFwcCJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
SIGNATURE = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
PEM_BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7"

SECRETS = [
    (f"aws_access_key_id = {KEY_ID}", KEY_ID),
    ("ASIAIOSFODNN7EXAMPLE expired", "ASIAIOSFODNN7EXAMPLE"),
    (f"aws_secret_access_key={SECRET_KEY}", SECRET_KEY),
    (f'"SecretAccessKey": "{SECRET_KEY}"', SECRET_KEY),
    (f"{KEY_ID}\n{SECRET_KEY}", SECRET_KEY),
    (f"export AWS_SESSION_TOKEN={TOKEN}", TOKEN),
    (f'{{\\"SessionToken\\": \\"{TOKEN}\\"}}', TOKEN),
    (f"X-Amz-Security-Token: {TOKEN}", TOKEN),
    (f"?X-Amz-Security-Token={TOKEN}%3D&X-Amz-Date=1", TOKEN),
    (f"x-amz-signature%3D{SIGNATURE}", SIGNATURE),
    (f"&X-Amz-Signature={SIGNATURE}", SIGNATURE),
    (f"?X-Amz-Credential={KEY_ID}%2F20260101%2Feu-west-1%2Fexecute-api%2Faws4_request", KEY_ID),
    (
        f"AWS4-HMAC-SHA256 Credential={KEY_ID}/20260101/eu-west-1/execute-api/aws4_request, Signature={SIGNATURE}",
        SIGNATURE,
    ),
    ("Authorization: Bearer opaque-token-1", "opaque-token-1"),
    ("authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA"),
    ("{Authorization=allow-me-in, Host=h}", "allow-me-in"),
    ('"Authorization": ["Bearer abc.def"]', "abc.def"),
    ("&quot;Authorization&quot;: &quot;Token s3cr3t-value&quot;", "s3cr3t-value"),
    ('"authorizationToken": "allow"', "allow"),
    (f"id={JWT}.", JWT),
    (f"cut off {JWT[:40]}", JWT[12:40]),
    ("x-api-key: Zx9q8w7e6r5t4y3u", "Zx9q8w7e6r5t4y3u"),
    ("-H 'X-API-Key:Zx9q8w7e6r5t4y3u'", "Zx9q8w7e6r5t4y3u"),
    ("API Key 5ZRpXcVbNm1234567890abcd not authorized because", "5ZRpXcVbNm1234567890abcd"),
    ("Cookie: sid=abcdef; theme=dark", "abcdef"),
    ("set-cookie: id=abcdef; HttpOnly", "abcdef"),
    ("xoxb-123456789012-abcdefghijkl", "123456789012-abcdefghijkl"),
    ("xapp-1-A0123456789-abcdef", "A0123456789"),
    ("https://hooks.slack.com/services/T0/B0/abcdef", "T0/B0/abcdef"),
    (f"-----BEGIN RSA PRIVATE KEY-----\n{PEM_BODY}\n-----END RSA PRIVATE KEY-----", PEM_BODY),
    ("postgres://app:hunter2@db/orders", "hunter2"),
    ("password=hunter22", "hunter22"),
    ("'opaque-token-1' not a valid key=value pair (missing equal-sign)", "opaque-token-1"),
]

HARMLESS = [
    "arn:aws:lambda:eu-west-1:111122223333:function:orders:live",
    "https://k3n9x0q2zz.execute-api.eu-west-1.amazonaws.com/prod/tokens?page=2",
    "x-amzn-requestid: 0d9d1f7e-52d2-4ef0-9f1c-bd5a4f6f2a10",
    "x-amz-apigw-id: Vw3kJEz9FiAFq1A=",
    'authorization = "NONE"',
    'authorization = "AWS_IAM"',
    "The security token included in the request is invalid",
    "Authorization header requires 'Credential' parameter.",
    "AROAEXAMPLEEXAMPLEID:session",
    "API Key **********q9Zx not authorized because method 'GET /' requires API Key",
    '"apiKeyRequired": true, "apiKeyId": "-"',
    "x-api-key: **********q9Zx",
    "/20260101/eu-west-1/execute-api/aws4_request",
    "Authorization=****************4821",
    "",
]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_a_secret_is_taken_out_and_counted(text: str, secret: str):
    clean, count = redact(text)
    assert secret not in clean
    assert REDACTED in clean
    assert count >= 1


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_a_redacted_text_has_nothing_left_to_redact(text: str, secret: str):
    clean, _ = redact(text)
    assert redact(clean) == (clean, 0)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_a_diagnosis_needs_stays(text: str):
    assert redact(text) == (text, 0)


def test_the_scope_of_a_signature_stays():
    scope = "/20260101/eu-west-1/execute-api/aws4_request"
    clean, count = redact(
        f"Authorization: AWS4-HMAC-SHA256 Credential={KEY_ID}{scope}, SignedHeaders=host, Signature={SIGNATURE}"
    )
    assert scope in clean
    assert "SignedHeaders=host" in clean
    assert count == 2


@given(before=st.text(max_size=40), secret=st.sampled_from(SECRETS), after=st.text(max_size=40))
def test_no_neighbourhood_protects_a_secret(before: str, secret: tuple[str, str], after: str):
    text, value = secret
    assert value not in redact(f"{before}\n{text}\n{after}")[0]


def test_of_a_flood_of_secrets_none_survives_and_what_stands_in_other_lines_stays():
    secret = "Zx9q8w7e6r5t4y3u"
    lines = [f"password={secret}{number}, x-api-key: {secret}{number}\nMethod completed" for number in range(2_000)]
    clean, count = redact("\n".join([*lines, f"aws_session_token={secret}\n{secret}{secret}", "Invalid permissions"]))
    assert secret not in clean
    assert clean.count("Method completed") == 2_000
    assert clean.endswith("Invalid permissions")
    assert count > 1_000
    assert redact(clean) == (clean, 0)


KEPT = ["password=[redacted] ", "://a:1@ ", "PWD=/home ", "authorization: aws_iam\n"]


@pytest.mark.parametrize("kept", KEPT)
def test_a_flood_of_what_only_looks_like_a_secret_hides_none(kept: str):
    text, redacted = redact(kept * 6_000 + KEY_ID)
    assert redacted
    assert KEY_ID not in text
    assert text.startswith(kept * 5_000)


def test_a_log_whose_secrets_were_taken_out_already_stays_as_it_is():
    log = 'path=/orders {"authorization": "[REDACTED]", "status": 403} password=[redacted]\n' * 6_000
    assert redact(log) == (log, 0)


def test_however_many_escapes_stand_between_them_secrets_are_cut_out_where_they_stand():
    unit = "a\\u0042\\n%41" * 7 + "é pass\\u0077ord=\\u0068unter22 \x1b[0m\\n"
    assert REDACTED in redact(unit)[0]
    assert redact(unit * 900) == (redact(unit)[0] * 900, 900)


def test_base64_that_follows_upon_base64_is_looked_into_as_well():
    padded = b64encode(b"password=hunter2hunter2hu").decode()
    assert padded.endswith("==")
    assert redact(padded + padded) == ("[redacted][redacted]", 2)
