"""The kinds of secrets that pastes hold: one table of regular expressions, matched together in one pass.

They see text without escapes (`bot.report.unescaped`), so none of them knows JSON, URLs or HTML; `ESCAPED` alone sees
it as it stands. Every group of a kind is a secret, but for its opening quote; `KEPT` shields evidence from the kinds
after it. RE2 has no look-around: what has to stand behind a secret is consumed, what has to stand before it is `_START`
or a name. Groups are few, and shared between kinds, because each costs time at every secret.
"""

from bot.report.telling_secrets import TELLING

_START = r"(?:\b|_)"
_CHAR = r"[A-Za-z0-9/+=_.~%-]"
_QUOTE = r"[\"'`]?"

# What stands between a name and its value: `: `, `=`, `=>`, `": "`, `": ["`, `[None]: `, `>`, ` | `, a tab, `:*`,
# YAML's `: >-`, and `","value":"` of a list of headers.
_SEPARATOR = (
    r"[\])*\"'`]{0,3}[ \t]*(?:\[[^\]\r\n]{0,24}\][ \t]*)?"
    r"(?:=>|[:=]{1,3}|[>|\t]|[,\s]\s*[\"']?value[\"']?\s*[:=])"
    r"(?:[ \t]*[>|][+-]?[ \t]*[\r\n])?(?:\*{1,2}[ \t])?[ \t]*(?:\r?\n[ \t]+)?(?:[\[(]\s*)?"
)

_AUTHORIZATION = r"authori[sz]ation(?:[-_ ]?(?:header|token))?"
_SCHEME = (
    r"(?:AWS|Basic|Bearer|Digest|GenieKey|GoogleLogin|Hawk|JWT|Key|Negotiate|NTLM|OAuth|SSWS|SharedKey(?:Lite)?|Splunk"
    rf"|Token|ApiKey|api-key|sso-key)[\s+:]+{_QUOTE}"
)
_PARAMETER = (
    r"(?:algorithm|app|charset|cnonce|credential|dlg|ext|hash|id|keyid|mac|nc|nonce|oauth_[a-z_]+|opaque|qop|realm"
    r"|response|signature|token|ts|uri|userhash|username)\s*=\s*(?:\"[^\"\r\n]*\"|[^\s\",;}\[]+)"
)
# Names of values that are secret. What stands for many begins inside a word: `TWILIO_AUTH_TOKEN`, `dbPassword`.
_NAMED = (
    r"(?:secret[-_ ]?(?:access[-_ ]?)?key(?:[-_]base)?|secret[-_]?(?:string|text)"
    r"|(?:session|security)[-_ ]?token|session[-_]?id|phpsessid|connect\.sid"
    r"|(?:access|refresh|id|auth|oauth|identity|bearer|api|app|bot|private|personal|deploy|job|vault|[cx]srf)[-_]?token"
    r"|(?:x[-_])?api[-_]?key(?:[-_]?value)?"
    r"|(?:access|account|app|application|consumer|encryption|functions|integration|license|master|private|routing"
    r"|shared[-_ ]?access|signing|subscription)[-_]?key|client[-_]key[-_]data"
    r"|pass(?:word|wd|phrase|code)|[a-z]_pass|[\"']pass[\"']|pwd|(?:\b|_)(?:otp|psw|pw)|contrase(?:ñ|n|%C3%B1)a"
    r"|パスワード|暗証番号|密碼|密码"
    r"|(?:api|app|bot|client|consumer|cookie|hmac|jwt|oauth|session|shared|signing|webhook)[-_ ]?secret"
    r"|[a-z&?\"'][-_]?secret|[\"']token[\"']|x[-_]auth(?:[-_]?key)?|saml[-_]?response|client[-_]?assertion"
    r"|code[-_]?verifier)"
)
_COOKIE = r"(?:set[-_])?cookies?"
_NAME = rf"(?:{_AUTHORIZATION}|{_NAMED}|{_COOKIE})"

# A value without quotes ends at what ends one in a list, a query string, a table or a document, unless more of it
# follows at once that is not the next name with its value: `abc,def`, but `abc&user=ann` and `abc; Path=/`.
_ENDS = r",;&|<>{}\[\]"
_APART = r"\s\"'`"
_REST = rf"[^{_APART}{_ENDS}]"
_FIRST = rf"(?:[^{_APART}{_ENDS}\\=:()]|[{{}}<>\[\]|\\=:(),;]{_REST}{{3}})"
_MORE = rf"[{_ENDS}]+(?:[\w.%-]*[^{_APART}{_ENDS}\w.%=:/-]{_REST}*|[^{_APART}{_ENDS}=:/]+)"
_LINE_END = r"(?:\r|(?m:$))"
_END = rf"(?:[ \t\"'`{_ENDS}]|{_LINE_END})"
_WORD = rf"{_FIRST}{_REST}*"
_QUOTED = r"\"[^\s\"][^\"\r\n]*|'[^\s'][^'\r\n]*"

# Neither a mask (`***4821`) nor a variable (`$KEY`, `${KEY}`, `<key>`) is a secret: the whole of it has to be one.
_MASK = (
    r"(?:\*{3,}[a-z0-9]{0,6}|\$(?-i:[A-Z_][A-Z0-9_]*)|\$\{[^}\r\n]*\}|\$\([^)\r\n]*\)|\{\{[^}\r\n]*\}\}|%[A-Z_]+%"
    r"|\{[a-z_.-]+\}|<[a-z_ .-]+>|\[[a-z]+\]|x{3,}|…|\.{3})"
)
_BLANK = rf"(?:[ \t\"'`<]|{_LINE_END})"
_AFTER_MASK = rf"(?:{_BLANK}|[,;&)}}\]|]+(?:{_BLANK}|[\w.-]+[=:]))"
_ANY = rf"(?:[\"'`]\*[\"'`]|\*(?:[,;)}}\]]+{_BLANK}|{_LINE_END}))"
_MASKED = rf"(?:[\"'`](?:{_SCHEME})?{_MASK}{_BLANK}|(?:{_SCHEME})?{_MASK}{_AFTER_MASK}|{_ANY})"

# What stands next to such names in configurations and documents, and is evidence.
_EVIDENCE = (
    r"(?:(?:true|false|null|none|nil|undefined|required|missing|invalid|expired|string|header|authorizer|aws_iam|custom"
    r"|cognito_user_pools|jwt)(?:[\"'`,;)}\]<]|\s*(?:[\r\n|]|$))"
    r"|arn:aws[a-z-]*:[^\s\"',;]+|AWS4-[A-Z0-9-]+|!(?:GetAtt|ImportValue|Ref|Sub)\b|\{\s*[\w-]+:\s"
    r"|(?:method|integration)\.(?:request|response)\.|\$?(?:context|stageVariables|request)\.)"
)
_COOKIE_PART = r"(?:=\"[^\"\r\n]*\"|[=:]\{[^{}\r\n]*\}|[^\s;,\"'{}\[\]|]|,[^\s\"',;{}\[\]])"

_KEY_ID = r"(?:AKIA|ASIA|ABIA|ACCA)(?:[A-Z0-9]{16}|[A-Z0-9]{4,15}[ \t]*\\?\r?\n[ \t>|]*[A-Z0-9]{1,12}\b)"
_SPOKEN = (
    r"x-api-key|\bapi[ _-]?key|API ?キー|API ?金鑰|API ?密钥|clave de (?:la )?API|authorization(?: ?header|[-_ ]?token)"
    r"|\b(?:access|id|session|bearer|auth|refresh) token"
)
_PEM = r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"

_VALUE_BEFORE = (
    rf"(?:[\[(]\s*[\"']{_NAME}[\"']\s*,\s*|(?:{_AUTHORIZATION}|{_NAMED}){_SEPARATOR}|\b(?:secret|token)[ \t]*=[ \t]*"
    r"|(?:\bsetx|\bset -[a-z]+|\bconfigure set)[ \t]+\S*(?:key|token|secret|password)\S*[ \t]+"
    r"|--[a-z0-9-]*(?:pass(?:word|wd|phrase)?|secret(?:-string)?|token|bearer|api-key|access-key|key-value)[ \t]+)"
)
# As `.env` files and shells have them: everything up to a blank or a quote.
_VARIABLE = (
    r"\b(?-i:[A-Z0-9_]*(?:PASS(?:WORD|WD|PHRASE|CODE)?|SECRET|TOKEN"
    r"|(?:ACCESS|ACCOUNT|API|APP|ENCRYPTION|MASTER|PRIVATE|SECRET|SHARED|SIGNING)_?KEY))="
)

KEPT = "(?P<kept>)(?:{})".format(
    "|".join(
        (
            r"://[^\s/:@\[\]]*:(?:[0-9]{1,5}[@/?#\s\"'<>]|\[redacted\])",
            rf"(?i)/{_NAMED}\s*>",
            r"(?i)\b(?:old)?pwd[=:]\s*[\"']?[/~]",
            rf"(?i)(?:{_VALUE_BEFORE}|{_VARIABLE}|{_COOKIE}{_SEPARATOR})"
            rf"(?:{_MASKED}|{_QUOTE}(?:{_SCHEME})?(?:{_EVIDENCE}|\[?redacted\]))",
            rf"(?i){_NAME}{_QUOTE}[:=]?[ \t]*(?:{_SCHEME})?\r?\n[ \t]*[A-Za-z][A-Za-z0-9-]*:",
            rf"(?i)[\[(]\s*[\"']{_NAME}[\"']\s*,\s*[\"'][A-Za-z]+(?:-[A-Za-z]+)*[\"']",
        )
    )
)
"""What must stay, though it looks like a secret; its group is empty."""

KINDS: tuple[str, ...] = (
    # An access key as the CLI prints it as text, and as a download names it: id, (expiry,) secret, (session token).
    rf"({_KEY_ID})[\s,;:|/\"']{{1,9}}(?:20[0-9][0-9]-[0-9]{{2}}-[^\s,|]+[\s,|]+)?([A-Za-z0-9/+]{{40}})"
    r"(?:[\s,|]+([A-Za-z0-9/+=]{60,})|[^A-Za-z0-9/+=]|$)",
    rf"{_START}({_KEY_ID}|{TELLING})",
    r"(?i)(?:\B-u|--(?:proxy-)?user)[ =]?(\"[^\"\r\n:]*:[^\"\r\n]+|'[^'\r\n:]*:[^'\r\n]+)",
    r"(?i)(?:\B-u|--(?:proxy-)?user)[ =]?[^\s:\"'\[\]]+:((?:[^\s\"'\[]|\[[^\s\"'r])[^\s\"']*)",
    r"(?:\B-b|--cookie)[ =](\"[^\"\r\n=]*=[^\"\r\n]+|'[^'\r\n=]*=[^'\r\n]+|[^\s\"'=]+=[^\s\"']+)",
    rf"(?i){_START}(?:put-parameter(?:[ \t\\\r\n]+\S+){{0,9}}?[ \t]+--value|redis-cli(?:[ \t]+\S+){{0,6}}?[ \t]+-a"
    r"|(?:az|buildah|docker|helm|oc|podman|skopeo)[ \t]+(?:[a-z]+[ \t]+)?login(?:[ \t]+[^\s|;]+){0,6}?[ \t]+-p)"
    r"[ =](\"[^\"\r\n\[][^\"\r\n]*|'[^'\r\n\[][^'\r\n]*|[^\s\"'\[]\S*)",
    # What is exchanged for a token, with all that stands between the two.
    r"\bcode=([^\s\"'\[][^\s\"']*authorization_code)",
    r"authorization_code(&(?:[^\s\"']*&)?code=[^\s\"'\[][^\s\"']*)",
    r"[?&]code=([^&\s\"'\[]{8,})&(?:scope|session_state|state)=",
    # Addresses that whoever knows them can post to.
    r"(?:hooks\.slack(?:-gov)?\.com|discord(?:app)?\.com/api/(?:v[0-9]+/)?webhooks|webhook\.office\.com/webhookb2)"
    r"/+([^\s\"'<>\[\])|]+)",
    KEPT,
    r"://[^\s/:@\[\]]*:((?:[^\s/\"'<>]|[\"'<>][^\s,;:)}\]\"'<>/])+)@",
    r"://[^\s/:@\[\]]*:([^\s/@\"'<>${]*/[^\s@\"'<>]*)@",
    r"://([0-9a-f]{32})@",
    # A header's value to its end: what follows a known scheme, else an unknown one with its credential.
    rf"(?i){_AUTHORIZATION}{_SEPARATOR}{_QUOTE}{_SCHEME}({_PARAMETER}(?:[,;]?\s*{_PARAMETER})*|{_WORD})",
    rf"(?i){_AUTHORIZATION}{_SEPARATOR}{_QUOTE}([A-Za-z][A-Za-z0-9-]*[ \t]+{_WORD})"
    r"(?:[\"'`,;})\]<]|[ \t]*(?:[\r\n]|$|HTTP/))",
    rf"(?i){_AUTHORIZATION}{_SEPARATOR}{_QUOTE}"
    rf"([A-Za-z][A-Za-z0-9-]*[ \t]+(?:{_CHAR}{{8,}}[0-9]|{_CHAR}*[0-9]{_CHAR}{{8,}}){_CHAR}*)",
    # Values next to their names: in lists of headers, in files, on command lines.
    rf"{_VARIABLE}([^{_APART}{_ENDS}][^{_APART}]*|[{_ENDS}][^{_APART}]{{5,}})",
    rf"(?i){_VALUE_BEFORE}({_QUOTED}|{_WORD}(?:{_MORE})*){_END}",
    # A browser's list of headers has the value in a line of its own, a list of pairs may have it first.
    rf"(?i)(?:^|[\r\n])[ \t]*(?:{_AUTHORIZATION}|x-api-key|{_COOKIE}):?[ \t]*\r?\n"
    r"([^\s:\[]+(?:[ \t][^\r\n\[]*)?)(?:[\r\n]|$)",
    rf"(?i)\"value\"\s*:\s*\"([^\"\r\n\[]+)\"\s*,\s*\"name\"\s*:\s*\"{_NAME}\"",
    rf"(?i){_COOKIE}{_QUOTE}\s*[:=]\s*\[([^\[\]]+)\]",
    rf"(?i){_COOKIE}{_SEPARATOR}{_QUOTE}((?:\{{[^{{}}\r\n]*\}}|[^\s;,\"'{{}}\[\]|])"
    rf"{_COOKIE_PART}*(?:;[ \t]*{_COOKIE_PART}+)*)",
    # Signature Version 4, and what API Gateway repeats of an Authorization header that is none.
    rf"(?i)signature{_SEPARATOR}{_QUOTE}([a-z0-9/+=_%~-]{{26,}}|[0-9a-f]{{8,}})",
    r"\bsig=([A-Za-z0-9/+=_%-]{20,})",
    r"(?i)'([^'\r\n\[\]]{4,})' not a valid key=value pair",
    r"(?i)(?:\bbearer[ \t+]+|\b_?token[\"'`]?\s*[:=]\s*[\"'`]?)([A-Za-z0-9._~+/=-]*[0-9][A-Za-z0-9._~+/=-]{15,})",
    rf"(?i)(?:\"value\"\s*:\s*\"|{_START}API Key:? )([A-Za-z0-9]{{20,}})",
    # Commands and files that part a password from its name by a space; Docker's and npm's registries.
    rf"(?i){_START}(?:login[ \t]+\S+\s+password|sshpass[ \t]+-p|mysql[a-z]*(?:[ \t]+[^\s|;]+){{0,6}}[ \t]+-p|SSWS[ +])"
    r"[ \t]*[\"']?([^\s\"'\[]+)",
    r"(?i)[\"'_]auth[\"']?\s*[:=]\s*[\"']?([a-z+/]{0,12}[0-9][a-z0-9+/]{6,}={0,2}|[a-z0-9+/]{6,}={1,2})",
    r"\$(?:2[abxy]|5|6|apr1|argon2id|y)\$([^\s\"'\[]{20,})",
    # In prose, parted from its name by a space: only what is long and has a digit early on, as words and ids have not.
    rf"(?i)(?:{_SPOKEN})(?: (?:is|was|value|es))?[ は是「:`'\"]{{1,4}}"
    r"([A-Za-z0-9]{0,8}[0-9][A-Za-z0-9._~+/=-]{15,})",
    # PEM and PGP: up to the end that is marked, else as far as the lines are Base64.
    rf"{_PEM}([^-\[](?:[^-]|-{{1,4}}[^-])*)-----END ",
    rf"{_PEM}((?:[\s>|]*[A-Z][A-Za-z-]*: [^\r\n]*)*(?:[\s>|]*[A-Za-z0-9+/=]{{24,}})+(?:[\s>|]*[A-Za-z0-9+/]*=+)?)",
    # PuTTY's, in lines of Base64, whatever a log has put before each.
    r"Private-Lines: [0-9]+((?:[ \t]*\r?\n(?:[^\r\n\[]*[\s>|:)])?[A-Za-z0-9+/=]{16,})+)",
)  # fmt: skip

_BREAK = r"[ \t]*\\?\r?\n[ \t>|]*"
# At least eleven characters and among them one that words lack; a slash at the start begins a path.
_MARKED = "|".join(f"{_CHAR}{{{before}}}[0-9+/=]{_CHAR}{{{9 - before},}}" for before in range(10))
_LONG = rf"(?:[0-9+=]{_CHAR}{{10,}}|[A-Za-z0-9+=_.~%-](?:{_MARKED}))"
_UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b"


def _escaped(depth: int, quote: str) -> str:
    """A value with escapes next to its name, in JSON within so much JSON: each layer doubles the backslashes."""
    backslashes = 2**depth - 1
    mark = rf"\\{{{backslashes}}}{quote}"
    letter = rf"(?:\\{{0,{backslashes}}}[^\\{quote}\r\n])"
    escape = rf"\\{{{backslashes + 1}}}(?:\\{{{backslashes + 1}}}|{mark}|[^\\{quote}\r\n])"
    value = rf"{letter}*(?:{escape}|[%&])(?:{letter}|{escape})*"
    return rf"{_NAMED}(?:\\*[\"'])?\s*(?:=>|[:=])\s*{mark}({value}){mark}"


ESCAPED = "|".join(
    (
        *(rf"(?i:{_escaped(depth, quote)})" for depth in range(3) for quote in "\"'"),
        r"://[^\s/:@]*:([^\s/\"'<>\[]*%[^\s/\"'<>\[]*)@",
    )
)
"""Secrets with escapes in them, in a text as it stands: without these one could not tell where they end."""

FURTHER_LINES = (
    rf"{_BREAK}{_UUID}|((?:{_BREAK}{_CHAR}+){{1,20}})[\"'`&<}}]|((?:{_BREAK}{_LONG}){{1,20}})[ \t]*(?:[\r\n]|$)"
)
"""What may follow a secret that ends a line: its rest, if it was wrapped.

The rest ends in a quote or the like, or is all that its lines hold and looks neither like a word nor like an id."""

ENCODED = (
    r"(?:^|[^A-Za-z0-9+/_-])"
    r"((?:[A-Za-f][A-HQ-Xg-nw-z0-3][ABEFIJMNQRUVYZcdghklopstwx014589][A-Za-z0-9+/_-]){6}[A-Za-z0-9+/_-]*)"
)
"""Base64 of a text that begins with 18 characters of ASCII; hardly anything else has these letters at these places.

Its padding is left to part it from the next."""
