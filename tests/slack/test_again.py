"""To look once more is asked for in few words, and in no others."""

import pytest

from bot.slack.incoming.again import is_again


@pytest.mark.parametrize(
    "text",
    [
        "again", "Again!", "check again", "please check it again", "Could you check again, please?", "retry",
        "re-check", "rerun", "re-run", "try once more", "and now?", "now?", "how about now",
        "“again” :pray:", "check again thanks", "otra vez", "«otra vez»", "De nuevo, por favor.",
        "una vez mas", "una vez más", "revisa de nuevo", "compruébelo otra vez", "vuelve a comprobar",
        "volvé a probar", "vuelva a intentarlo", "¿y ahora?", "reintentar", "Comprobar de nuevo", "もう一度",
        "もう一度、確認してください", "もう１回お願いします！", "再確認", "再確認お願いします",
        "再チェックして", "再診断", "再度確認をお願いします", "今はどうですか？", "これでどう？",
        "「もう一度」", "もう一度 :pray:", "重新檢查", "「重新檢查」", "請再檢查一次", "再試一次", "重試",
        "再看看", "重新檢查～", "重新檢查，謝謝", "再跑一次", "那現在呢？", "麻煩再幫我檢查一次",
    ],
)  # fmt: skip
def test_asked_once_more(text):
    assert is_again(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "?", ":pray:", "thanks", "it happened again", "not again", "again and again it fails",
        "I will try it", "let me check again tomorrow", "now it works", "is it fixed", "check", "run it",
        "listo", "ya está", "gracias", "ahora funciona", "otra vez lo mismo que ayer",
        "revisa el despliegue", "ありがとう", "直しました", "どうですか", "確認します", "もう大丈夫です",
        "もう一度デプロイします", "好了嗎", "修好了", "謝謝", "我再看一下 log", "檢查", "現在可以了",
        "again " * 40,
    ],
)  # fmt: skip
def test_said_among_people(text):
    assert not is_again(text)
