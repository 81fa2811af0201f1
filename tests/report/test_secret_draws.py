"""Values as generators draw them, with each first and each last letter: none survives, whole or in part."""

import json
import random
import shlex
from string import ascii_letters, digits, punctuation
from urllib.parse import quote

import pytest

from bot.report.redact import redact
from tests.report.secret_corpus import BASE64, HEX, KEY_ID, URL_SAFE

PLAIN = "".join(sorted(set(punctuation) - set("\"'`\\"))) + ascii_letters + digits
"""What passwords are made of, but for quotes and what escapes them."""
_WINDOW = 6
"""So many letters of a secret in a row are a part of it."""


def _as_it_is(form):
    return lambda secret: (form.replace("{}", secret), secret)


def _in_json(secret):
    text = json.dumps({"username": "ann", "password": secret, "engine": "mysql"})
    return text, json.dumps(secret)[1:-1]


def _in_json_in_json(secret):
    text = json.dumps({"body": json.dumps({"password": secret}), "path": "/orders"})
    return text, json.dumps(json.dumps(secret))[3:-3]


def _in_an_address(secret):
    return f"postgres://ann:{quote(secret, safe='')}@db.example.com/orders", quote(secret, safe="")


def _in_a_shell(secret):
    return f"curl -u {shlex.quote(f'ann:{secret}')} https://example.com", secret


WAYS = {
    "secret key in the environment": (_as_it_is("export AWS_SECRET_ACCESS_KEY={}"), BASE64, 40),
    "secret key in a file": (_as_it_is("[default]\naws_secret_access_key = {}\nregion = eu-west-1"), BASE64, 40),
    "secret key in JSON": (_as_it_is('{"SecretAccessKey": "{}"}'), BASE64, 40),
    "secret key in XML": (_as_it_is("<SecretAccessKey>{}</SecretAccessKey>"), BASE64, 40),
    "secret key in a table": (_as_it_is("|  SecretAccessKey |  {}  |"), BASE64, 40),
    "secret key beside its id": (_as_it_is(f"{KEY_ID},{{}}\n"), BASE64, 40),
    "secret key as a command's word": (_as_it_is("aws configure set aws_secret_access_key {}"), BASE64, 40),
    "session token": (_as_it_is("aws_session_token={}"), BASE64, 60),
    "API key": (_as_it_is("x-api-key: {}"), BASE64, 40),
    "client secret": (_as_it_is("client_secret={}&client_id=a"), URL_SAFE, 32),
    "account key": (_as_it_is("AccountName=a;AccountKey={}==;EndpointSuffix=b"), BASE64, 86),
    "bearer": (_as_it_is("Authorization: Bearer {}"), URL_SAFE + "+/~.", 32),
    "cookie": (_as_it_is("Cookie: sid={}; theme=dark"), URL_SAFE + "+/%.!*$", 24),
    "webhook secret": (_as_it_is("WEBHOOK_SECRET={}"), HEX, 32),
    "short token": (_as_it_is('{"token": "{}"}'), URL_SAFE, 8),
    "password in the environment": (_as_it_is("DB_PASSWORD={}"), PLAIN, 16),
    "password in a file": (_as_it_is("HOST=db\nDB_PASSWORD={}\nUSER=ann"), PLAIN, 16),
    "password in double quotes": (_as_it_is('password: "{}"'), PLAIN, 16),
    "password in single quotes": (_as_it_is("password = '{}'"), PLAIN, 16),
    "password in JSON": (_in_json, punctuation + ascii_letters + digits, 32),
    "password in JSON in JSON": (_in_json_in_json, punctuation + ascii_letters + digits, 32),
    "password in an address": (_in_an_address, PLAIN, 16),
    "password on a command line": (_in_a_shell, PLAIN.replace("'", ""), 16),
}


def _drawn(letters, length):
    """Values of such letters: with each of them first, with each of them last."""
    chance = random.Random(f"{letters}{length}")
    for each in letters:
        drawn = "".join(chance.choices(letters, k=length - 1))
        yield each + drawn
        yield drawn + each


@pytest.mark.parametrize("way", WAYS)
def test_of_no_drawn_value_is_anything_left(way):
    written, letters, length = WAYS[way]
    left = []
    for secret in _drawn(letters, length):
        text, shown = written(secret)
        clean, count = redact(text)
        parts = {shown[at : at + _WINDOW] for at in range(len(shown) - _WINDOW + 1)}
        if not count or any(part in clean for part in parts):
            left.append((text, clean))
    assert left == []


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("DB_PASSWORD=abc,second", "DB_PASSWORD=[redacted]"),
        ("db.password=abc,second;third", "db.password=[redacted]"),
        ("password=abc&second", "password=[redacted]"),
        ("password=abc, user=ann", "password=[redacted], user=ann"),
        ("{password=abc,user=ann}", "{password=[redacted],user=ann}"),
        ("?password=abc&user=ann&page=2", "?password=[redacted]&user=ann&page=2"),
        ("Server=h;Pwd=abc;Encrypt=yes", "Server=h;Pwd=[redacted];Encrypt=yes"),
        ("password=abc|status=500", "password=[redacted]|status=500"),
        ("<password>abc</password><user>ann</user>", "<password>[redacted]</password><user>ann</user>"),
        ("postgres://u:p@second@h/x", "postgres://u:[redacted]@h/x"),
        ("amqp://u:p/second@h", "amqp://u:[redacted]@h"),
        ("https://u:p@h/path/ann@example.com", "https://u:[redacted]@h/path/ann@example.com"),
        (r'{"password": "abc\"second", "user": "ann"}', '{"password": "[redacted]", "user": "ann"}'),
        (r'{"password": "abc\\", "user": "ann"}', '{"password": "[redacted]", "user": "ann"}'),
        ('password: "*abc"', 'password: "[redacted]"'),
        ("code=abc&client_secret=def&grant_type=authorization_code", "code=[redacted]"),
    ],
)
def test_where_a_value_ends(text, clean):
    assert redact(text)[0] == clean
    assert redact(clean) == (clean, 0)


@pytest.mark.parametrize(
    "text",
    [
        "password=***",
        "x-api-key: ****q9Zx",
        '"password": "***"',
        "password=${DB_PASSWORD}&user=ann",
        "TOKEN=$(aws cognito-idp initiate-auth --client-id x)",
        "--db-password $DB_PASSWORD",
        'curl -H "Authorization: Bearer <token>" -H "x-api-key: $KEY" https://example.com',
        "password: '{{resolve:secretsmanager:db}}'",
        "password: !Ref DbPassword",
        "Authorization: Bearer {token}",
        "Cookie: $COOKIE",
        '"Access-Control-Allow-Headers": "*", "Authorization": "*"',
        "password = {\n  type = string\n}",
        '"password": {"type": "string"}',
        "apiKey: {name: x-api-key, in: header}",
        "DB_PASSWORD=\nHOST=db",
        "?token=&page=1",
        "AuthorizationType: CUSTOM",
        "ApiKeySourceType: HEADER",
        "integration.request.header.Authorization: method.request.header.Authorization",
        "https://host:8443/users/ann@example.com",
        "https://example.com/?code=403&state=done",
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf",
        "if (password == null) {",
    ],
)
def test_a_mask_a_variable_and_a_declaration_are_no_secrets(text):
    assert redact(text) == (text, 0)
