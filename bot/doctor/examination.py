"""All checks of an installation, those that wait for somebody else at the same time."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread

from bot.doctor import configuration
from bot.doctor.check import Check, problem, unchecked
from bot.doctor.clock import Now, judged, now
from bot.settings import BadSettings, Settings

AWS_CLOCK, AWS_ACCOUNTS = "aws.clock", "aws.accounts"
NAMES = (
    "settings",
    "slack.bot_token",
    "slack.scopes",
    "slack.clock",
    "slack.manifest",
    "slack.app_token",
    "slack.signing_secret",
    AWS_CLOCK,
    AWS_ACCOUNTS,
    "aws.identity",
    "aws.privileges",
    "aws.external_id",
    "aws.regions",
    "aws.read",
    "store.disk",
    "store.permissions",
    "store.open",
    "store.write",
    "store.inbox",
    "audit.write",
    "content.symptoms",
    "content.playbooks",
    "content.catalog",
)
"""The name of every check there is, which scripts rely on; in the order in which they are told."""
GROUPS = tuple(dict.fromkeys(name.partition(".")[0] for name in NAMES))
_SECONDS = 150.0
"""For how long all groups together are waited for; each has shorter bounds of its own."""

Group = Callable[[], Iterable[Check]]
Arriving = SimpleQueue[Check | None]
"""Where the checks of a group arrive, each when it is made; None after the last."""


@dataclass(frozen=True, slots=True)
class Examination:
    """What to look at. `url` is the bot's public address if Slack calls it over HTTP; `skipped` are names or groups."""

    settings: Settings
    url: str | None = None
    skipped: tuple[str, ...] = ()
    clock: Now = now

    def checks(self) -> Iterator[Check]:
        """Each check, in order."""
        groups: dict[str, Group] = {
            "settings": lambda: configuration.examine(self.settings),
            "slack": self._slack,
            "aws": self._aws,
            "store": self._store,
            "audit": self._audit,
            "content": self._content,
        }
        assert tuple(groups) == GROUPS
        begun = {name: begin(name, group) for name, group in groups.items() if name not in self.skipped}
        until = time.monotonic() + _SECONDS
        for name, arriving in begun.items():
            yield from (check for check in in_time(name, arriving, until) if check.name not in self.skipped)

    def _slack(self) -> Iterator[Check]:
        from bot.doctor.slack import Slack

        return Slack(self.settings, self.url, self.clock).examine()

    def _aws(self) -> Iterator[Check]:
        from bot.aws.accounts_file import BadAccountsFile
        from bot.doctor import accounts
        from bot.workshop import make_accounts, read_accounts

        try:
            file = read_accounts(self.settings)
        except BadAccountsFile as error:
            yield problem(AWS_ACCOUNTS, str(error), "mend the file, and run 'kintsugi accounts check --offline'")
            return
        yield self._aws_clock()
        yield from accounts.examine(make_accounts(self.settings, file=file), file[1])

    def _aws_clock(self) -> Check:
        from bot.aws.clock import hear_the_time

        return judged(AWS_CLOCK, "AWS", hear_the_time(self.settings.region, self.clock), "see to aws.identity first")

    def _store(self) -> Iterator[Check]:
        from bot.doctor import storage

        return storage.examine(self.settings)

    def _audit(self) -> Iterator[Check]:
        from bot.doctor import audit

        yield audit.examine(self.settings)

    def _content(self) -> Iterator[Check]:
        from bot.doctor import content

        return content.examine(self.settings)


def without_settings(error: BadSettings, skipped: tuple[str, ...] = ()) -> Iterator[Check]:
    """What there is to say where settings have values that they cannot have: which, and that nothing else is known."""
    unknown = (unchecked(name, "needs the settings", "see to settings first") for name in GROUPS[1:])
    return (check for check in (*configuration.unusable(error), *unknown) if check.name not in skipped)


def begin(name: str, group: Group) -> Arriving:
    """Looks at a group beside whoever calls, and as long as the program runs: whoever ends it does not wait for it."""
    arriving: Arriving = SimpleQueue()

    def look() -> None:
        try:
            for check in group():
                arriving.put(check)
        except BaseException as error:  # noqa: BLE001 — also the `sys.exit` of a playbook: silence would pass for well
            remedy = "see that what it asks is what it should be, and run this again; if it stays so, report it"
            arriving.put(unchecked(name, f"broke off ({type(error).__name__})", remedy))
        finally:
            arriving.put(None)

    Thread(target=look, name=f"doctor-{name}", daemon=True).start()
    return arriving


def in_time(name: str, arriving: Arriving, until: float) -> Iterator[Check]:
    """The checks of a group that arrive before `until`, on the monotonic clock; and that there may be more, if so."""
    while True:
        try:
            check = arriving.get(timeout=max(0.0, until - time.monotonic()))
        except Empty:
            yield unchecked(name, "did not end in time", "see what does not answer, and run this again")
            return
        if check is None:
            return
        yield check
