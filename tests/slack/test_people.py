"""The asker's language, time zone and company, from what users.info answers."""

import pytest
from slack_sdk.errors import SlackApiError

from bot.slack.conversation.people import People, Person

TEAMS = frozenset({"T1", "E1"})


class Client:
    """The one method of WebClient that is called, with canned answers."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def users_info(self, *, user, include_locale):
        assert include_locale is True
        self.asked.append(user)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return {"ok": True, "user": answer}


def person(answer, default="es"):
    return People(Client(answer), TEAMS, default).person("U1")


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en-US", "en"), ("en-GB", "en"), ("ja-JP", "ja"), ("zh-TW", "zh_TW"), ("es-ES", "es"), ("es-LA", "es"),
        ("es-MX", "es"), ("zh-Hant-HK", "zh_TW"),
        ("de-DE", "ja"), ("fr-FR", "ja"), ("pt-BR", "ja"), ("it-IT", "ja"), ("ko-KR", "ja"), ("zh-CN", "ja"),
        ("", "ja"), (None, "ja"), ("../..", "ja"),
    ],
)  # fmt: skip
def test_the_language_of_a_locale(locale, language):
    assert person({"team_id": "T1", "locale": locale}, default="ja").language == language


@pytest.mark.parametrize(
    ("answer", "timezone"),
    [({"tz": "Asia/Tokyo"}, "Asia/Tokyo"), ({"tz": None}, "UTC"), ({"tz": ""}, "UTC"), ({}, "UTC")],
)
def test_the_time_zone_is_the_one_set_in_slack(answer, timezone):
    assert person(answer).timezone == timezone


@pytest.mark.parametrize(
    ("answer", "external"),
    [
        ({"team_id": "T1"}, False),
        ({"team_id": "T2", "enterprise_user": {"enterprise_id": "E1"}}, False),
        ({"team_id": "T2"}, True),
        ({"team_id": "T1", "is_stranger": True}, True),
        ({}, True),
    ],
)
def test_who_belongs_to_the_company(answer, external):
    assert person(answer).external is external


@pytest.mark.parametrize("error", [SlackApiError("no", {"error": "ratelimited"}), ConnectionResetError()])
def test_a_failed_lookup_says_little_and_is_tried_again(error):
    client = Client(error, {"team_id": "T1", "locale": "ja-JP"})
    people = People(client, TEAMS, "es")
    assert people.person("U1") == Person("es", None)
    assert people.language("U1") == "es"
    assert people.person("U1") == Person("ja", False)
    assert people.person("U1") == Person("ja", False)
    assert people.language("U1") == "ja"
    assert client.asked == ["U1", "U1"]
