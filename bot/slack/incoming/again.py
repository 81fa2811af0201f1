"""Whether somebody merely asks to look once more, in one of the languages of the replies."""

import re
import unicodedata

_LONGEST = 80
_VERBS_ES = (
    "(?:comprueb[ae]|comproba|comprobar|revis[ae]|revisar|verifi(?:ca|que)|verificar|prueb[ae]|proba|probar|"
    "intent[ae]|intentar|mir[ae]|mirar|cheque[ae]|chequear|checa|checar)(?:lo)?"
)
_DO_JA = "(?:(?:確認|チェック|診断)を?|見て|調べて|やって)?(?:して)?"
_PLEASE_JA = "(?:ください|下さい|お願い(?:します|いたします)?)?"
_AGAIN = re.compile(
    "|".join(
        (
            # English
            "(?:(?:can|could) you )?(?:(?:check|look|try|run|test)(?: (?:it|this|that))? )?"
            "(?:again|once (?:more|again))",
            "re-?(?:check|run|try|test)(?: (?:it|this|that))?",
            "(?:and|how about|what about|check|try)? ?now",
            # Spanish, without its accents
            f"(?:{_VERBS_ES} )?(?:de nuevo|otra vez|una vez mas|nuevamente)",
            f"(?:vuelv[ae]|volve|volver) a {_VERBS_ES}",
            "(?:reintent(?:a|e|ar)|y ahora|(?:y )?ahora si|ahora)",
            # Japanese
            f"(?:もう(?:一|1|いち|いっ)(?:度|回|ど|かい)|再度){_DO_JA}{_PLEASE_JA}",
            f"再(?:確認|チェック|診断|実行|試行)を?(?:して)?{_PLEASE_JA}",
            "(?:今は|これで)(?:どう)?(?:ですか)?|直りましたか|直って(?:い)?ますか|リトライ",
            # Traditional Chinese
            "(?:再|重新?|再次)(?:幫我)?(?:檢查|查|看|試|跑|執行|測試?|診斷|確認|來|問)(?:一次|一下|看看|試試看|試看|看|試)?",
            "(?:再一次|重試(?:一次)?|那?現在呢)",
        )
    )
)
_COURTESY = re.compile(r"\b(?:please|pls|thanks|thank you|por favor|porfa|porfavor|gracias)\b|請|麻煩|謝謝")
_NOT_SAID = re.compile(r"""[«»“”"'「」『』‘’¿¡.,;:!?。、，！？…~～〜♪*_`-]""")
_EMOJI = re.compile(r":[a-z0-9_+-]+:")
_BETWEEN_CJK = re.compile(r"(?<=[\u3040-\u9fff]) +(?=[\u3040-\u9fff])")


def is_again(text: str) -> bool:
    """Whether the whole text says so: a word of its own, not one among others."""
    return len(text) <= _LONGEST and _AGAIN.fullmatch(_plain(text)) is not None


def _plain(text: str) -> str:
    """The words alone: without accents, quotes, punctuation, emoji and courtesy."""
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold()).replace("\u0301", "")
    words = unicodedata.normalize("NFC", _EMOJI.sub(" ", folded))
    words = words.replace("re-", "re")
    return _BETWEEN_CJK.sub("", " ".join(_COURTESY.sub(" ", _NOT_SAID.sub(" ", words)).split()))
