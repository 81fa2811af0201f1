"""The kinds of secrets that pastes hold: one table of regular expressions, matched together in one pass.

They see text without escapes (`bot.report.unescaped`), so none of them knows JSON, URLs or HTML. Every group of a kind
is a secret; a kind without a group shields evidence from those after it. RE2 has no look-around: a boundary behind a
secret is consumed, one before it is `_START` or a name.
"""

_START = r"(?:\b|_)"
_QUOTE = r"[\"'`]?"

# What stands between a name and its value: `: `, `=`, `=>`, `": "`, `": ["`, `[None]: `, `>`, ` | `, a tab, `:*`,
# YAML's `: >-`, a line end, and `","value":"` of a list of headers.
_SEPARATOR = (
    r"[\])*\"'`]{0,3}[ \t]*(?:\[[^\]\r\n]*\][ \t]*)?"
    r"(?:=>|[:=>|\t]|(?:^|[\r\n])|,\s*[\"']value[\"']\s*[:=])"
    r"(?:[ \t]*[>|][+-]?[ \t]*[\r\n])?(?:\*{1,2}[ \t])?[ \t]*(?:\r?\n[ \t]*)?"
)
_OPENING = r"(?:[\[(]\s*)?[\"'`]?"

# A token that was wrapped goes on in the next line, if that holds nothing else that would be evidence.
_IN_TOKEN = r"[A-Za-z0-9/+=_.~%-]"
_BREAK = r"[ \t]*\\?\r?\n[ \t>|]*"
_LONG_REST = rf"(?:{_IN_TOKEN}{{5,}}[0-9]{_IN_TOKEN}{{5,}}|[0-9]{_IN_TOKEN}{{10,}}|{_IN_TOKEN}{{10,}}[0-9])"
_UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b"


def _wrapped(token: str) -> str:
    """`token`, and its further lines if it was wrapped."""
    return (
        rf"(?:({token}){_BREAK}{_UUID}"
        rf"|({token}(?:{_BREAK}{_IN_TOKEN}+)+)[\"'`&<}}]"
        rf"|({token}(?:{_BREAK}{_LONG_REST})+)[ \t]*(?:[\r\n]|$)"
        rf"|({token}))"
    )


# Neither a mask (`***4821`) nor a variable (`$KEY`, `${KEY}`, `<key>`) is a secret.
_FIRST = r"(?:[^\s\"'`,;&<>{}\[\]\\|$*()+:=]|\$[a-z0-9!@#%^])"
_IN_VALUE = r"[^\s\"'`,;&<>{}\[\]|]"
_VALUE = _wrapped(rf"{_FIRST}{_IN_VALUE}*")
_QUOTED_VALUE = r"(?:\"([^\s\"$*\[{<(][^\"\r\n]*)\"|'([^\s'$*\[{<(][^'\r\n]*)')"

_AUTHORIZATION = r"authori[sz]ation(?:[-_ ]?(?:header|token))?"
_SCHEME = (
    r"(?:AWS|Basic|Bearer|Digest|GenieKey|GoogleLogin|Hawk|JWT|Key|Negotiate|NTLM|OAuth|SSWS|SharedKey(?:Lite)?|Splunk"
    r"|Token|ApiKey|api-key|sso-key)"
)
_PARAMETER = (
    r"(?:algorithm|app|charset|cnonce|credential|dlg|ext|hash|id|keyid|mac|nc|nonce|oauth_[a-z_]+|opaque|qop|realm"
    r"|response|signature|token|ts|uri|userhash|username)\s*=\s*(?:\"[^\"\r\n]*\"|[^\s\",;}\[]+)"
)
_NAMED = (
    r"(?:secret[-_ ]?(?:access[-_ ]?)?key"
    r"|(?:session|security)[-_ ]?token|(?:access|refresh|id|auth|oauth|identity|bearer)[-_]?token"
    r"|(?:x[-_])?api[-_]?key(?:[-_]?value)?"
    r"|pass(?:word|wd|phrase)|(?:client|app|webhook|signing|shared)[-_]?secret)"
)
_COOKIE = r"(?:set[-_])?cookies?"
_ANY_NAME = rf"(?:{_AUTHORIZATION}|{_NAMED}|{_COOKIE})"

# What stands next to such names in configurations and documents, and is evidence.
_NO_SECRET = (
    r"(?:(?:true|false|null|none|nil|undefined|required|missing|invalid|expired|string|header|authorizer|aws_iam|custom"
    r"|cognito_user_pools|jwt)(?:[\"'`,;)}\]<]|\s*(?:[\r\n|]|$))"
    r"|arn:aws[a-z-]*:[^\s\"',;]+"
    r"|(?:method|integration)\.(?:request|response)\.|\$?(?:context|stageVariables|request)\.)"
)
_COOKIE_PART = r"(?:=\"[^\"\r\n]*\"|[=:]\{[^{}\r\n]*\}|[^\s;,\"'{}\[\]|]|,[^\s\"',;{}\[\]])"
_SLACK_TOKEN = r"(?:xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9_%/+=-]{8,}|xapp-[A-Za-z0-9_-]{8,})"
_JWT = r"eyJ[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]*){0,4}"
_KEY_ID = r"(?:AKIA|ASIA)(?:[A-Z0-9]{16}|[A-Z0-9]{6,15}[ \t]*\\?\r?\n[ \t>|]*[A-Z0-9]{1,10})"
_PEM_LINE = r"[\s>|]*[A-Za-z0-9+/=]{24,}"

KINDS: tuple[str, ...] = (
    # PEM and PGP: up to the end that is marked, else as far as the lines are Base64.
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----([^-\[](?:[^-]|-{1,4}[^-])*)-----END ",
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
    rf"((?:[\s>|]*[A-Z][A-Za-z-]*: [^\r\n]*)*(?:{_PEM_LINE})+(?:[\s>|]*[A-Za-z0-9+/]*=+)?)",
    # An access key as the CLI prints it as text, and as a download names it: id, (expiry,) secret, (session token).
    rf"({_KEY_ID})[\s,;:|/\"']+20[0-9][0-9]-[0-9]{{2}}-[^\s,|]+[\s,|]+([A-Za-z0-9/+]{{40}})[\s,|]+([A-Za-z0-9/+=]{{60,}})",
    rf"({_KEY_ID})[\s,;:|/\"']{{1,6}}([A-Za-z0-9/+]{{40}})\b",
    # These tell by themselves what they are. Slack: https://api.slack.com/authentication/token-types
    _START + _wrapped(rf"(?:{_SLACK_TOKEN}|{_JWT}|gh[a-z]_[A-Za-z0-9]{{16,}}|github_pat_[A-Za-z0-9_]{{16,}})"),
    rf"{_START}({_KEY_ID})",
    r"hooks\.slack(?:-gov)?\.com/+([^\s\"'<>\[\])|]+)",
    # What must stay.
    rf"(?i){_ANY_NAME}{_SEPARATOR}{_OPENING}(?:{_SCHEME}[\s+:]+)?{_OPENING}\[?redacted\]",
    rf"(?i){_ANY_NAME}{_SEPARATOR}{_OPENING}{_NO_SECRET}",
    rf"(?i){_ANY_NAME}{_QUOTE}[:=]?[ \t]*(?:{_SCHEME}[ \t]*)?\r?\n[ \t]*[A-Za-z][A-Za-z0-9-]*:",
    rf"(?i){_AUTHORIZATION}{_SEPARATOR}{_OPENING}AWS4-[A-Z0-9-]+",
    # Signature Version 4, and what API Gateway repeats of an Authorization header that is none.
    rf"(?i)signature{_SEPARATOR}{_QUOTE}(?:([A-Za-z0-9/+=_%-]{{1,64}}{_BREAK}[A-Za-z0-9/+=_%-]{{8,}})|([A-Za-z0-9/+=_%-]{{32,}}))",
    r"(?i)'([^'\r\n\[\]]{4,})' not a valid key=value pair",
    # Header values to their end, the scheme staying where it is a known one.
    rf"(?i){_AUTHORIZATION}{_SEPARATOR}{_OPENING}{_SCHEME}[\s+:]+({_PARAMETER}(?:[,;]?\s*{_PARAMETER})*)",
    rf"(?i){_AUTHORIZATION}{_SEPARATOR}{_OPENING}{_SCHEME}[\s+:]+{_OPENING}{_VALUE}",
    rf"(?i){_AUTHORIZATION}{_SEPARATOR}{_OPENING}([A-Za-z][A-Za-z0-9-]*[ \t]+{_FIRST}{_IN_VALUE}*)(?:[\"'`,;}})\]<]|[ \t]*(?:[\r\n]|$))",
    rf"(?i){_AUTHORIZATION}{_SEPARATOR}{_OPENING}{_VALUE}",
    rf"(?i)\bbearer[ \t+]+([A-Za-z0-9._~+/=-]*[0-9][A-Za-z0-9._~+/=-]{{15,}})",
    rf"(?i){_COOKIE}[\"'`]?\s*[:=]\s*\[([^\[\]]+)\]",
    rf"(?i){_COOKIE}{_SEPARATOR}{_OPENING}([^\s;,\"'{{}}\[\]|*$]{_COOKIE_PART}*(?:;[ \t]*{_COOKIE_PART}+)*)",
    # `["x-api-key", "…"]`, where a list of header names is none.
    rf"(?i)[\[(]\s*[\"'](?:{_AUTHORIZATION}|{_NAMED}|{_COOKIE})[\"']\s*,\s*[\"'][A-Za-z]+(?:-[A-Za-z]+)*[\"']",
    rf"(?i)[\[(]\s*[\"'](?:{_AUTHORIZATION}|{_NAMED}|{_COOKIE})[\"']\s*,\s*[\"']([^\"'\[\]]+)[\"']",
    # Values next to their names, on command lines, and as API Gateway lists its keys.
    rf"(?i){_NAMED}{_SEPARATOR}(?:\[\s*)?(?:{_QUOTED_VALUE}|{_QUOTE}{_VALUE})",
    rf"(?i)(?:\bsetx|\bset -[a-z]+|\bconfigure set)[ \t]+\S*(?:key|token|secret|password)\S*[ \t]+{_QUOTE}{_VALUE}",
    rf"(?i)--[a-z-]*(?:password|secret|token|api-key|access-key|key-value)[ \t]+{_QUOTE}{_VALUE}",
    rf"(?i)(?:\s-u|--user)[ =]?[\"']?[^\s:\"'\[\]]+:([^\s\"'\[\]]+)",
    rf"(?i){_START}token[\"'`]?\s*[:=]\s*{_OPENING}([A-Za-z0-9._~+/=-]{{16,}})",
    r"(?i)\"value\"\s*:\s*\"([A-Za-z0-9]{20,})\"",
    r"(?i)\bAPI Key:? ([A-Za-z0-9]{20,})",
    r"://[^\s/:@\[\]]*:[0-9]{1,5}@",
    r"://[^\s/:@\[\]]*:([^\s/@\[\]\"'<>]+)@",
)  # fmt: skip
