"""Every kind of secret in every wrapping: it comes out nowhere, and the evidence next to it stays."""

import html
import json
import unicodedata
from pathlib import Path
from textwrap import indent
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.report.reading import Reader
from bot.report.redact import redact
from bot.report.symptoms import Signatures, load_symptoms
from bot.report.unescaped import Unescaped
from tests.report.secret_corpus import HARMLESS, JWT, KEY_ID, KINDS, SECRET_KEY, SESSION, encoded

SYMPTOMS = Path(__file__).parents[2] / "symptoms"
READER = Reader(Signatures(load_symptoms(SYMPTOMS)))
REQUEST = "0d9d1f7e-52d2-4ef0-9f1c-bd5a4f6f2a10"
OPAQUE = "Zx9q8w7e6r5t4y3u2i1o"
FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:f"
STORED = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:p"
PEM = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7"

WRAPPINGS = {
    "plain": lambda text, _: text,
    "json": lambda text, _: json.dumps({"log": f"x\r\n{text}\n"}),
    "json-in-json": lambda text, _: json.dumps({"a": json.dumps({"b": f"\n{text}"})}),
    "html": lambda text, _: html.escape(f'"{text}"'),
    "html-in-html": lambda text, _: html.escape(html.escape(f'"{text}"')),
    "percent": lambda text, _: "https://example.com/f/" + _in_percent(f"?{text}"),
    "percent-twice": lambda text, _: _in_percent(_in_percent(f"_{text}")),
    "query": lambda text, _: f"https://example.com/p?q={_in_percent(text)}&page=2",
    "unicode-escapes": lambda text, _: "".join(c if c.isalnum() else f"\\u{ord(c):04x}" for c in text),
    "colours": lambda text, secret: text.replace(secret, f"\x1b[1;31m{secret[:5]}\x1b[0m{secret[5:]}"),
    "json-colours": lambda text, secret: text.replace(secret, f"\\u001b[31m{secret[:5]}\\u001b[0m{secret[5:]}"),
    "soft-hyphen": lambda text, secret: text.replace(secret, f"{secret[:6]}\u00ad{secret[6:]}"),
    "zero-width": lambda text, secret: text.replace(secret, f"{secret[:6]}\u200b{secret[6:]}"),
    "full-width": lambda text, _: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    "request": lambda text, _: f"GET /prod/{text} HTTP/1.1\nHost: h",
    "symptom": lambda text, _: f"Invalid permissions on Lambda function\n{text}\nAuthorizer error",
    "shell": lambda text, _: f"$ export X='{text}' && run",
    "header": lambda text, _: f"GET / HTTP/1.1\r\nHost: h\r\nX-Debug: {text}\r\nAccept: */*\r\n",
    "yaml": lambda text, _: f"config:\n  value: |\n{indent(text, '    ')}\n  next: 1",
    "log": lambda text, _: "\n".join(f"2026-02-03T10:00:00.000Z ({REQUEST}) {line}" for line in text.split("\n")),
    "mail": lambda text, _: indent(text, "> "),
    "aws-error": lambda text, _: (
        "An error occurred (AccessDeniedException) when calling the Invoke operation: "
        f"bad header '{text}' (Request ID: {REQUEST})"
    ),
    "base64": lambda text, _: f"body: {encoded(f'Content-Type: text/plain{chr(10)}{text}')}",
}


def _in_percent(text: str) -> str:
    # Names in other scripts are known as they are written, not by their bytes.
    return "".join(quote(c, safe="") if c.isascii() else c for c in text)


def survivors(text: str, secret: str) -> list[str]:
    report = READER.read(text)
    shown = [report.text, *report.ids.values(), *(sighting.matched for sighting in report.symptoms), str(report.caller)]
    # However it is coloured, stretched or escaped: compared by what can be read.
    return [
        part for part in shown if _letters(secret) in _letters(redact(part)[0]) or _letters(secret) in _letters(part)
    ]


def _letters(text: str) -> str:
    """What a person reads in a text, however it is coloured, stretched or escaped."""
    meant = Unescaped(text.encode()).data.decode()
    return "".join(c for c in unicodedata.normalize("NFKC", meant) if c.isalnum())


@pytest.mark.parametrize(("text", "secret"), KINDS.values(), ids=KINDS)
def test_no_wrapping_hides_a_secret(text: str, secret: str):
    assert [name for name, wrap in WRAPPINGS.items() if survivors(wrap(text, secret), secret)] == []


@pytest.mark.parametrize(("text", "secret"), KINDS.values(), ids=KINDS)
def test_nothing_is_left_to_take_out(text: str, secret: str):
    for wrap in WRAPPINGS.values():
        clean, count = redact(wrap(text, secret))
        assert count >= 1
        assert redact(clean) == (clean, 0)


def test_the_corpus_is_large():
    assert len(KINDS) >= 100


@pytest.mark.parametrize("text", HARMLESS)
def test_what_looks_like_a_secret_and_is_evidence_stays_in_every_wrapping(text: str):
    for name in ("plain", "json", "html", "header", "log", "mail", "yaml", "aws-error"):
        wrapped = WRAPPINGS[name](text, "")
        assert redact(wrapped) == (wrapped, 0)


@pytest.mark.parametrize("cut", [12, 17, 24])
@pytest.mark.parametrize("kind", ["aws-ini", "aws-session-token", "jwt", "aws-presigned-v4"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n> ", " \\\n    "])
def test_the_rest_of_a_wrapped_secret_goes_too(kind: str, cut: int, line_end: str):
    text, secret = KINDS[kind]
    for closing in ('"', "\nHost: h"):
        clean, _ = redact(text.replace(secret, secret[:cut] + line_end + secret[cut:]) + closing)
        assert secret[:cut] not in clean
        assert secret[cut:] not in clean
        assert clean.endswith(closing)


@pytest.mark.parametrize(
    "text",
    [
        '{{"name":"authorization","value":"Bearer {0}"}}',
        '{{\n "name": "x-api-key",\n "value": "{0}"\n}}',
        '{{"name":"Cookie","value":"sid={0}"}}',
        '["Authorization","Bearer {0}"]',
        "map[Authorization:[Bearer {0}] Host:[h]]",
        "HTTP_AUTHORIZATION=Bearer {0}",
        "*Authorization:* Bearer {0}",
        "| x-api-key | {0} |",
        "authorization:\nBearer {0}",
        "authorization\nBearer {0}",
        "x-api-key\n{0}",
        "Authorization: Bearer\t{0}",
        'Authorization: Token token="{0}"',
        'Authorization: Digest username="x", realm="r", response="{0}"',
        'Authorization: Hawk id="1", mac="{0}"',
        "Authorization: OAuth oauth_consumer_key=x, oauth_token={0}",
        "Authorization: SharedKey account:{0}",
        "authorization: sso-key abc:{0}",
        "&#34;Authorization&#34;&#58; {0}",
        "HTTP_X_API_KEY={0}",
        '"apiKey": "{0}"',
        '{{"id":"abc","value":"{0}","name":"partner"}}',
        '"cookies":["a=b","sid={0}"]',
        'Cookie: a="{0}"',
        "Cookie: a=1,{0}",
        'Cookie: a={{"id":"{0}"}}',
        "setx AWS_SECRET_ACCESS_KEY {0}",
        "set -gx AWS_SECRET_ACCESS_KEY {0}",
        "aws configure set aws_secret_access_key {0}",
        "AWS Secret Access Key [None]: {0}",
        "<SecretAccessKey>{0}</SecretAccessKey>",
        "||  SessionToken  |  {0}  ||",
        "secret_key: >-\n  {0}",
        "https:\\/\\/hooks.slack.com\\/services\\/{0}",
        "xoxd-abc%2F{0}",
        'Cookie: {{"id":"{0}"}}',
        '{{"value":"{0}","name":"x-api-key"}}',
    ],
)
@pytest.mark.parametrize("secret", ["s3cr3tvalue1", OPAQUE])
def test_every_way_of_writing_a_name_and_its_value(text: str, secret: str):
    if "value" in text and "partner" in text and len(secret) < 20:
        secret = OPAQUE
    assert secret not in redact(text.format(secret))[0]


@pytest.mark.parametrize(
    "text",
    [
        "my X-API-KEY {0} is refused",
        "the api key is `{0}`",
        "API キーは {0} です",
        "API 金鑰是 {0}",
        "clave de API {0}",
        "with Authorization header {0}",
    ],
)
def test_a_long_value_in_prose_goes_too(text: str):
    assert OPAQUE not in redact(text.format(OPAQUE))[0]


def test_an_access_key_as_the_cli_prints_it_as_text():
    clean, count = redact(f"CREDENTIALS\t{KEY_ID}\t2026-01-01T00:00:00+00:00\t{SECRET_KEY}\t{SESSION}")
    assert count == 3
    assert not {KEY_ID, SECRET_KEY, SESSION} & set(clean.split("\t"))


@pytest.mark.parametrize(
    "text",
    [
        f"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: A\n\n{PEM}\n-----END RSA PRIVATE KEY-----",
        f"> -----BEGIN PRIVATE KEY-----\n> {PEM}\n> -----END PRIVATE KEY-----",
        f"10:00 app: -----BEGIN PRIVATE KEY-----\n10:00 app: {PEM}\n10:00 app: -----END PRIVATE KEY-----",
        f"-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: 1\n\n{PEM}\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----",
        f"-----BEGIN PRIVATE KEY-----\\n{PEM}\\nfailed",
    ],
)
def test_a_private_key_goes_however_it_is_framed(text: str):
    assert PEM not in redact(text)[0]


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        (f"-----BEGIN PRIVATE KEY-----\n{PEM}\nInternal server error 500", "Internal server error 500"),
        ("Cookie: a=b Host: h HTTP/1.1 403 x-amzn-requestid: 1", "Host: h HTTP/1.1 403 x-amzn-requestid: 1"),
        (f"authorization: {FUNCTION}", FUNCTION),
        (f"password: {STORED}", STORED),
        ("https://host:443@x", "https://host:443@x"),
        (f"token {JWT}\nAuthorizerConfigurationException", "\nAuthorizerConfigurationException"),
        (f"token {JWT}\nk3n9x0q2zz", "\nk3n9x0q2zz"),
        (f"token {JWT}\n0d9d1f7e-52d2-4ef0-9f1c-bd5a4f6f2a10\n", "\n0d9d1f7e-52d2-4ef0-9f1c-bd5a4f6f2a10"),
        ('"allowHeaders": ["authorization", "x-api-key"]', '["authorization", "x-api-key"]'),
        ("'X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token'", "Authorization,X-Api-Key,X-Amz-Security-Token"),
        ('"authorizationType": "JWT"', '"JWT"'),
        ('"apiKeySource": "HEADER"', '"HEADER"'),
        ('"method.request.header.Authorization": true', "true"),
        ('"authorizationScopes": ["orders/read"]', '["orders/read"]'),
        ("Authorization:\nHost: h", "Host: h"),
        ("Authorization: Bearer ${TOKEN}", "Bearer ${TOKEN}"),
        ("Authorization: Bearer <token>", "Bearer <token>"),
        ("'Authorization: $TOKEN'", "$TOKEN"),
        ("check the password\nMethod completed with status: 500", "Method completed with status: 500"),
        ("missing Authorization header\nHTTP/1.1 401", "HTTP/1.1 401"),
        ("the api key k3n9x0q2zz", "k3n9x0q2zz"),
        ("API Key  not authorized because method 'GET /' requires API Key", "not authorized because method"),
        ("x-api-key 0d9d1f7e is short", "0d9d1f7e is short"),
    ],
)  # fmt: skip
def test_evidence_next_to_a_secret_stays(text: str, evidence: str):
    assert evidence in redact(text)[0]


def test_a_request_id_looks_like_one_of_api_gateway():
    assert "request_id" not in READER.read(f'{{"requestId":"ghp_{OPAQUE}"}}').ids
    assert "request_id" not in READER.read('{"requestId":"hunter2-hunter2"}').ids
    assert READER.read('{"requestId":"Mc7UVioPPHcEKPA="}').ids["request_id"] == "Mc7UVioPPHcEKPA="


@given(st.sampled_from(sorted(KINDS)), st.lists(st.sampled_from(sorted(WRAPPINGS)), max_size=2), st.booleans())
def test_nor_do_two_wrappings(kind: str, wrappings: list[str], first: bool):
    text, secret = KINDS[kind]
    once = WRAPPINGS[wrappings[0]](text, secret) if wrappings else text
    assert survivors(f"{once} after" if first else f"before\n{once}", secret) == []
