"""Whether a text that nobody addressed to the bot is meant for it all the same: an error, or nothing but names.

People who talk to each other name stages, regions and APIs as well. Who completes a question says little else; so a
text without an error counts only if no word is left once the names and the words around names are taken out. This errs
on the side of silence: whoever is not heard can address the bot.
"""

import re
from collections.abc import Iterable

from bot.model import Report
from bot.report.plain import plain

_LONGEST = 600
_NOT_ENOUGH = frozenset({"status", "domain"})
"""What a link to anywhere has, and what people say of any service."""

_AROUND_NAMES = frozenset(
    [
        "a", "an", "and", "api", "apis", "account", "actually", "at", "authorizer", "both", "by", "call", "called",
        "calls", "endpoint", "for", "from", "function", "gateway", "happens", "here", "i", "id", "ids", "in", "is",
        "it", "its", "just", "lambda", "mean", "method", "my", "name", "named", "no", "of", "ok", "on", "only", "or",
        "our", "path", "please", "region", "request", "resource", "role", "route", "s", "sorry", "stage", "that", "the",
        "this", "url", "was", "we", "with", "yes",
        "cuenta", "con", "de", "del", "digo", "el", "en", "era", "es", "función", "identificador", "la", "las", "los",
        "lo", "llama", "método", "nombre", "perdón", "región", "rest", "rol", "ruta", "se", "sí", "siento", "solo",
        "sólo", "y", "etapa",
        "です", "でした", "は", "が", "の", "を", "に", "で", "も", "と", "だけ", "のみ", "すみません", "はい",
        "いいえ", "こちら", "これ", "それ", "アカウント", "オーソライザー", "ステージ", "ステージ名", "パス",
        "メソッド", "リージョン", "リソース", "ロール", "関数",
        "是", "在", "為", "為了", "的", "我", "和", "跟", "只有", "抱歉", "對", "這個", "那個", "名稱", "名", "階段",
        "區域", "帳號", "帳戶", "函數", "函式", "方法", "角色", "路徑", "資源", "为", "对", "这个", "那个", "名称",
        "阶段", "区域", "账号", "账户", "函数", "路径", "资源",
    ]
)  # fmt: skip
"""In lower case. Words of scripts without spaces are looked for inside of what is written together."""
_WORD = re.compile(r"[a-záéíóúñü]+|[^\W_]")
_TOGETHER = re.compile(
    "|".join(sorted((word for word in _AROUND_NAMES if min(word) > "\u2fff"), key=len, reverse=True))
)


def is_meant(report: Report) -> bool:
    """Whether a text shows a symptom or a call to an API, or does nothing but name what a question may lack."""
    if report.symptoms or (report.sent and "api_id" in report.ids):
        return True
    return len(report.text) <= _LONGEST and _names_something(report) and not _says_more(report)


def _names_something(report: Report) -> bool:
    if "://" in report.text and "api_id" not in report.ids:
        # A link to a console or a dashboard names a region, too.
        return False
    named = report.ids.keys() - _NOT_ENOUGH
    if "method" not in named:
        named -= {"path"}
    if not any(map(str.isdigit, report.ids.get("api_id", ""))) or report.ids["api_id"].isdigit():
        # Ten letters may be a word, ten digits a telephone number.
        named -= {"api_id"}
    return bool(named)


def _says_more(report: Report) -> bool:
    tokens = plain(report.text).decode().split()
    if tokens[-1].endswith("?"):
        return True
    text = " ".join(_without(token, report.ids.values()) for token in tokens)
    if "?" in text:
        return True
    return any(word not in _AROUND_NAMES for word in _WORD.findall(_TOGETHER.sub(" ", text.lower())))


def _without(token: str, names: Iterable[str]) -> str:
    """What stands in `token` besides a name; an address or an ARN that holds one is nothing else."""
    for name in sorted(names, key=len, reverse=True):
        rest = re.sub(rf"(?<![A-Za-z0-9_-]){re.escape(name)}(?![A-Za-z0-9_-])", " ", token)
        if rest != token and token.isascii():
            return ""
        token = rest
    return token
