"""What Prometheus is told: all that was counted, never too many series, and the inbox as it is."""

import re
from pathlib import Path
from threading import Event, Thread

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.inbox.inbox import Owed, Stage
from bot.metrics import METRICS, Metrics
from bot.model import Verdict
from bot.store.store import StoreFails
from bot.telemetry import Telemetry
from tools.pages import METRICS_PAGE, pages

PATIENCE = 20
NOW = 1_700_000_000.0


@pytest.fixture
def metrics():
    return Metrics("1.2.3")


def samples(metrics):
    """Every value that is told, by its name and the values of its labels, in the order of their names."""
    kind, page = metrics.page()
    assert kind.startswith("text/plain; version=0.0.4")
    return {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(page.decode())
        for sample in family.samples
    }


def owed(stage, seconds_ago):
    return Owed("0" * 16, stage, "g", "U1", "C1", "mention", NOW - seconds_ago, 1, False)


def watch(metrics, owed, **changes):
    given = {"busy": lambda: 0, "is_ready": lambda: True, "clock": lambda: NOW} | changes
    metrics.watch(owed, **given)


def test_all_that_is_told_is_counted_and_timed(metrics):
    telemetry: Telemetry = metrics
    telemetry.acknowledged("mention", 0.004)
    telemetry.answered("mention", "found", "zh_TW", 4)
    telemetry.answered("mention", "found", "zh_TW", 40)
    telemetry.ended("command", "too_busy")
    telemetry.asked_aws("apigateway", "GetRestApis", "throttled", 0.2)
    telemetry.asked_slack("chat.postMessage", "ratelimited", 0.3)
    telemetry.store_failed("inbox")
    told = samples(metrics)
    assert told["kintsugi_acknowledgement_seconds_bucket", "mention", "0.005"] == 1
    assert told["kintsugi_acknowledgement_seconds_bucket", "mention", "0.0025"] == 0
    assert told["kintsugi_questions_answered_total", "mention", "zh_TW", "found"] == 2
    assert told["kintsugi_answer_seconds_bucket", "mention", "5.0"] == 1
    assert told["kintsugi_answer_seconds_sum", "mention"] == 44
    assert told["kintsugi_questions_ended_total", "command", "too_busy"] == 1
    assert told["kintsugi_aws_calls_total", "GetRestApis", "throttled", "apigateway"] == 1
    assert told["kintsugi_aws_call_seconds_count", "apigateway"] == 1
    assert told["kintsugi_slack_calls_total", "chat.postMessage", "ratelimited"] == 1
    assert told["kintsugi_slack_call_seconds_count", "chat.postMessage"] == 1
    assert told["kintsugi_store_failures_total", "inbox"] == 1
    assert told["kintsugi_build_info", "1.2.3"] == 1


def test_what_the_program_knows_is_never_other(metrics):
    for verdict in Verdict:
        metrics.answered("mention", verdict, "en", 1)
    assert {(verdict.value,) for verdict in Verdict} == {
        key[3:] for key in samples(metrics) if key[0] == "kintsugi_questions_answered_total"
    }


def test_however_many_values_come_there_are_few_series(metrics):
    for number in range(500):
        metrics.answered(f"k{number}", f"v{number}", f"l{number}", 1)
        metrics.ended(f"k{number}", f"o{number}")
        metrics.asked_aws(f"s{number}", f"o{number}", f"r{number}", 1)
        metrics.asked_slack(f"m{number}", f"c{number}", 1)
        metrics.acknowledged(f"k{number}", 1)
        metrics.store_failed(f"p{number}")
    told = samples(metrics)
    assert len(told) < 2_500
    assert told["kintsugi_slack_calls_total", "other", "other"] == 460
    metrics.asked_slack("m0", "c0", 1)
    assert samples(metrics)["kintsugi_slack_calls_total", "m0", "c0"] == 2


@pytest.mark.parametrize("value", ["", "a word", "x" * 65, 'x"} 1\nforged 2', "日本語", "\ud800"])
def test_what_is_no_word_is_no_label(metrics, value):
    metrics.asked_slack(value, value, 1)
    assert samples(metrics)["kintsugi_slack_calls_total", "other", "other"] == 1


def test_a_clock_that_was_set_back_makes_no_negative_time(metrics):
    metrics.answered("mention", "found", "en", -3_600)
    assert samples(metrics)["kintsugi_answer_seconds_sum", "mention"] == 0


def test_two_know_nothing_of_each_other(metrics):
    metrics.store_failed("inbox")
    assert ("kintsugi_store_failures_total", "inbox") not in samples(Metrics("2"))


def test_the_inbox_is_told_as_it_is(metrics):
    watch(
        metrics,
        lambda: [owed(Stage.WAITING, 30), owed(Stage.WAITING, 90), owed(Stage.FAILED, 900), owed(Stage.ARRIVED, -5)],
        busy=lambda: 3,
        is_ready=lambda: False,
    )
    told = samples(metrics)
    assert (told["kintsugi_inbox_items", "arrived"], told["kintsugi_inbox_items", "waiting"]) == (1, 2)
    assert told["kintsugi_inbox_oldest_seconds", "waiting"] == 90
    assert told["kintsugi_inbox_oldest_seconds", "arrived"] == 0
    assert told["kintsugi_inbox_failed_items",] == 1
    assert told["kintsugi_questions_in_progress",] == 3
    assert told["kintsugi_ready",] == 0


def test_an_empty_inbox_is_told_as_well(metrics):
    watch(metrics, lambda: [])
    told = samples(metrics)
    assert (told["kintsugi_inbox_items", "waiting"], told["kintsugi_inbox_oldest_seconds", "waiting"]) == (0, 0)
    assert told["kintsugi_inbox_failed_items",] == 0


def test_of_a_store_that_fails_nothing_is_told_and_all_else_is(metrics):
    now = [0.0]
    answers = iter([[owed(Stage.WAITING, 30)], None, [owed(Stage.WAITING, 50)]])

    def look():
        seen = next(answers)
        if seen is None:
            raise StoreFails("gone")
        return seen

    watch(metrics, look, monotonic=lambda: now[0])
    assert samples(metrics)["kintsugi_inbox_oldest_seconds", "waiting"] == 30
    now[0] += 60
    told = samples(metrics)
    assert not [key for key in told if key[0].startswith("kintsugi_inbox")]
    assert told["kintsugi_ready",] == 1
    now[0] += 60
    assert samples(metrics)["kintsugi_inbox_oldest_seconds", "waiting"] == 50


def test_whoever_asks_often_does_not_ask_the_store_as_often(metrics):
    now, looked = [0.0], []

    def look():
        looked.append(now[0])
        return []

    watch(metrics, look, monotonic=lambda: now[0])
    for now[0] in range(0, 21, 2):
        samples(metrics)
    assert looked == [0, 10, 20]


def test_a_store_that_hangs_holds_one_scrape_and_no_other(metrics):
    begun, go = Event(), Event()

    def look():
        begun.set()
        assert go.wait(PATIENCE)
        return []

    watch(metrics, look)
    first = Thread(target=metrics.page)
    first.start()
    assert begun.wait(PATIENCE)
    assert samples(metrics)["kintsugi_ready",] == 1
    go.set()
    first.join(PATIENCE)
    assert samples(metrics)["kintsugi_inbox_failed_items",] == 0


def test_the_page_of_the_metrics_is_fresh():
    assert METRICS_PAGE.read_text("utf-8") == pages()[METRICS_PAGE]


def test_what_is_described_is_what_is_told(metrics):
    watch(metrics, lambda: [])
    metrics.acknowledged("x", 1)
    metrics.answered("x", "x", "x", 1)
    metrics.ended("x", "x")
    metrics.asked_aws("x", "x", "x", 1)
    metrics.asked_slack("x", "x", 1)
    metrics.store_failed("x")
    families = list(text_string_to_metric_families(metrics.page()[1].decode()))
    told = {
        (family.name + "_total" * (family.type == "counter"), family.type, family.documentation): set(
            family.samples[0].labels
        )
        for family in families
        if family.name.startswith("kintsugi_") and not family.name.endswith("_created")
    }
    assert {key: labels - {"le"} for key, labels in told.items()} == {
        (each.name, each.type, each.help): set(each.most) for each in METRICS
    }


def test_every_alert_is_about_metrics_that_there_are():
    (text,) = re.findall(r"```yaml\n(.*?)```", Path(METRICS_PAGE).read_text("utf-8"), re.DOTALL)
    rules = [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]
    named = {name for rule in rules for name in re.findall(r"kintsugi_\w+", rule["expr"])}
    assert len(rules) == 4
    assert named
    assert named <= {metric.name for metric in METRICS}
