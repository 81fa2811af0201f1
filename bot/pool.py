"""A bounded pool: what is submitted is done in its own threads, or refused at once where too much waits."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from threading import Lock, Semaphore

Task = Callable[[], None]
Failed = Callable[[BaseException], None]


class TooBusy(Exception):
    """Nothing was accepted: as much waits as may wait, or the pool is stopping."""


class NotBegun(Exception):
    """The pool stopped before it came to this task."""


class Pool:
    """Does tasks in a fixed number of threads. An accepted task is never lost: it ends well, or `failed` hears why."""

    def __init__(self, name: str, threads: int, waiting: int) -> None:
        """`name` prefixes the threads' names; `waiting` tasks may wait behind those being done."""
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix=name)
        self._room = Semaphore(threads + waiting)
        self._lock = Lock()
        self._accepted: set[Future[None]] = set()
        self._stopping = False

    def submit(self, task: Task, failed: Failed) -> None:
        """Accept a task, without waiting. Raises TooBusy.

        `failed` is called with whatever the task raised, or with NotBegun; what it raises itself is logged by
        `concurrent.futures`.
        """
        if not self._room.acquire(blocking=False):
            raise TooBusy
        with self._lock:
            if self._stopping:
                self._room.release()
                raise TooBusy
            future = self._pool.submit(task)
            self._accepted.add(future)
        future.add_done_callback(partial(self._finish, failed))

    def _finish(self, failed: Failed, future: Future[None]) -> None:
        error = NotBegun() if future.cancelled() else future.exception()
        try:
            if error is not None:
                failed(error)
        finally:
            with self._lock:
                self._accepted.discard(future)
            self._room.release()

    def stop(self, grace_seconds: float) -> None:
        """Accept nothing more and finish what was accepted.

        What has not begun after `grace_seconds` fails with NotBegun; what has begun is always waited for.
        """
        with self._lock:
            self._stopping = True
            accepted = tuple(self._accepted)
        wait(accepted, timeout=grace_seconds)
        for future in accepted:
            future.cancel()
        self._pool.shutdown(wait=True)
