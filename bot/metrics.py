"""Telemetry as Prometheus reads it: what was counted and timed, and what is owed at the moment it is asked."""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from bot.inbox.inbox import Owed, Stage
from bot.store.store import StoreFails

_LONGEST_LABEL = 64
_WORD = re.compile(f"[A-Za-z0-9_.:-]{{1,{_LONGEST_LABEL}}}")
_OTHER = "other"
_LOOK_SECONDS = 10
"""How old what is told of the inbox may be: reading it costs a store more than it costs Prometheus to ask."""


@dataclass(frozen=True, slots=True)
class Described:
    """A metric: `most` says of each label how many values it may have; any further one is counted as `other`."""

    name: str
    type: str
    help: str
    most: dict[str, int]
    buckets: tuple[float, ...] = ()
    """The bounds of a histogram, in seconds."""


_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)  # Slack waits three seconds.
_CALL = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_LONG = (0.5, 1, 2, 3, 5, 8, 13, 20, 30, 60, 120, 300, 900, 3600)  # After an hour a question is given up.

_ACKNOWLEDGED = Described(
    "kintsugi_acknowledgement_seconds",
    "histogram",
    "From the arrival of something that Slack sent until it was acknowledged, by way in.",
    {"kind": 20},
    _QUICK,
)
_ANSWERED = Described(
    "kintsugi_questions_answered_total",
    "counter",
    "Questions whose answer stands in Slack, by way in, verdict and language.",
    {"kind": 20, "verdict": 15, "language": 15},
)
_ANSWER_SECONDS = Described(
    "kintsugi_answer_seconds",
    "histogram",
    "From the arrival of a question until its answer stood in Slack, by way in.",
    {"kind": 20},
    _LONG,
)
_ENDED = Described(
    "kintsugi_questions_ended_total",
    "counter",
    "Questions that ended without a diagnosis, by way in and by what came of them.",
    {"kind": 20, "outcome": 20},
)
_AWS_CALLS = Described(
    "kintsugi_aws_calls_total",
    "counter",
    "Calls of AWS, by service, operation and outcome: found, absent, denied, throttled or failed.",
    {"service": 20, "operation": 150, "outcome": 10},
)
_AWS_SECONDS = Described(
    "kintsugi_aws_call_seconds", "histogram", "How long calls of AWS took, by service.", {"service": 20}, _CALL
)
_SLACK_CALLS = Described(
    "kintsugi_slack_calls_total",
    "counter",
    "Calls of Slack, by method and outcome: ok, ratelimited, failed, or the code of Slack's error.",
    {"method": 40, "outcome": 40},
)
_SLACK_SECONDS = Described(
    "kintsugi_slack_call_seconds", "histogram", "How long calls of Slack took, by method.", {"method": 40}, _CALL
)
_STORE_FAILURES = Described(
    "kintsugi_store_failures_total",
    "counter",
    "How many times the store did not do what was asked of it, by what it was asked for.",
    {"place": 5},
)
_ITEMS = Described(
    "kintsugi_inbox_items",
    "gauge",
    "Questions that are owed an answer, by stage: arrived, waiting. Left out while the store fails.",
    {"stage": 2},
)
_OLDEST = Described(
    "kintsugi_inbox_oldest_seconds",
    "gauge",
    "How long ago the oldest question of a stage arrived; 0 where there is none. Left out while the store fails.",
    {"stage": 2},
)
_FAILED = Described(
    "kintsugi_inbox_failed_items",
    "gauge",
    "Questions that were given up and are kept to be looked at. Left out while the store fails.",
    {},
)
_IN_PROGRESS = Described(
    "kintsugi_questions_in_progress", "gauge", "Questions that this process works on at the moment.", {}
)
_READY = Described("kintsugi_ready", "gauge", "1 if /readyz of this process would answer 200, else 0.", {})
_BUILD = Described("kintsugi_build_info", "gauge", "Always 1; the label says which release runs.", {"version": 1})

METRICS = (
    _ACKNOWLEDGED, _ANSWERED, _ANSWER_SECONDS, _ENDED, _AWS_CALLS, _AWS_SECONDS, _SLACK_CALLS, _SLACK_SECONDS,
    _STORE_FAILURES, _ITEMS, _OLDEST, _FAILED, _IN_PROGRESS, _READY, _BUILD,
)  # fmt: skip
"""Every metric of our own, in the order of the documentation. Those of the process are the client library's."""


class Metrics:
    """The `Telemetry` of a process, and the page that tells it."""

    def __init__(self, version: str) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._registry.register(_Gauges(lambda: [_gauge(_BUILD, {(version,): 1})]))
        self._acknowledged, self._answer_seconds = self._timer(_ACKNOWLEDGED), self._timer(_ANSWER_SECONDS)
        self._answered, self._ended = self._counter(_ANSWERED), self._counter(_ENDED)
        self._aws_calls, self._aws_seconds = self._counter(_AWS_CALLS), self._timer(_AWS_SECONDS)
        self._slack_calls, self._slack_seconds = self._counter(_SLACK_CALLS), self._timer(_SLACK_SECONDS)
        self._store_failures = self._counter(_STORE_FAILURES)

    def watch(
        self,
        owed: Callable[[], Sequence[Owed]],
        busy: Callable[[], int],
        is_ready: Callable[[], bool],
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """From now on tell as well what the inbox owes, how many questions are worked on here, and whether it is ready.

        Only `owed` may raise, and only StoreFails. `clock` is the wall's, by which it is known how long ago an item
        arrived.
        """
        self._registry.register(_Backlog(owed, clock, monotonic))
        self._registry.register(
            _Gauges(lambda: [_gauge(_IN_PROGRESS, {(): busy()}), _gauge(_READY, {(): float(is_ready())})])
        )

    def page(self) -> tuple[str, bytes]:
        """The content type and the text of Prometheus's exposition format."""
        return CONTENT_TYPE_PLAIN_0_0_4, generate_latest(self._registry)

    def acknowledged(self, kind: str, seconds: float) -> None:
        """As `Telemetry`."""
        self._acknowledged.observe(seconds, kind)

    def answered(self, kind: str, verdict: str, language: str, seconds: float) -> None:
        """As `Telemetry`."""
        self._answered.count(kind, verdict, language)
        self._answer_seconds.observe(seconds, kind)

    def ended(self, kind: str, outcome: str) -> None:
        """As `Telemetry`."""
        self._ended.count(kind, outcome)

    def asked_aws(self, service: str, operation: str, outcome: str, seconds: float) -> None:
        """As `Telemetry`."""
        self._aws_calls.count(service, operation, outcome)
        self._aws_seconds.observe(seconds, service)

    def asked_slack(self, method: str, outcome: str, seconds: float) -> None:
        """As `Telemetry`."""
        self._slack_calls.count(method, outcome)
        self._slack_seconds.observe(seconds, method)

    def store_failed(self, place: str) -> None:
        """As `Telemetry`."""
        self._store_failures.count(place)

    def _counter(self, described: Described) -> "_Counter":
        metric = Counter(described.name, described.help, list(described.most), registry=self._registry)
        return _Counter(metric, _Labels(described))

    def _timer(self, described: Described) -> "_Timer":
        metric = Histogram(
            described.name, described.help, list(described.most), registry=self._registry, buckets=described.buckets
        )
        return _Timer(metric, _Labels(described))


class _Labels:
    """Keeps the values of a metric's labels words, and few, whatever comes: each new one is a series for ever."""

    def __init__(self, described: Described) -> None:
        self._known: list[tuple[set[str], int]] = [(set(), most) for most in described.most.values()]
        self._lock = Lock()

    def of(self, values: Iterable[str]) -> tuple[str, ...]:
        with self._lock:
            return tuple(
                self._one_of(known, most, value) for (known, most), value in zip(self._known, values, strict=True)
            )

    def _one_of(self, known: set[str], most: int, value: str) -> str:
        if value in known:
            return value
        if len(known) >= most or not _WORD.fullmatch(value):
            return _OTHER
        known.add(value)
        return value


class _Counter:
    def __init__(self, metric: Counter, labels: _Labels) -> None:
        self._metric = metric
        self._labels = labels

    def count(self, *values: str) -> None:
        self._metric.labels(*self._labels.of(values)).inc()


class _Timer:
    def __init__(self, metric: Histogram, labels: _Labels) -> None:
        self._metric = metric
        self._labels = labels

    def observe(self, seconds: float, *values: str) -> None:
        # A clock that was set back would make it negative.
        self._metric.labels(*self._labels.of(values)).observe(max(0.0, seconds))


def _gauge(described: Described, values: dict[tuple[str, ...], float]) -> Metric:
    family = GaugeMetricFamily(described.name, described.help, labels=list(described.most))
    for labels, value in values.items():
        family.add_metric(labels, value)
    return family


class _Gauges(Collector):
    """Gauges that are read when they are asked for."""

    def __init__(self, read: Callable[[], list[Metric]]) -> None:
        self._read = read

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterable[Metric]:
        return self._read()


class _Backlog(Collector):
    """What the inbox owes. One scrape at a time looks; others meanwhile, and those soon after, are told the same."""

    def __init__(
        self, owed: Callable[[], Sequence[Owed]], clock: Callable[[], float], monotonic: Callable[[], float]
    ) -> None:
        self._owed = owed
        self._clock = clock
        self._monotonic = monotonic
        self._looking = Lock()
        self._next = float("-inf")
        self._seen: list[Metric] = []

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterable[Metric]:
        if self._monotonic() >= self._next and self._looking.acquire(blocking=False):
            try:
                self._seen = self._look()
                self._next = self._monotonic() + _LOOK_SECONDS
            finally:
                self._looking.release()
        return self._seen

    def _look(self) -> list[Metric]:
        try:
            owed = self._owed()
        except StoreFails:
            return []
        now = self._clock()
        arrived = {stage: [each.arrived for each in owed if each.stage is stage] for stage in Stage}
        failed = len(arrived.pop(Stage.FAILED))
        return [
            _gauge(_ITEMS, {(stage.value,): len(moments) for stage, moments in arrived.items()}),
            _gauge(
                _OLDEST,
                {(stage.value,): max(0.0, now - min(moments, default=now)) for stage, moments in arrived.items()},
            ),
            _gauge(_FAILED, {(): failed}),
        ]
