"""All checks of an installation, those that wait for somebody else at the same time."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from dataclasses import dataclass

from bot.doctor import configuration
from bot.doctor.check import Check, problem, unchecked
from bot.doctor.clock import Now, judged, now
from bot.settings import Settings

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
    "content.symptoms",
    "content.playbooks",
    "content.catalog",
)
"""The name of every check there is, which scripts rely on; in the order in which they are told."""
GROUPS = tuple(dict.fromkeys(name.partition(".")[0] for name in NAMES))
_SECONDS = 150.0
"""For how long anybody is waited for; each group has shorter bounds of its own."""

Group = Callable[[], Iterable[Check]]


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
            "content": self._content,
        }
        assert tuple(groups) == GROUPS
        pool = ThreadPoolExecutor(len(groups), thread_name_prefix="doctor")
        try:
            begun = {name: pool.submit(_all, group) for name, group in groups.items() if name not in self.skipped}
            for name, future in begun.items():
                yield from (check for check in in_time(name, future, _SECONDS) if check.name not in self.skipped)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _slack(self) -> Iterator[Check]:
        from bot.doctor.slack import Slack

        return Slack(self.settings, self.url, self.clock).examine()

    def _aws(self) -> Iterator[Check]:
        from bot.aws.accounts_file import BadAccountsFile, read_accounts_file
        from bot.doctor import accounts
        from bot.workshop import make_accounts

        path = self.settings.accounts
        try:
            entries = read_accounts_file(path) if path else ()
        except BadAccountsFile as error:
            yield problem(AWS_ACCOUNTS, str(error), "mend the file, and run 'kintsugi accounts check --offline'")
            return
        yield self._aws_clock()
        yield from accounts.examine(make_accounts(self.settings), entries)

    def _aws_clock(self) -> Check:
        from bot.aws.clock import hear_the_time

        return judged(AWS_CLOCK, "AWS", hear_the_time(self.settings.region, self.clock))

    def _store(self) -> Iterator[Check]:
        from bot.doctor import storage

        return storage.examine(self.settings)

    def _content(self) -> Iterator[Check]:
        from bot.doctor import content

        return content.examine(self.settings)


def _all(group: Group) -> list[Check]:
    return list(group())


def in_time(name: str, checking: "Future[list[Check]]", seconds: float) -> Iterator[Check]:
    """The checks of a group, or that there were none in so many seconds."""
    try:
        yield from checking.result(seconds)
    except NotInTime:
        yield unchecked(name, f"no end after {seconds:.0f} s", "see what does not answer, and run this again")
