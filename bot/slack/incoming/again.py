"""Whether somebody merely asks to look once more."""

import re

_AGAIN = {
    "again", "check again", "check it again", "please check again", "try again", "retry", "recheck", "rerun", "re-run",
    "once more", "look again", "and now", "now",
    "もう一度", "もう一度お願いします", "もう一度確認", "もう一度確認して", "もう一回", "再確認",
    "再チェック", "再実行", "再度確認",
    "再試一次", "再試", "重試", "再檢查", "再檢查一次", "重新檢查", "再一次", "再查一次", "再看一次",
    "otra vez", "de nuevo", "una vez más", "reintentar", "reintente", "comprobar de nuevo", "compruebe de nuevo",
    "verificar de nuevo", "verifique de nuevo", "vuelva a comprobar", "y ahora",
}  # fmt: skip
_AROUND = re.compile(r"^[\s¿¡]+|[\s.!?。！？…]+$")


def is_again(text: str) -> bool:
    """Whether the whole text says so, in one of the languages of the replies."""
    return _AROUND.sub("", " ".join(text.casefold().split())) in _AGAIN
