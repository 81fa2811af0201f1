"""The requests to a REST API that fail as the question says, from its paste and from the logs of its stages.

Logs are read only where a playbook asks, never for a check-up, and within the bounds of the question.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.aws.access_log import AccessLogFormat
from bot.aws.access_requests import read_access_events, read_access_line
from bot.aws.account import as_far_as_seen
from bot.aws.apigateway import RestApi
from bot.aws.execution_log import LoggedRequest, read_execution_events, read_execution_log
from bot.aws.log_destinations import INFO, Destination, destinations
from bot.aws.log_search import Found, LogReader, Window, any_of, first_page
from bot.aws.logged_failures import FAILURES, FailingRequests, LogGap, would_be_read
from bot.aws.routes import match_route
from bot.model import Hint, Phase

__all__ = ["FailingRequests", "LogGap", "failing_requests", "pasted_requests"]

_STATUSES = frozenset({401, 403, 500, 502, 503, 504})
_MOST_REQUESTS = 16
"""So many failures, the newest, are looked at line by line."""
_AROUND_MILLISECONDS = 60_000
_KEPT_CALLS = 3
"""Kept while ids are searched, for the newest of very many failures and for their lines."""
_NEWEST_PART = 12
"""Where a search ends early it has shown the oldest only: then this part of its time, the last, is searched."""


def failing_requests(api: RestApi) -> FailingRequests:
    """The failures in focus: those pasted, else the one that the question names by its id, else the newest.

    Nothing is read for a check-up, nor where what was pasted says all. Raises Unseen where the stages cannot be seen.
    """
    if not api.incident.is_told:
        return FailingRequests(api)
    remembered = api.account.inquiry.remembered
    focus = api.focus
    key = (failing_requests, api.region, api.id, focus.stage, focus.method, focus.path, focus.authorizer)
    if key not in remembered:
        remembered[key] = _Search(api).run()
    found: FailingRequests = remembered[key]
    return replace(found, api=api)


def pasted_requests(api: RestApi) -> tuple[LoggedRequest, ...]:
    """The requests to this API of which the paste itself shows log lines. Raises Unseen."""
    text = api.incident.text
    lines = text.splitlines()
    formats = [(each.format, each.stage) for each in destinations(api) if each.format]
    read = (read_access_line(_from_its_start(line, form), form, stage) for form, stage in formats for line in lines)
    access = [each for each in read if each and len(each.access) > 1]
    found = _merged([*read_execution_log(text), *access])
    return tuple(each for each in found if each.api_id in (None, api.id))


def _from_its_start(line: str, form: AccessLogFormat) -> str:
    """A pasted line without the time and the stream's name that a tail puts before it."""
    first = form.literals[0].strip()
    return line[max(0, line.find(first)) :] if first else line


class _Search:
    """One search for failures, in every log group that may hold them."""

    def __init__(self, api: RestApi) -> None:
        self._api = api
        self._reader = LogReader.of(api.account.inquiry)
        self._destinations = destinations(api)
        self._gaps: list[LogGap] = []
        self._found_by_id = False
        self._closed: set[str] = set()
        self._is_cut = False

    def run(self) -> FailingRequests:
        pasted = tuple(each for each in pasted_requests(self._api) if each.is_failure)
        found = () if any(map(_says_all, pasted)) else self._logged()
        requests = _merged([*pasted, *found])
        if not requests and not self._gaps:
            self._gaps.append(LogGap(would_be_read(self._api), Hint.NOT_IN_THE_LOG))
        return FailingRequests(
            self._api,
            tuple(requests),
            # A refused read may have held more of what was found.
            gaps=tuple(gap for gap in self._gaps if gap.why is None or not requests),
            logs_authorizers=any(each.level == INFO for each in self._destinations),
            are_asked_about=bool(pasted) or self._found_by_id,
            is_cut=self._is_cut,
        )

    def _logged(self) -> tuple[LoggedRequest, ...]:
        bounds = self._api.account.inquiry.bounds
        if not self._destinations or not bounds.log_calls:
            why = Hint.NOT_LOGGED if not self._destinations else Hint.LOGS_NOT_READ
            self._gaps.append(LogGap(would_be_read(self._api), why))
            return ()
        windows = [Window(bounds.log_minutes)]
        if bounds.log_minutes_at_most > bounds.log_minutes:
            windows.append(Window(bounds.log_minutes_at_most, bounds.log_minutes))
        searches: list[Callable[[Destination, Window], Sequence[LoggedRequest]]] = [self._newest]
        if self._ids:
            searches.insert(0, self._by_id)
        for search in searches:
            for window in windows:
                # What was refused in another window may have held the failure.
                self._gaps = [gap for gap in self._gaps if gap.why is None]
                found = self._everywhere(search, window)
                if found:
                    self._found_by_id = search == self._by_id
                    return found
        return ()

    @property
    def _ids(self) -> tuple[str, ...]:
        incident = self._api.incident
        return tuple(each for each in (incident.request_id, incident.extended_request_id) if each)

    def _everywhere(
        self, search: Callable[[Destination, Window], Sequence[LoggedRequest]], window: Window
    ) -> tuple[LoggedRequest, ...]:
        found = [request for each in self._destinations for request in search(each, window)]
        failures = [request for request in _merged(found) if request.is_failure]
        relevant = failures if search == self._by_id else self._in_focus(filter(_is_relevant, failures))
        oldest = datetime.min.replace(tzinfo=UTC)
        return tuple(sorted(relevant, key=lambda each: each.when or oldest, reverse=True)[:_MOST_REQUESTS])

    def _by_id(self, where: Destination, window: Window) -> Sequence[LoggedRequest]:
        found = self._find(where, any_of(*self._ids), window)
        requests = _requests(where, found)
        if where.format:
            return [each for each in requests if {each.request_id, each.extended_request_id} & set(self._ids)]
        # Of the extended id the log has one line, which bears the id that all of them bear.
        ids = [each.request_id for each in requests if each.request_id]
        return self._whole(where, ids, found) if ids and self._api.incident.request_id is None else requests

    def _newest(self, where: Destination, window: Window) -> Sequence[LoggedRequest]:
        if where.format:
            return _requests(where, self._find(where, any_of(*map(str, sorted(_STATUSES))), window))
        pattern = any_of(*FAILURES)
        found = self._find(where, pattern, window, keeping=_KEPT_CALLS)
        if found.is_cut and found.events and not window.until_minutes:
            newest = self._find(where, pattern, Window(max(1, window.minutes // _NEWEST_PART)))
            found = newest if newest.events else found
        self._is_cut |= found.is_cut and found.refused is None
        failures = [each for each in _requests(where, found) if each.is_failure]
        ids = [each.request_id or each.extended_request_id for each in failures[::-1]]
        return self._whole(where, [each for each in ids if each], found) if ids else ()

    def _whole(self, where: Destination, ids: Sequence[str], found: Found) -> Sequence[LoggedRequest]:
        """All lines of these requests, newest first, as many as are looked at."""
        wanted = list(dict.fromkeys(ids))[:_MOST_REQUESTS]
        times = [
            event["timestamp"]
            for event in found.events
            if isinstance(event.get("timestamp"), int) and any(id in str(event.get("message")) for id in wanted)
        ]
        if not times:
            return _requests(where, found)
        span = (min(times) - _AROUND_MILLISECONDS, max(times) + _AROUND_MILLISECONDS)
        lines = self._find(where, any_of(*wanted), Window(0, milliseconds=span))
        self._is_cut |= lines.is_cut and lines.refused is None
        # Where the bounds leave nothing for it, what was found is still true.
        return _requests(where, lines if lines.events else found)

    def _find(self, where: Destination, pattern: str, window: Window, keeping: int = 0) -> Found:
        api = self._api
        if where.log_group in self._closed:
            return Found()
        found = self._reader.search(api.account, api.region, where.log_group, pattern, window, keeping)
        if found.refused:
            self._closed.add(where.log_group)
            self._gaps.append(LogGap(found.refused, None))
        elif not found.events:
            why = Hint.NOT_IN_THE_LOG if found.evidence else Hint.LOGS_NOT_READ
            self._gaps.append(LogGap(first_page(api.region, where.log_group, pattern, window), why))
        return found

    def _in_focus(self, requests: Iterable[LoggedRequest]) -> list[LoggedRequest]:
        """Those to the methods in focus; those of which the log does not tell only if there are no others."""
        told, untold = [], []
        for request in requests:
            hit = _is_in_focus(self._api, request)
            if hit is None:
                untold.append(request)
            elif hit:
                told.append(request)
        return told or untold


def _requests(where: Destination, found: Found) -> tuple[LoggedRequest, ...]:
    evidence = found.evidence[0] if found.evidence else None
    if where.format:
        return read_access_events(found.events, where.format, where.stage, where.log_group, evidence)
    return read_execution_events(found.events, where.log_group, evidence)


def _is_in_focus(api: RestApi, request: LoggedRequest) -> bool | None:
    focus = api.focus
    if focus.method and request.method and focus.method != request.method:
        return False
    if focus.method is None and focus.path is None and focus.authorizer is None:
        return True
    if request.path is None:
        return None
    with as_far_as_seen():
        served = match_route(api.every_method, request.path, request.method)
        return any(method in api.methods for method in served) if served else False
    return None


def _is_relevant(request: LoggedRequest) -> bool:
    """It failed, and in a way that this bot explains: no throttling, no request that is invalid in itself."""
    return request.is_failure and (request.status in _STATUSES or request.status is None)


def _says_all(request: LoggedRequest) -> bool:
    """What the log would tell besides decides nothing more."""
    if request.phase is Phase.AUTHORIZER:
        return bool(request.authorizer_output or request.authorizer_function_error or request.unauthorized)
    return request.phase is not None


def _merged(requests: Iterable[LoggedRequest]) -> list[LoggedRequest]:
    """Each request once: what one log tells of it filled up with what another does.

    The id may be the caller's choice, and that of several requests; then none of them is taken for another.
    """
    found: dict[str, LoggedRequest] = {}
    for position, request in enumerate(requests):
        key = request.request_id or request.extended_request_id or str(position)
        known = found.get(key)
        if known is not None and _are_different(known, request):
            found[f"{key} {position}"] = request
        else:
            found[key] = request if known is None else known.filled_up_with(request)
    return list(found.values())


def _are_different(one: LoggedRequest, other: LoggedRequest) -> bool:
    ids = {one.extended_request_id, other.extended_request_id} - {None}
    return len(ids) > 1
