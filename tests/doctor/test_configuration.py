"""Settings that each can be used may still contradict each other."""

import pytest

from bot.doctor.check import Outcome
from bot.doctor.configuration import examine, unusable
from bot.settings import BadSettings, read_settings


def test_what_is_in_order_is_said_in_one_line():
    (check,) = examine(read_settings({"KINTSUGI_DEFAULT_LANGUAGE": "ja", "KINTSUGI_STATUS": "127.0.0.1:9300"}))
    assert (check.outcome, check.seen) == (Outcome.OK, "can be used, and none contradicts another")


@pytest.mark.parametrize(
    ("given", "about", "says"),
    [
        ({"KINTSUGI_DEFAULT_LANGUAGE": "fr"}, "KINTSUGI_DEFAULT_LANGUAGE", "unknown language 'fr'"),
        ({"KINTSUGI_STATUS": "everywhere"}, "", "KINTSUGI_STATUS is 'everywhere'"),
        (
            {"KINTSUGI_LOG_MINUTES": "5000"},
            "KINTSUGI_LOG_MINUTES",
            "5000 is more than KINTSUGI_LOG_MINUTES_AT_MOST, 1440",
        ),
        ({"SLACK_API_URL": "http://slack.example.com/api/"}, "SLACK_API_URL", "unencrypted"),
        ({"SLACK_API_URL": "slack.example.com"}, "SLACK_API_URL", "is no address"),
        ({"SLACK_API_URL": "https://[/api"}, "SLACK_API_URL", "is no address"),
    ],
)
def test_each_fault_is_named(given, about, says):
    (check,) = examine(read_settings(given))
    assert (check.outcome, check.subject) == (Outcome.PROBLEM, about)
    assert says in check.seen
    assert check.remedy


def test_this_machine_may_stand_in_for_slack():
    (check,) = examine(read_settings({"SLACK_API_URL": "http://127.0.0.1:1/api/"}))
    assert check.outcome is Outcome.OK


def test_each_setting_that_cannot_be_read_is_named():
    with pytest.raises(BadSettings) as caught:
        read_settings({"KINTSUGI_WORKERS": "many; few", "KINTSUGI_LOG": "loud", "KINTSUGI_QUEUE": "5"})
    checks = list(unusable(caught.value))
    assert {(check.outcome, check.remedy) for check in checks} == {(Outcome.PROBLEM, "mend or unset it")}
    assert [check.seen for check in checks] == [
        "KINTSUGI_WORKERS is 'many; few', but takes a number from 1 to 64",
        "KINTSUGI_LOG is 'loud', but takes json or text",
    ]
