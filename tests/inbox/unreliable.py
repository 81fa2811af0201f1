"""An inbox that fails when it is told to."""

from bot.store.store import StoreFails


class Unreliable:
    """Passes everything on to an inbox, or fails at the methods in `failing`; `late` ones do it before."""

    def __init__(self, inbox):
        self.inbox = inbox
        self.failing = set()
        self.late = False
        self.failed = []
        self.begun = []
        self.called = []

    def __getattr__(self, name):
        method = getattr(self.inbox, name)

        def call(*words, **named):
            self.begun.append(name)
            if name not in self.failing:
                result = method(*words, **named)
                self.called.append(name)
                return result
            if self.late:
                method(*words, **named)
            self.failed.append(name)
            raise StoreFails(f"the store fails at {name}")

        return call
