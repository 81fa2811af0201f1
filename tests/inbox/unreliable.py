"""An inbox that fails when it is told to."""

from bot.store.store import StoreFails


class Unreliable:
    """Passes everything on to an inbox, or fails at the methods in `failing`; `late` ones do what they say before."""

    def __init__(self, inbox):
        self.inbox = inbox
        self.failing = set()
        self.late = False
        self.failed = []

    def __getattr__(self, name):
        method = getattr(self.inbox, name)

        def call(*words, **named):
            if name not in self.failing:
                return method(*words, **named)
            if self.late:
                method(*words, **named)
            self.failed.append(name)
            raise StoreFails(f"the store fails at {name}")

        return call
