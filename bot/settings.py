"""Every setting, read once from the environment and frozen; nothing else of the program looks at the environment."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

_HERE = Path(__file__).parent


class BadSettings(Exception):
    """A setting has a value that cannot be used; the message names the variable and says what it takes."""


def _own_content() -> Path:
    # An installed wheel carries its content inside the package; a checkout has it beside the package.
    packed = _HERE / "content"
    return packed if packed.is_dir() else _HERE.parent


class Settings(BaseModel):
    """The settings, each named by the environment variable that is its alias."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    content: tuple[Path, ...] = Field(default=(), validation_alias="KINTSUGI_CONTENT")
    """Folders with playbooks of your own, separated by `:`; Kintsugi's own come first."""
    accounts: Path | None = Field(default=None, validation_alias="KINTSUGI_ACCOUNTS")
    """The accounts file: which AWS accounts there are besides the one of the ambient credentials."""
    deadline_seconds: float = Field(default=25.0, validation_alias="KINTSUGI_DEADLINE_SECONDS", gt=0, le=900)
    """How long one question may read from AWS before the rest is reported as not tried."""
    workers: int = Field(default=8, validation_alias="KINTSUGI_WORKERS", ge=1, le=64)
    """How many questions from Slack are answered at once."""
    queue: int = Field(default=100, validation_alias="KINTSUGI_QUEUE", ge=1, le=10_000)
    """How many questions may wait behind those before new ones are turned away with an answer that says so."""
    slack_bot_token: SecretStr | None = Field(default=None, validation_alias="SLACK_BOT_TOKEN")
    slack_app_token: SecretStr | None = Field(default=None, validation_alias="SLACK_APP_TOKEN")
    slack_api_url: str = Field(default="https://slack.com/api/", validation_alias="SLACK_API_URL")
    slack_default_language: str = Field(default="en", validation_alias="KINTSUGI_DEFAULT_LANGUAGE")
    lc_all: str = Field(default="", validation_alias="LC_ALL")
    lc_messages: str = Field(default="", validation_alias="LC_MESSAGES")
    lang: str = Field(default="", validation_alias="LANG")

    @field_validator("content", mode="before")
    @classmethod
    def _split_folders(cls, value: object) -> object:
        return tuple(Path(part) for part in value.split(":") if part) if isinstance(value, str) else value

    @property
    def content_folders(self) -> tuple[Path, ...]:
        """Every content folder, ours first. Each holds `playbooks/` and, if it likes, `symptoms/` and `locales/`."""
        return (_own_content(), *self.content)

    @property
    def spoken(self) -> str:
        """The locale of the terminal, as the environment names it; empty where it says nothing."""
        return self.lc_all or self.lc_messages or self.lang


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process, or of the given environment. Raises BadSettings."""
    try:
        return Settings.model_validate(dict(os.environ if environment is None else environment))
    except ValidationError as error:
        first = error.errors()[0]
        variable = ".".join(str(part) for part in first["loc"])
        raise BadSettings(f"{variable}: {first['msg']}. See the table of settings in the README.") from error
