"""The asker's language, time zone and company, from what users.info answers."""

import pytest
from slack_sdk.errors import SlackApiError

from bot.slack.conversation.people import People, Standing
from bot.store.sqlite import SqliteStore

TEAMS = frozenset({"T1", "E1"})
JAPANESE = {"team_id": "T1", "locale": "ja-JP"}
RATE_LIMITED = SlackApiError("no", {"error": "ratelimited"})
MINUTE, DAY = 60, 24 * 60 * 60


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


class Clock:
    """A clock that stands still until it is set."""

    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def store(tmp_path):
    store = SqliteStore(tmp_path / "kintsugi.db")
    yield store
    store.close()


@pytest.fixture
def person(store):
    def person(answer, default="es"):
        return People(Client(answer), store, TEAMS, default).person("U1")

    return person


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en-US", "en"), ("en-GB", "en"), ("ja-JP", "ja"), ("zh-TW", "zh_TW"), ("es-ES", "es"), ("es-LA", "es"),
        ("es-MX", "es"), ("zh-Hant-HK", "zh_TW"),
        ("de-DE", "ja"), ("fr-FR", "ja"), ("pt-BR", "ja"), ("it-IT", "ja"), ("ko-KR", "ja"), ("zh-CN", "ja"),
        ("ru-RU", "ja"), ("", "ja"), (None, "ja"), ("../..", "ja"),
    ],
)  # fmt: skip
def test_the_language_of_a_locale(person, locale, language):
    assert person({"team_id": "T1", "locale": locale}, default="ja").language == language


@pytest.mark.parametrize(
    ("answer", "timezone"),
    [({"tz": "Asia/Tokyo"}, "Asia/Tokyo"), ({"tz": None}, "UTC"), ({"tz": ""}, "UTC"), ({}, "UTC")],
)
def test_the_time_zone_is_the_one_set_in_slack(person, answer, timezone):
    assert person(answer).timezone == timezone


@pytest.mark.parametrize(
    ("answer", "standing"),
    [
        ({"team_id": "T1"}, Standing.MEMBER),
        ({"team_id": "T2", "enterprise_user": {"enterprise_id": "E1"}}, Standing.MEMBER),
        ({"team_id": "T2"}, Standing.OUTSIDER),
        ({"team_id": "T1", "is_stranger": True}, Standing.OUTSIDER),
        ({"team_id": "T1", "is_restricted": True}, Standing.OUTSIDER),
        ({"team_id": "T1", "is_ultra_restricted": True}, Standing.OUTSIDER),
        ({"team_id": "T1", "deleted": True}, Standing.OUTSIDER),
        ({"team_id": "T1", "is_bot": True}, Standing.OUTSIDER),
        ({}, Standing.OUTSIDER),
        (SlackApiError("no", {"error": "user_not_found"}), Standing.OUTSIDER),
        (SlackApiError("no", {"error": "user_not_visible"}), Standing.OUTSIDER),
        (SlackApiError("no", {"error": "missing_scope"}), Standing.UNKNOWN),
    ],
)
def test_who_belongs_to_the_company(person, answer, standing):
    assert person(answer).standing is standing


PASSING = [RATE_LIMITED, SlackApiError("no", {"error": "internal_error"}), ConnectionResetError(), TimeoutError()]


@pytest.mark.parametrize("error", PASSING)
def test_of_whom_nothing_is_known_yet_it_may_be_told_later(store, error):
    people = People(Client(error, error, JAPANESE), store, TEAMS, "es")
    with pytest.raises(type(error)):
        people.person("U1")
    for_now = people.person_for_now("U1")
    assert (for_now.standing, for_now.language) == (Standing.UNKNOWN, "es")
    # What was left open is not remembered.
    assert people.person("U1").standing is Standing.MEMBER


def test_whom_slack_tells_of_is_known_where_nothing_can_wait(store):
    people = People(Client(JAPANESE), store, TEAMS, "es")
    assert people.person_for_now("U1") == people.person("U1")
    assert people.person_for_now("U1").standing is Standing.MEMBER


def test_a_failed_lookup_is_tried_again(store):
    client = Client(RATE_LIMITED, JAPANESE)
    people = People(client, store, TEAMS, "es")
    with pytest.raises(SlackApiError):
        people.person("U1")
    assert people.language("U1") == "es"
    assert [people.person("U1").language for _ in range(3)] == ["ja"] * 3
    assert people.language("U1") == "ja"
    assert client.asked == ["U1", "U1"]


def test_somebody_is_looked_up_again_after_ten_minutes_and_known_for_a_day_if_slack_fails(store):
    clock = Clock()
    left = JAPANESE | {"deleted": True}
    client = Client(JAPANESE, RATE_LIMITED, RATE_LIMITED, left)
    people = People(client, store, TEAMS, "es", clock)
    for seconds in (0, 10 * MINUTE - 1, 1):
        clock.now += seconds
        assert people.person("U1").standing is Standing.MEMBER
    clock.now += DAY
    with pytest.raises(SlackApiError):
        people.person("U1")
    assert people.person("U1").standing is Standing.OUTSIDER


def test_whoever_slack_no_longer_knows_is_known_no_longer(store):
    clock = Clock()
    people = People(Client(JAPANESE, SlackApiError("no", {"error": "user_not_found"})), store, TEAMS, "es", clock)
    people.person("U1")
    clock.now += 10 * MINUTE
    assert people.person("U1").standing is Standing.OUTSIDER


def test_a_chosen_language_outweighs_slacks_until_it_is_given_up(store):
    people = People(Client(JAPANESE), store, TEAMS, "en")
    assert people.choose("U1", "zh_TW").language == "zh_TW"
    assert (people.person("U1").language, people.language("U1")) == ("zh_TW", "zh_TW")
    # Another process, and a Slack that says nothing.
    restarted = People(Client(RATE_LIMITED), store, TEAMS, "en")
    assert (restarted.language("U1"), restarted.person_for_now("U1").language) == ("zh_TW", "zh_TW")
    assert people.choose("U1", None).language == "ja"
    assert people.person("U1").chosen is None


def test_a_language_that_nobody_speaks_cannot_be_chosen(store):
    assert People(Client(JAPANESE), store, TEAMS, "en").choose("U1", "tlh").language == "ja"
