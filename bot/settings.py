"""Every setting, read once from the environment and frozen; nothing else of the program looks at the environment."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


class BadSettings(Exception):
    """Settings have values that cannot be used; of each, what is so and what to do, which names the variable."""

    def __init__(self, *faults: tuple[str, str]) -> None:
        self.faults = faults
        told = [f"{what}; {remedy}" for what, remedy in faults]
        super().__init__(told[0] if len(told) == 1 else "\n  ".join((f"{len(told)} settings cannot be used", *told)))


class Secret:
    """A text that does not show itself where it is printed by mistake."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Secret(**********)"

    def reveal(self) -> str:
        """The text itself."""
        return self._text


@dataclass(frozen=True, slots=True)
class AwsStore:
    """A table of DynamoDB and queues of SQS, called after one name, as deploy/storage.yaml makes them."""

    name: str


_AWS_STORE = re.compile(r"aws:([A-Za-z0-9_-]{3,64})")


def _number(kind: type[int] | type[float], least: float, most: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        value = kind(text)
        if not least <= value <= most:
            raise ValueError
        return value

    return read


def _folders(text: str) -> tuple[Path, ...]:
    return tuple(Path(part) for part in text.split(":") if part)


def _file(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError as error:  # nobody of that name, or nobody's home is known
        raise ValueError from error


def _place(text: str) -> Path | AwsStore:
    if not text.startswith("aws:"):
        return _file(text)
    if not (found := _AWS_STORE.fullmatch(text)):
        raise ValueError
    return AwsStore(found[1])


def _secrets(text: str) -> tuple[Secret, ...]:
    return tuple(Secret(part.strip()) for part in text.split(",") if part.strip())


def _answered(text: str) -> bool:
    if text not in ("refuse", "answer"):
        raise ValueError
    return text == "answer"


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.lower() not in words:
            raise ValueError
        return text.lower()

    return read


def _setting(variable: str, default: Any, read: Callable[[str], Any], takes: str) -> Any:
    return field(default=default, metadata={"variable": variable, "read": read, "takes": takes})


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings, each named by its environment variable. An empty variable counts as unset."""

    content: tuple[Path, ...] = _setting("KINTSUGI_CONTENT", (), _folders, "folders separated by ':'")
    """Content folders of your own; Kintsugi's own comes first."""
    accounts: Path | None = _setting("KINTSUGI_ACCOUNTS", None, Path, "a file")
    """The accounts file: which AWS accounts there are besides the one of the ambient credentials."""
    aws_calls_per_second: float = _setting(
        "KINTSUGI_AWS_CALLS_PER_SECOND", 10.0, _number(float, 0.1, 1_000), "0.1 to 1000 calls a second"
    )
    """How fast each account may be asked, each service and region of it by itself."""
    deadline_seconds: float = _setting("KINTSUGI_DEADLINE_SECONDS", 25.0, _number(float, 1, 900), "1 to 900 seconds")
    """How long one question may read from AWS before the rest is reported as not tried."""
    log_minutes: int = _setting("KINTSUGI_LOG_MINUTES", 60, _number(int, 1, 10_080), "a number from 1 to 10080")
    """How many minutes back logs are searched for a failure, if the question names no request."""
    log_minutes_at_most: int = _setting(
        "KINTSUGI_LOG_MINUTES_AT_MOST", 1_440, _number(int, 1, 43_200), "a number from 1 to 43200"
    )
    """How far back they are searched where that shows none."""
    log_calls: int = _setting("KINTSUGI_LOG_CALLS", 12, _number(int, 0, 100), "a number from 0 to 100")
    """How many pages of logs one question may read; 0 reads no logs at all."""
    log_bytes: int = _setting("KINTSUGI_LOG_BYTES", 4_000_000, _number(int, 0, 100_000_000), "0 to 100000000")
    """How much text of logs one question may read."""
    change_days: int = _setting("KINTSUGI_CHANGE_DAYS", 7, _number(int, 1, 90), "a number from 1 to 90")
    """How many days back CloudTrail's event history is asked who changed the faulty thing."""
    change_calls: int = _setting("KINTSUGI_CHANGE_CALLS", 8, _number(int, 0, 50), "a number from 0 to 50")
    """How many times one question may ask the event history; 0 does not ask it."""
    workers: int = _setting("KINTSUGI_WORKERS", 8, _number(int, 1, 64), "a number from 1 to 64")
    """How many questions from Slack are answered at once."""
    queue: int = _setting("KINTSUGI_QUEUE", 100, _number(int, 1, 10_000), "a number from 1 to 10000")
    """How many questions may be open, being answered or waiting; further ones are turned away and told so."""
    queue_of_person: int = _setting("KINTSUGI_QUEUE_PERSON", 10, _number(int, 1, 10_000), "a number from 1 to 10000")
    """How many of them may be one person's."""
    queue_in_channel: int = _setting("KINTSUGI_QUEUE_CHANNEL", 40, _number(int, 1, 10_000), "a number from 1 to 10000")
    """How many of them may be one channel's."""
    workers_of_person: int = _setting("KINTSUGI_WORKERS_PERSON", 2, _number(int, 1, 64), "a number from 1 to 64")
    """How many of one person's questions are answered at once."""
    workers_in_channel: int = _setting("KINTSUGI_WORKERS_CHANNEL", 6, _number(int, 1, 64), "a number from 1 to 64")
    """How many of one channel's questions are answered at once."""
    repeat_minutes: int = _setting("KINTSUGI_REPEAT_MINUTES", 10, _number(int, 0, 1_440), "a number from 0 to 1440")
    """For how long the same error, asked again in the same channel, is pointed to the answer; 0 always looks anew."""
    store: Path | AwsStore | None = _setting(
        "KINTSUGI_STORE", None, _place, "a file, or 'aws:' and 3 to 64 letters, digits, '-' and '_'"
    )
    """Where what outlives a restart is kept, if not in `store_file`."""
    keep_hours: int = _setting("KINTSUGI_KEEP_HOURS", 168, _number(int, 1, 8_760), "a number from 1 to 8760")
    """For how many hours anything is kept of a question: what was pasted, its answer, what failed, comments on it."""
    log: str | None = _setting("KINTSUGI_LOG", None, _one_of("json", "text"), "json or text")
    """How `serve` writes its log; if unset, text on a terminal and JSON elsewhere."""
    log_level: str = _setting(
        "KINTSUGI_LOG_LEVEL",
        "info",
        _one_of("debug", "info", "warning", "error"),
        "debug, info, warning or error",
    )
    """From which level on it does."""
    audit: Path | None = _setting("KINTSUGI_AUDIT", None, _file, "a file, or '-' for standard error")
    """Where a line is written for each question that came to its end; if unset, in the log."""
    status: str | None = _setting("KINTSUGI_STATUS", None, str, "HOST:PORT")
    """Where `serve` answers /metrics, /healthz and /readyz to whoever asks; if unset, nowhere."""
    slack_bot_token: Secret | None = _setting("SLACK_BOT_TOKEN", None, Secret, "a bot token")
    slack_app_token: Secret | None = _setting("SLACK_APP_TOKEN", None, Secret, "an app-level token")
    slack_signing_secrets: tuple[Secret, ...] = _setting(
        "SLACK_SIGNING_SECRET", (), _secrets, "secrets, separated by ','"
    )
    """Any of them may have signed what comes over HTTP, so that one can be replaced while both are in use."""
    slack_config_token: Secret | None = _setting("SLACK_CONFIG_TOKEN", None, Secret, "an app configuration token")
    """Only `doctor` uses it, to see what is installed in Slack."""
    slack_api_url: str = _setting("SLACK_API_URL", "https://slack.com/api/", str, "a URL")
    slack_default_language: str = _setting("KINTSUGI_DEFAULT_LANGUAGE", "en", str, "en, ja, zh_TW or es")
    slack_outsiders: bool = _setting("KINTSUGI_OUTSIDERS", False, _answered, "refuse or answer")
    """Whether guests, people of other companies and people of whom Slack says nothing are answered."""
    slack_file_bytes: int = _setting("KINTSUGI_FILE_BYTES", 1_000_000, _number(int, 0, 50_000_000), "0 to 50000000")
    """How much of the files that hang on a message is read."""
    region: str | None = _setting("AWS_REGION", None, str, "a region")
    """Where to look first; boto3 itself heeds only AWS_DEFAULT_REGION and the profile."""
    lc_all: str = _setting("LC_ALL", "", str, "a locale")
    lc_messages: str = _setting("LC_MESSAGES", "", str, "a locale")
    lang: str = _setting("LANG", "", str, "a locale")
    xdg_state_home: str = _setting("XDG_STATE_HOME", "", str, "a folder")
    tz: str = _setting("TZ", "", str, "a time zone")

    @property
    def content_folders(self) -> tuple[Path, ...]:
        """Every content folder, ours first. Each holds `playbooks/` and, if it likes, `symptoms/` and `locales/`."""
        return (_own_content(), *self.content)

    @property
    def store_file(self) -> Path:
        """The store's file: as set, or in the user's state folder. Raises BadSettings where nobody's home is known.

        A state folder that is no absolute path is to be ignored (XDG Base Directory Specification).
        """
        if isinstance(self.store, Path):
            return self.store
        state = self.xdg_state_home if Path(self.xdg_state_home).is_absolute() else "~/.local/state"
        try:
            return _file(state) / "kintsugi" / "kintsugi.db"
        except ValueError as error:
            raise BadSettings(("KINTSUGI_STORE is not set, and the user has no home", "set it to a file")) from error

    @property
    def keep_seconds(self) -> float:
        """`keep_hours` in seconds."""
        return self.keep_hours * 3600.0

    @property
    def spoken(self) -> str:
        """The locale of the terminal, as the environment names it; empty where it says nothing."""
        return self.lc_all or self.lc_messages or self.lang


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process, or of the given environment. Raises BadSettings."""
    given = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    faults: list[tuple[str, str]] = []
    for setting in fields(Settings):
        text = given.get(setting.metadata["variable"], "")
        if not text:
            continue
        try:
            values[setting.name] = setting.metadata["read"](text)
        except ValueError:
            variable, takes = setting.metadata["variable"], setting.metadata["takes"]
            faults.append((f"{variable} is {text!r}, but takes {takes}", "mend or unset it"))
    if faults:
        raise BadSettings(*faults)
    return Settings(**values)


def _own_content() -> Path:
    # An installed wheel carries its content inside the package; a checkout has it beside the package.
    packed = _HERE / "content"
    return packed if packed.is_dir() else _HERE.parent
