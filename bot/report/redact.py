"""Takes secrets out of a paste before anything else is kept of it.

What a diagnosis needs stays: ARNs, ids, and of a signature its scope (`/20260101/eu-west-1/execute-api/aws4_request`).
"""

import re2

MARKER = "[redacted]"

# A quote as it stands in a paste: none, plain, escaped (perhaps twice), or as an HTML entity.
_Q = r"""(?:\\{0,3}["'“”‘’`]|&quot;|&#34;|&#39;)?"""
_SEPARATOR = rf"{_Q}\s*(?:[:=：]|=>|%(?:25)*3[Dd])\s*(?:\[\s*\\{{0,3}}[\"']|{_Q})"
_VALUE = r"""[^\s"'“”‘’`,;&<>{}\[\]\\$*][^\s"'“”‘’`,;&<>{}\[\]\\]*"""

# Every group of an alternative is one secret; an alternative without a group shields text from those after it.
_ALTERNATIVES = (
    # Slack: https://api.slack.com/authentication/token-types
    r"\b(xox[a-z](?:\.xox[a-z])?-[\w-]{8,}|xapp-[\w-]{8,})",
    r"hooks\.slack(?:-gov)?\.com/([^\s\"'<>\[\])|]+)",
    r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----([A-Za-z0-9+/=\s\\]+)",
    # Signature Version 4. The key id is a secret by this product's promise, the scope behind it is evidence.
    r"\b((?:AKIA|ASIA)[A-Z0-9]{16})[\s,;:|/\"']{1,6}([A-Za-z0-9/+]{40})\b",
    r"\b((?:AKIA|ASIA)[A-Z0-9]{16})\b",
    rf"(?i)\bauthorization{_SEPARATOR}(?:AWS4-[A-Z0-9-]+|(?:NONE|AWS_IAM|CUSTOM|COGNITO_USER_POOLS|JWT)\b)",
    r"(?i)\bsignature(?:=|%(?:25)*3D)([A-Za-z0-9%/+=_-]{32,})",
    # API Gateway repeats a token that is no signature: `'…' not a valid key=value pair … in Authorization header: '…'`
    r"(?i)'([^'\s\[\]]{8,})' not a valid key=value pair",
    r"(?i)in Authorization header: '(?:(?:Bearer|Basic|Token) )?([^'\s\[\]]{4,})'",
    rf"(?i)\b(?:proxy-)?authorization{_SEPARATOR}"
    rf"(?:Bearer|Basic|Digest|Token|JWT|ApiKey|Negotiate|Key)[ +]+{_Q}({_VALUE})",
    rf"(?i)\bauthorization-?_?token{_SEPARATOR}(?:(?:Bearer|Basic|Token)[ +]+)?({_VALUE})",
    rf"(?i)\bauthorization{_SEPARATOR}[A-Za-z]+[ +]+{_Q}\[redacted\]",
    rf"(?i)\b(?:proxy-)?authorization{_SEPARATOR}({_VALUE})",
    r"(?i)\bbearer[ +]([A-Za-z0-9._~+/=-]*[0-9][A-Za-z0-9._~+/=-]{15,})",
    # Credentials next to their names, as the CLI, SDKs, STS and environment files write them.
    rf"(?i)secret_?-?(?:access)?_?-? ?key{_SEPARATOR}([A-Za-z0-9/+=]{{16,}})",
    rf"(?i)\b(?:aws_?)?(?:session|security)[_-]?token{_SEPARATOR}([A-Za-z0-9/+=%_.-]{{8,}})",
    rf"(?i)x-amz-security-token{_SEPARATOR}([A-Za-z0-9/+=%_.-]{{8,}})",
    rf"(?i)\bx-api-key{_SEPARATOR}({_VALUE})",
    rf"(?i)\bapi[_-]?key(?:_?value)?{_SEPARATOR}([A-Za-z0-9._~+/-]{{16,}})",
    r"(?i)\bAPI Key:? ([A-Za-z0-9]{20,})",
    rf"(?i)\b(?:password|passwd|client_?secret|(?:access|refresh|id)_token){_SEPARATOR}({_VALUE})",
    r"\b(eyJ[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]*){0,4})",
    rf"(?i)\b(?:set-)?cookie{_Q}\s*[:=：]\s*(?:\[\s*\\{{0,3}}[\"']|{_Q})([^\s\"'\[\]{{}},\\*][^\r\n\"'\[\]{{}},\\]*)",
    r"://[^\s/:@\[\]]{1,200}:([^\s/@\[\]]{1,200})@",
)  # fmt: skip


def _compile() -> "re2._Regexp":
    options = re2.Options()
    options.max_mem = 64 * 1024 * 1024
    return re2.compile("|".join(f"(?:{alternative})" for alternative in _ALTERNATIVES).encode(), options)


_SECRETS = _compile()


def redact(text: str) -> tuple[str, int]:
    """`text` with every secret replaced by `MARKER`, and how many there were.

    A text without any is returned as it came. Lone surrogates, which UTF-8 cannot hold, come back as question marks
    where something was redacted.
    """
    data = text.encode("utf-8", "replace")
    pieces: list[bytes] = []
    end = 0
    count = 0
    for match in _SECRETS.finditer(data):
        for group in range(1, _SECRETS.groups + 1):
            start, stop = match.span(group)
            if start < 0 or start == stop:
                continue
            pieces += (data[end:start], MARKER.encode())
            end = stop
            count += 1
    if not count:
        return text, 0
    pieces.append(data[end:])
    return b"".join(pieces).decode(), count
