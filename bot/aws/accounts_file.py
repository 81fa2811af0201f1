"""The accounts file: which AWS accounts can be asked about, how each is entered, and who may do what."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from bot.aws.arn import partition_of
from bot.aws.partitions import partitions, regions_of
from bot.aws.permissions import TAKES as _PERMISSIONS_TAKE
from bot.aws.permissions import Permissions

_ACCOUNT_ID = re.compile(r"[0-9]{12}")
_ROLE_ARN = re.compile(r"arn:(aws[a-z-]*):iam::([0-9]{12}):role/[A-Za-z0-9_+=,.@/-]+")
_TAKES = {
    "name": "what people call the account, in quotes",
    "id": "the account's twelve digits, in quotes",
    "own": "true, for the account of the bot's own credentials",
    "role_arn": 'the ARN of a role in that account, like "arn:aws:iam::210987654321:role/kintsugi-reads"',
    "external_id": "the external id that the role's trust policy wants, in quotes",
    "regions": 'a list of regions, like ["eu-west-1"]; without it, every region that is enabled is looked into',
    "partition": 'a partition: "aws", "aws-cn", "aws-us-gov", …',
    **_PERMISSIONS_TAKE,
}
SHORTEST_RANDOM_ID = 16
"""Characters of an external id that nobody guesses. AWS itself is content with two, and so is the file."""
_KEPT_QUIET = frozenset({"external_id"})


class BadAccountsFile(Exception):
    """The accounts file cannot be used; the message tells each of its `faults`, and what belongs there instead."""

    def __init__(self, path: Path, faults: tuple[str, ...]) -> None:
        self.faults = faults
        told = faults[0] if len(faults) == 1 else "\n  ".join((f"{len(faults)} faults", *faults))
        super().__init__(f"{path}: {told}")


class AccountEntry(Permissions):
    """One `[[accounts]]` of the file: an account that is entered through a role, or the bot's own, and who may ask.

    Without `regions` every enabled one is looked into.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
    name: Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)] = ""
    own: Annotated[bool, Field(strict=True)] = False
    role_arn: Annotated[str | None, Field(validate_default=True)] = None
    external_id: Annotated[str, StringConstraints(min_length=2, max_length=1224)] | None = None
    partition: Annotated[str, Field(validate_default=True)] = ""
    regions: tuple[str, ...] | None = None

    @field_validator("name")
    @classmethod
    def _as_it_reads(cls, name: str, others: ValidationInfo) -> str:
        if not name.isprintable():
            raise ValueError(f"is {name!a}, with characters that are not seen; it takes {_TAKES['name']}")
        if _ACCOUNT_ID.fullmatch(name) and name != others.data.get("id"):
            raise ValueError(f"is {name!r}, which reads as the id of another account; it takes {_TAKES['name']}")
        return name

    @field_validator("role_arn")
    @classmethod
    def _one_way_in(cls, role_arn: str | None, others: ValidationInfo) -> str | None:
        if others.data.get("own"):
            if role_arn is not None:
                raise ValueError("stands beside own = true; the bot's own account is entered through no role")
            return None
        if role_arn is None:
            raise ValueError(f"is missing; it takes {_TAKES['role_arn']} (or own = true)")
        parts = _ROLE_ARN.fullmatch(role_arn)
        if parts is None:
            raise ValueError(f"is {role_arn!r}, but takes {_TAKES['role_arn']}")
        if "id" in others.data and parts[2] != others.data["id"]:
            raise ValueError(f"is a role of the account {parts[2]}, but the entry's id is {others.data['id']}")
        return role_arn

    @field_validator("external_id")
    @classmethod
    def _for_a_role(cls, external_id: str | None, others: ValidationInfo) -> str | None:
        if external_id is not None and others.data.get("own"):
            raise ValueError("stands beside own = true; no role is assumed there that could want one")
        return external_id

    @field_validator("partition")
    @classmethod
    def _of_the_role(cls, partition: str, others: ValidationInfo) -> str:
        role = _ROLE_ARN.fullmatch(others.data.get("role_arn") or "")
        if partition and partition not in partitions():
            raise ValueError(f"is {partition!r}, which is none; it is one of {', '.join(partitions())}")
        if partition and role and role[1] != partition:
            raise ValueError(f"is {partition!r}, but the role is in {role[1]}; leave it out, or mend the role")
        return role[1] if role else partition

    @field_validator("regions")
    @classmethod
    def _in_the_partition(cls, regions: tuple[str, ...] | None, others: ValidationInfo) -> tuple[str, ...] | None:
        if regions is None:
            return None
        if not regions:
            raise ValueError("is empty, so that nothing could be looked into; leave it out for every enabled region")
        # Where the partition is not known for another fault's sake, each region is taken at its word.
        partition = others.data.get("partition") or partition_of(regions[0])
        known = regions_of(partition)
        if strange := [region for region in regions if region not in known]:
            told = " and ".join(f"{region!r}{_did_you_mean(region, known)}" for region in strange)
            raise ValueError(f"names {told}: not known to have API Gateway in {partition}; update boto3 if it is new")
        return tuple(dict.fromkeys(regions))

    @property
    def called(self) -> str:
        """Its name, or else its id."""
        return self.name or self.id


def read_accounts_file(path: Path) -> tuple[AccountEntry, ...]:
    """The entries of an accounts file, in their order. Raises BadAccountsFile."""
    return read_whole_file(path)[1]


def read_whole_file(path: Path) -> tuple[Permissions, tuple[AccountEntry, ...]]:
    """What an accounts file says under `[bot]`, who may use the bot at all; and its entries. Raises BadAccountsFile."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadAccountsFile(path, (f"cannot be read ({error.strerror})",)) from error
    except UnicodeDecodeError as error:
        raise BadAccountsFile(path, ("is no TOML: it is not UTF-8",)) from error
    except tomllib.TOMLDecodeError as error:
        raise BadAccountsFile(path, (f"is no TOML: {error}",)) from error
    except RecursionError as error:
        raise BadAccountsFile(path, ("is no accounts file: it is nested too deeply",)) from error
    tables, whole = content.pop("accounts", None), content.pop("bot", {})
    faults = [f"{key!r} is no key of the file{_did_you_mean(key, ['accounts', 'bot'])}" for key in content]
    bot = Permissions()
    try:
        bot = Permissions.model_validate(whole)
    except ValidationError as error:
        faults += _told(error, "[bot]", whole, _PERMISSIONS_TAKE)
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise BadAccountsFile(path, (*faults, "it names no account: each takes a table [[accounts]]"))
    entries = []
    for number, table in enumerate(tables, 1):
        try:
            entries.append(AccountEntry.model_validate(table))
        except ValidationError as error:
            faults += _told(error, _where(number, table), table, _TAKES)
    faults += _told_twice(tables)
    if not faults:
        faults += _never_permitted(bot, entries)
    if faults:
        raise BadAccountsFile(path, tuple(faults))
    return bot, tuple(entries)


def _where(number: int, table: Mapping[str, Any]) -> str:
    name = table.get("name")
    return f"[[accounts]] {number} ({name!r})" if isinstance(name, str) else f"[[accounts]] {number}"


def _told(error: ValidationError, where: str, table: Any, takes: Mapping[str, str]) -> Iterator[str]:
    """Each fault of a table, as a sentence that says in which it is, and at which key."""
    if not isinstance(table, Mapping):
        yield f"{where} is {table!r}, but takes {', '.join(takes)}"
        return
    by_key = {str(fault["loc"][0]): fault for fault in reversed(error.errors())}
    for key, fault in reversed(by_key.items()):
        match fault["type"]:
            case "extra_forbidden":
                known = ", ".join(takes)
                yield f"{where}: {key!r} is no key of it{_did_you_mean(key, takes) or f'; those are {known}'}"
            case "missing":
                yield f"{where}: {key} is missing; it takes {takes[key]}"
            case "value_error":
                yield f"{where}: {key} {fault['ctx']['error']}"
            case _:
                given = "there" if key in _KEPT_QUIET else repr(table[key])
                yield f"{where}: {key} is {given}, but takes {takes[key]}"


def _told_twice(tables: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """What may stand in one entry only, and stands in several."""
    for key in ("id", "name"):
        # Names that differ in nothing that people see, or say, are the same.
        told = (table[key].strip().casefold() for table in tables if isinstance(table.get(key), str))
        for text, times in Counter(told).items():
            if times > 1:
                yield f"{times} [[accounts]] have the {key} {text!r}; each takes its own"
    if sum(table.get("own") is True for table in tables) > 1:
        yield "several [[accounts]] have own = true; the bot's own credentials are those of one account"


def _never_permitted(bot: Permissions, entries: Iterable[AccountEntry]) -> Iterator[str]:
    """What an entry permits and the bot as a whole does not: somebody counts on it, in vain."""
    for number, entry in enumerate(entries, 1):
        for key, more in entry.beyond(bot):
            where = _where(number, {"name": entry.name} if entry.name else {})
            yield f"{where}: {key} names {', '.join(map(repr, more))}, and {key} of [bot] does not"


def _did_you_mean(text: str, known: Iterable[str]) -> str:
    close = get_close_matches(text, list(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
