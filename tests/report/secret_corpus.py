"""Secrets of every kind that pastes hold, drawn by lot when the tests run, so that no scanner takes one for a live one.

Each kind is a text as people have it in front of them, and the part of it that must not stay.
"""

import random
from base64 import b64encode
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits

ALNUM = ascii_letters + digits
HEX = digits + "abcdef"
BASE64 = ALNUM + "+/"
URL_SAFE = ALNUM + "-_"
UPPER = ascii_uppercase + digits


def drawn(length, letters=ALNUM, seed=""):
    """So many letters, the same in every run, which begin like no word."""
    chance = random.Random(f"{seed}{length}{letters}")
    return "".join(chance.choices(letters, k=length))


def encoded(text):
    """In Base64."""
    return b64encode(text.encode()).decode()


def lines(text, width=64):
    """As key files are broken."""
    return "\n".join(text[at : at + width] for at in range(0, len(text), width))


def key_file(kind, length=400, before=""):
    """A private key in PEM."""
    return f"-----BEGIN {kind}-----\n{before}{lines(drawn(length, BASE64, kind))}\n-----END {kind}-----"


KEY_ID = "AKIA" + drawn(16, UPPER)
SECRET_KEY = drawn(40, BASE64)
SESSION = "IQoJb3JpZ2lu" + drawn(200, BASE64)
SIGNATURE = drawn(64, HEX)
PASSWORD = "Tr0ub4dor-and-3"
JWT = f"eyJ{drawn(30)}.eyJ{drawn(60)}.{drawn(43, URL_SAFE)}"
UUID = "-".join(drawn(length, HEX, "uuid") for length in (8, 4, 4, 4, 12))


def _whole(*parts):
    """A kind whose whole text is secret."""
    text = "".join(parts)
    return text, text


def _named(before, secret, after=""):
    return f"{before}{secret}{after}", secret


AWS = {
    "aws-key-id": _named("id ", KEY_ID),
    "aws-session-key-id": _whole("ASIA", drawn(16, UPPER, "asia")),
    "aws-ini": _named("aws_secret_access_key = ", SECRET_KEY),
    "aws-env": _named("export AWS_SECRET_ACCESS_KEY=", SECRET_KEY),
    "aws-json": _named('"SecretAccessKey": "', SECRET_KEY, '"'),
    "aws-csv": _named(f"Access key ID,Secret access key\n{KEY_ID},", SECRET_KEY),
    "aws-session-token": _named("aws_session_token=", SESSION),
    "aws-security-token": _named("x-amz-security-token: ", SESSION),
    "aws-presigned-v4": _named(
        "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=", SIGNATURE
    ),
    "aws-presigned-v2": _named("https://b.s3.amazonaws.com/k?Expires=1&Signature=", drawn(27, ALNUM, "v2") + "="),
    "aws-cloudfront": _named(
        "https://d1.cloudfront.net/k?Expires=1&Signature=", drawn(340, ALNUM + "~-"), "&Key-Pair-Id=K2"
    ),
    "aws-websocket": _named("wss://k3n9x0q2zz.execute-api.eu-west-1.amazonaws.com/prod?X-Amz-Signature=", SIGNATURE),
    "aws-signed-header": _named("AWS4-HMAC-SHA256 SignedHeaders=host, Signature=", SIGNATURE),
    "aws-bedrock": _whole("ABSK", drawn(120, BASE64)),
    "aws-lambda-environment": _named('"Environment": {"Variables": {"DB_PASSWORD": "', PASSWORD, '"}}'),
    "aws-secret-string": _named('"SecretString": "', PASSWORD, '"'),
    "aws-cognito-refresh": _named(
        '"RefreshToken": "', f"eyJ{drawn(30)}.{drawn(60)}.{drawn(20)}.{drawn(90)}.{drawn(22)}", '"'
    ),
    "aws-cognito-secret": _named('"ClientSecret": "', drawn(51, ascii_lowercase + digits), '"'),
    "api-gateway-key": _named("x-api-key: ", drawn(40)),
    "api-gateway-key-value": _named('{"id": "a1b2c3d4e5", "value": "', drawn(40), '", "name": "partner"}'),
    "api-gateway-key-in-log": _named("API Key ", drawn(40), " not authorized because"),
}

HTTP = {
    "bearer": _named("Authorization: Bearer ", drawn(32)),
    "basic": _named("Authorization: Basic ", encoded(f"ann:{PASSWORD}")),
    "digest": _named('Authorization: Digest username="x", realm="r", response="', drawn(32, HEX), '"'),
    "proxy": _named("Proxy-Authorization: Basic ", encoded(f"proxy:{PASSWORD}")),
    "jwt": _named("token ", JWT),
    "opaque-token": _named("Authorization: ", drawn(24)),
    "cookie": _named("Cookie: theme=dark; sid=", drawn(24)),
    "set-cookie": _named("Set-Cookie: sid=", drawn(24), "; HttpOnly"),
    "csrf": _named("X-CSRF-Token: ", drawn(24)),
    "oauth-query": _named("https://example.com/cb?access_token=", drawn(24)),
    "oauth-secret": _named("client_id=abc&client_secret=", drawn(24)),
    "oauth-verifier": _named("grant_type=authorization_code&code_verifier=", drawn(43)),
    "saml": _named("SAMLResponse=", encoded("<samlp:Response>" + drawn(60))),
    "curl-user": _named("curl -u ann:", PASSWORD, " https://example.com"),
    "netrc": _named("machine example.com login ann password ", PASSWORD),
    "url": _named("https://ann:", PASSWORD, "@example.com/"),
    "curl-user-with-a-blank": _named("curl -u 'ann:", f"{PASSWORD} and more", "' https://example.com"),
    "curl-proxy-user": _named("curl --proxy-user ann:", PASSWORD, " https://example.com"),
    "curl-cookie": _named('curl -b "session=', drawn(24), '" https://example.com'),
    "curl-cookie-long": _named("curl --cookie 'session=", drawn(24), "' https://example.com"),
    "curl-bearer": _named("curl --oauth2-bearer ", drawn(24), " https://example.com"),
    "curl-key-pass": _named("curl --key k.pem --pass ", PASSWORD, " https://example.com"),
    "oauth-code": _named("curl -d 'code=", drawn(24), "&grant_type=authorization_code' https://example.com"),
    "oauth-code-behind": _named("grant_type=authorization_code&client_id=abc&code=", drawn(24)),
    "oauth-callback": _named("https://example.com/cb?code=4/", drawn(40), "&state=xyz"),
    "java-session": _named("JSESSIONID=", drawn(32, UPPER)),
    "session-id": _named("sessionid=", drawn(24)),
    "session-header": _named("X-Session-Id: ", drawn(24)),
    "node-session": _named("connect.sid=s%3A", drawn(24)),
    "auth-header": _named("x-auth: ", drawn(24)),
    "token-in-json": _named('{"token": "', drawn(8), '"}'),
    "otp": _named("otpauth://totp/x:ann?secret=", drawn(32, ascii_uppercase + "234567"), "&issuer=x"),
}

KEYS = {
    "pem-rsa": (key_file("RSA PRIVATE KEY"), drawn(400, BASE64, "RSA PRIVATE KEY")[:60]),
    "pem-ec": (key_file("EC PRIVATE KEY", 160), drawn(160, BASE64, "EC PRIVATE KEY")[-30:]),
    "pem-encrypted": (
        key_file("RSA PRIVATE KEY", 256, "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n"),
        drawn(256, BASE64, "RSA PRIVATE KEY")[-60:],
    ),
    "openssh": (key_file("OPENSSH PRIVATE KEY"), drawn(400, BASE64, "OPENSSH PRIVATE KEY")[70:120]),
    "pgp": (key_file("PGP PRIVATE KEY BLOCK"), drawn(400, BASE64, "PGP PRIVATE KEY BLOCK")[70:120]),
    "putty": (
        f"PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 4\n{lines(drawn(256, BASE64, 'putty'))}\nPrivate-MAC: 00",
        drawn(256, BASE64, "putty")[70:120],
    ),
    "age": _whole("AGE-SECRET-", "KEY-1", drawn(58, UPPER)),
    "kubeconfig": _named("client-key-data: ", encoded(key_file("EC PRIVATE KEY", 160)).replace("=", "")),
    "pem-base64": _named("TLS: ", encoded(key_file("PRIVATE KEY", 160))),
}

SERVICES = {
    "slack-bot": _whole("xo", "xb-", drawn(12, digits), "-", drawn(24)),
    "slack-user": _whole("xo", "xp-", drawn(12, digits), "-", drawn(32, HEX)),
    "slack-app": _whole("xa", "pp-1-A0", drawn(9, UPPER), "-", drawn(40, HEX)),
    "slack-refresh": _whole("xo", "xe-1-", drawn(80)),
    "slack-webhook": _named(
        "https://hooks.slack.com/services/", f"T0{drawn(8, UPPER)}/B0{drawn(8, UPPER)}/{drawn(24)}"
    ),
    "slack-signing": _named("SLACK_SIGNING_SECRET=", drawn(32, HEX)),
    "github": _whole("gh", "p_", drawn(36)),
    "github-fine": _whole("github", "_pat_", drawn(22), "_", drawn(59)),
    "github-in-url": _named("https://", "gh" + "s_" + drawn(36), "@github.com/o/r"),
    "gitlab": _whole("gl", "pat-", drawn(20, URL_SAFE)),
    "gitlab-runner": _whole("gl", "rt-", drawn(20, ALNUM)),
    "npm": _whole("np", "m_", drawn(36)),
    "npmrc": _named("//registry.example.com/:_authToken=", UUID),
    "pypi": _whole("pypi-", "AgEIcHlwaS5vcmc", drawn(120, URL_SAFE)),
    "docker-auth": _named('{"auths": {"r.example.com": {"auth": "', encoded(f"ann:{PASSWORD}"), '"}}}'),
    "docker-token": _whole("dckr", "_pat_", drawn(27, URL_SAFE)),
    "kubernetes-secret": _named("kind: Secret\ndata:\n  password: ", encoded(PASSWORD)),
    "stripe": _whole("sk", "_live_", drawn(24)),
    "stripe-webhook": _whole("whs", "ec_", drawn(32)),
    "twilio": _named("TWILIO_AUTH_TOKEN=", drawn(32, HEX)),
    "twilio-key": _whole("S", "K", drawn(32, HEX)),
    "sendgrid": _whole("S", "G.", drawn(22, URL_SAFE), ".", drawn(43, URL_SAFE)),
    "mailgun": _whole("ke", "y-", drawn(32, HEX)),
    "mailchimp": _whole(drawn(32, HEX), "-us", "12"),
    "google-api": _whole("AI", "za", drawn(35, URL_SAFE)),
    "google-oauth": _whole("ya", "29.", drawn(60, URL_SAFE)),
    "google-secret": _whole("GOC", "SPX-", drawn(28, URL_SAFE)),
    "google-service-account": _named(
        '{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----\\n',
        drawn(64, BASE64),
        '\\n-----END PRIVATE KEY-----\\n"}',
    ),
    "azure-sas": _named("https://a.blob.core.windows.net/c?sv=2022-11-02&sp=r&sig=", drawn(43) + "="),
    "azure-storage": _named("AccountName=a;AccountKey=", drawn(86, BASE64) + "==", ";EndpointSuffix=core.windows.net"),
    "azure-bus": _named("Endpoint=sb://a/;SharedAccessKeyName=n;SharedAccessKey=", drawn(43, BASE64) + "="),
    "azure-client": _whole(drawn(3), "8", "Q~", drawn(34)),
    "datadog": _named("DD_API_KEY=", drawn(32, HEX)),
    "datadog-application": _named("DD-APPLICATION-KEY: ", drawn(40, HEX)),
    "new-relic": _whole("NR", "AK-", drawn(27, UPPER)),
    "new-relic-license": _whole(drawn(36, HEX), "NR", "AL"),
    "pagerduty": _named("Authorization: Token token=", drawn(20)),
    "pagerduty-routing": _named('"routing_key": "', drawn(32, HEX), '"'),
    "discord": _whole("M", drawn(23), ".", drawn(6), ".", drawn(38, URL_SAFE)),
    "discord-webhook": _named("https://discord.com/api/webhooks/", drawn(18, digits) + "/" + drawn(60, URL_SAFE)),
    "teams-webhook": _named("https://x.webhook.office.com/webhookb2/", f"{UUID}@{UUID}/Incoming/{drawn(32, HEX)}"),
    "telegram": _named("https://api.telegram.org/bot", drawn(10, digits) + ":AA" + drawn(33, URL_SAFE), "/getMe"),
    "vault": _whole("hv", "s.", drawn(90, URL_SAFE)),
    "vault-header": _named("X-Vault-Token: ", "s." + drawn(24)),
    "terraform-cloud": _whole(drawn(14), ".atlas", "v1.", drawn(60)),
    "heroku": _named("HEROKU_API_KEY=", UUID),
    "digitalocean": _whole("do", "p_v1_", drawn(64, HEX)),
    "shopify": _whole("shp", "at_", drawn(32, HEX)),
    "okta": _named("Authorization: SSWS ", "00" + drawn(40, URL_SAFE)),
    "pulumi": _whole("pu", "l-", drawn(40, HEX)),
    "grafana": _whole("gl", "sa_", drawn(32), "_", drawn(8, HEX)),
    "sentry": _named("https://", drawn(32, HEX), "@o1.ingest.sentry.io/1"),
    "databricks": _whole("da", "pi", drawn(32, HEX)),
    "openai": _whole("sk-", "proj-", drawn(60, URL_SAFE)),
    "hugging-face": _whole("h", "f_", drawn(34, ascii_letters)),
}

PASSWORDS = {
    "postgres": _named("postgres://app:", PASSWORD, "@db:5432/orders"),
    "redis": _named("redis://:", PASSWORD, "@cache:6379"),
    "mongodb": _named("mongodb+srv://app:", PASSWORD, "@c.example.net/?retryWrites=true"),
    "jdbc": _named("jdbc:mysql://db/orders?user=app&password=", PASSWORD),
    "sql-server": _named("Server=db;User Id=sa;Pwd=", PASSWORD, ";Encrypt=yes"),
    "mysql": _named("mysql -h db -u app -p", PASSWORD, " orders"),
    "sshpass": _named("sshpass -p ", PASSWORD, " ssh ann@h"),
    "password": _named("password=", PASSWORD),
    "password-plus-first": _named("password=", "+" + PASSWORD),
    "password-star-first": _named('password: "', "*" + PASSWORD, '"'),
    "password-comma": _named("DB_PASSWORD=", f"{PASSWORD},second-half"),
    "password-in-xml": _named('<add key="DbPassword" value="', PASSWORD, '"/>'),
    "pw": _named("pw=", PASSWORD),
    "secret": _named("SECRET=", PASSWORD),
    "docker-login": _named("docker login -u ann -p ", PASSWORD, " example.com"),
    "redis-cli": _named("redis-cli -h cache -a ", PASSWORD, " ping"),
    "ssm": _named("aws ssm put-parameter --name x --value ", PASSWORD, " --type SecureString"),
    "amqp-slash": _named("amqp://app:", "Tr0ub/4dor", "@mq:5672/"),
    "postgres-at": _named("postgres://app:", "Tr0ub@4dor", "@db:5432/orders"),
    "passwd": _named("passwd: ", PASSWORD),
    "env-pass": _named("SMTP_PASS=", PASSWORD),
    "flag": _named("app --db-password ", PASSWORD),
    "django": _named("SECRET_KEY_BASE=", drawn(50)),
    "jwt-secret": _named("JWT_SECRET=", drawn(32)),
    "encryption-key": _named("ENCRYPTION_KEY=", drawn(32)),
    "japanese": _named("パスワード：", PASSWORD),
    "chinese": _named("密碼：", PASSWORD),
    "spanish": _named("contraseña: ", PASSWORD),
    "bcrypt": _named("ann:", "$2b$12$" + drawn(53, ALNUM + "./")),
}

KINDS = AWS | HTTP | KEYS | SERVICES | PASSWORDS

HARMLESS = [
    "arn:aws:lambda:eu-west-1:111122223333:function:orders:live",
    "arn:aws-cn:iam::111122223333:role/service-role/orders-role-1a2b3c4d",
    "arn:aws:execute-api:eu-west-1:111122223333:k3n9x0q2zz/prod/GET/orders/{id}",
    "arn:aws:cloudformation:eu-west-1:111122223333:stack/orders/5b3c1d20-8e1f-11ee-9c3a-0a1b2c3d4e5f",
    "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/"
    "arn:aws:lambda:eu-west-1:111122223333:function:orders/invocations",
    "arn:aws:kms:eu-west-1:111122223333:key/7f3b9c1e-5a2d-4e8f-9b6c-0d1e2f3a4b5c",
    "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEf123",
    "https://k3n9x0q2zz.execute-api.eu-west-1.amazonaws.com/prod/tokens?page=2",
    "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/x/invocations",
    "request 7f3b9c1e-5a2d-4e8f-9b6c-0d1e2f3a4b5c",
    "x-amzn-RequestId: 0d9d1f7e-52d2-4ef0-9f1c-bd5a4f6f2a10",
    "x-amz-apigw-id: Vw3kJEz9FiAFq1A=",
    "Extended Request Id: Mc7UVioPPHcEKPA=",
    "x-amz-id-2: " + drawn(75, BASE64, "id-2") + "=",
    "X-Amz-Cf-Id: " + drawn(54, URL_SAFE, "cf-id") + "==",
    "X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=1",
    "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "account 111122223333, api k3n9x0q2zz, authorizer a1b2c3, resource x9y8z7w6v5, deployment d4e5f6",
    "/aws/lambda/orders-read", "API-Gateway-Execution-Logs_k3n9x0q2zz/prod", "2026/02/03/[$LATEST]" + drawn(32, HEX),
    "log stream " + drawn(32, HEX, "stream"),
    "sha256:" + drawn(64, HEX, "sha"),
    "ETag: \"" + drawn(32, HEX, "md5") + "\"",
    "commit " + drawn(40, HEX, "git"),
    "CodeSha256: " + drawn(43, BASE64, "code") + "=",
    "x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "versionId: " + drawn(32, ALNUM, "version"),
    "2026-02-03T10:11:12.345Z", "1770113472345", "03/Feb/2026:10:11:12 +0000",
    "data: " + encoded("a harmless text of some length, nothing more"),
    '"body": "' + encoded('[{"id": 4, "name": "a chair", "price": 12}]') + '", "isBase64Encoded": true',
    "Resource Path: /orders/{id}/tokens/password/reset", "GET /api-key/secret/token HTTP/1.1",
    "PWD=/home/ann/orders", "OLDPWD=~/x",
    'authorization = "NONE"', "authorizationType: AWS_IAM", '"apiKeyRequired": true', '"apiKeySource": "HEADER"',
    "SharedAccessKeyName=RootManageSharedAccessKey",
    "The security token included in the request is invalid",
    "Authorization header requires 'Credential' parameter.",
    "User: arn:aws:sts::111122223333:assumed-role/orders/AROAEXAMPLEEXAMPLEID is not authorized",
    "secretsmanager:GetSecretValue on arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf",
    "password: arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf",
    "integration.request.header.Authorization", "method.request.header.x-api-key: true",
    "'X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token'",
    "nextToken is missing", "invalid_token", "token endpoint", "the password was wrong",
    "パスワードが違います", "密碼錯誤",
    "sk-learn and task-runner-for-something-quite-long", "global-accelerator-of-the-orders-application",
    "-----BEGIN CERTIFICATE-----\n" + lines(drawn(200, BASE64, "certificate")) + "\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----\n" + lines(drawn(200, BASE64, "public")) + "\n-----END PUBLIC KEY-----",
    "ssh-ed25519 " + "AAAAC3NzaC1lZDI1NTE5AAAA" + drawn(44, BASE64, "ssh") + " ann@example.com",
]  # fmt: skip
"""Evidence, and what looks like a secret without being one: it stays byte for byte."""
