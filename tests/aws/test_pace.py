"""An account is asked no faster than it may be, slower once AWS complains, and faster again little by little."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.aws.pace import Pace

NEVER = float("inf")


class Clock:
    """Goes on by sleeping only."""

    def __init__(self):
        self.now = 1000.0
        self.slept = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def pace(clock):
    return Pace(10, 40, clock, clock.sleep)


def seconds_for(pace, clock, calls, service="apigateway", region="eu-west-1"):
    begun = clock.now
    assert all(pace.wait(service, region, NEVER) for _ in range(calls))
    return round(clock.now - begun, 6)


def test_a_burst_goes_at_once_and_the_rest_as_fast_as_it_may(pace, clock):
    assert seconds_for(pace, clock, 40) == 0
    assert seconds_for(pace, clock, 20) == 2.0
    assert seconds_for(pace, clock, 1) == 0.1


def test_a_rest_fills_the_bucket_and_no_more_than_that(pace, clock):
    seconds_for(pace, clock, 40)
    clock.now += 1
    assert seconds_for(pace, clock, 10) == 0
    clock.now += 3600
    assert seconds_for(pace, clock, 41) == 0.1


def test_services_and_regions_are_counted_by_themselves(pace, clock):
    for place in (("apigateway", "eu-west-1"), ("apigateway", "us-east-1"), ("iam", "eu-west-1")):
        assert seconds_for(pace, clock, 40, *place) == 0


def test_who_would_be_too_late_is_told_at_once_and_takes_nobody_s_turn(pace, clock):
    seconds_for(pace, clock, 40)
    assert not pace.wait("apigateway", "eu-west-1", clock.now + 0.05)
    assert clock.slept == []
    assert pace.wait("apigateway", "eu-west-1", clock.now + 0.15)
    assert clock.slept == [0.1]


def test_a_complaint_halves_the_rate_and_ends_the_burst(pace, clock):
    pace.slow_down("apigateway", "eu-west-1")
    assert seconds_for(pace, clock, 1) == 0.2


def test_complaints_of_calls_under_way_together_are_one(pace, clock):
    for _ in range(8):
        pace.slow_down("apigateway", "eu-west-1")
    assert seconds_for(pace, clock, 1) == 0.2
    clock.now += 1
    pace.slow_down("apigateway", "eu-west-1")
    assert seconds_for(pace, clock, 1) > 0.3


def test_it_never_comes_to_a_stand_and_recovers_in_time(pace, clock):
    for _ in range(100):
        clock.now += 1
        pace.slow_down("apigateway", "eu-west-1")
    assert seconds_for(pace, clock, 1) <= 2.0
    clock.now += 25
    seconds_for(pace, clock, 40)
    assert seconds_for(pace, clock, 10) == 1.0


def test_a_complaint_of_one_service_slows_no_other(pace, clock):
    pace.slow_down("apigateway", "eu-west-1")
    assert seconds_for(pace, clock, 40, "lambda") == 0


def test_a_clock_that_goes_back_does_no_harm(pace, clock):
    seconds_for(pace, clock, 40)
    clock.now -= 500
    assert seconds_for(pace, clock, 2) == 0.2


def test_threads_that_wait_together_share_the_rate():
    slept = []
    pace = Pace(10, 1, lambda: 0.0, slept.append)
    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(lambda _: pace.wait("iam", "eu-west-1", NEVER), range(64)))
    assert sorted(round(each, 6) for each in slept) == [round(0.1 * each, 6) for each in range(1, 64)]
