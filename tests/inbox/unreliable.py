"""An inbox that fails when it is told to."""

from bot.store.store import StoreFails


class Unreliable:
    """Passes everything on to an inbox, or fails at the methods in `failing`; `late` ones do it before.

    With `times` it fails so often and then no more; what `waits` does is done before each failure.
    """

    def __init__(self, inbox):
        self.inbox = inbox
        self.failing = set()
        self.late = False
        self.times = None
        self.waits = lambda: None
        self.failed = []
        self.begun = []
        self.called = []

    def __getattr__(self, name):
        method = getattr(self.inbox, name)

        def call(*words, **named):
            self.begun.append(name)
            if name not in self.failing or self.times == 0:
                result = method(*words, **named)
                self.called.append(name)
                return result
            if self.late:
                method(*words, **named)
            self.waits()
            self.failed.append(name)
            if self.times is not None:
                self.times -= 1
            raise StoreFails(f"the store fails at {name}")

        return call
