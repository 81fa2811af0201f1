"""Tries the accounts of the accounts file: whether each can be entered, is the right one, and can be read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.aws.account import Account, Inquiry, Read, Result, Unseen
from bot.aws.accounts import Accounts, CannotEnter, Reach
from bot.aws.accounts_file import AccountEntry
from bot.aws.denials import REMEDIES
from bot.aws.locate import read_of_all, regions_told, which_regions
from bot.model import Hint, Outcome

_POLICY = "give the role the policy that 'kintsugi policy' prints"
_LATER = "check the network and AWS_ENDPOINT_URL, and try again"


class State(StrEnum):
    """How the check of an account ended."""

    OK = "ok"
    PROBLEM = "problem"
    COULD_NOT_CHECK = "could_not_check"


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of the check of one account; `said` is what is so, and what to do about it."""

    entry: AccountEntry
    state: State
    said: str


class _Fault(Exception):
    def __init__(self, state: State, said: str) -> None:
        self.state = state
        self.said = said


def check_accounts(accounts: Accounts, entries: Sequence[AccountEntry], inquiry: Inquiry) -> Iterator[Checked]:
    """Each entry, checked, in their order. Raises CannotEnter where no region is configured."""
    reach = accounts.reach(inquiry, None)
    entered = [_entered(entry, reach) for entry in entries]
    for each in entered:
        if isinstance(each, Account):
            each.expect(identity_of(each), *(read_of_all(region) for region in each.regions or ()))
            if each.regions is None:
                each.expect(which_regions(each.home_region))
    for entry, each in zip(entries, entered, strict=True):
        yield each if isinstance(each, Checked) else _checked(entry, each)


def enter(entry: AccountEntry | None, reach: Reach) -> Account:
    """The account of an entry, the own one if there is none. Raises CannotEnter."""
    if entry is None or entry.own:
        assert reach.own is not None  # the command line may ask about every account
        return reach.own
    (account,) = reach.within(entry.id)
    return account


def _entered(entry: AccountEntry, reach: Reach) -> Account | Checked:
    try:
        return enter(entry, reach)
    except CannotEnter as error:
        return Checked(entry, State.PROBLEM, str(error))


def _checked(entry: AccountEntry, account: Account) -> Checked:
    try:
        _require_the_right_account(entry, account)
        regions = _regions_of(account)
        account.expect(*(read_of_all(region) for region in regions))
        _require_readable(account, regions)
    except _Fault as fault:
        return Checked(entry, fault.state, fault.said)
    return Checked(entry, State.OK, f"can be read in {', '.join(regions)}")


def _require_the_right_account(entry: AccountEntry, account: Account) -> None:
    try:
        told = str(account.read(identity_of(account))["Account"])
    except Unseen as unseen:
        result = unseen.result
        if result.hint is Hint.OTHER_ACCOUNT:
            remedy = "let the role's trust policy name the bot's own identity, and compare external_id"
            raise _Fault(State.PROBLEM, f"{entry.role_arn} cannot be assumed ({result.error}); {remedy}") from unseen
        if result.credentials_rejected:
            raise _Fault(State.PROBLEM, f"its credentials are not accepted ({result.error}); renew them") from unseen
        raise _Fault(State.COULD_NOT_CHECK, f"AWS does not tell who we are ({result.error}); {_LATER}") from unseen
    if told != entry.id:
        whose = "the bot's own credentials" if entry.own else "the role's credentials"
        raise _Fault(State.PROBLEM, f"{whose} are those of the account {told}; mend id, or the credentials")


def _regions_of(account: Account) -> tuple[str, ...]:
    if account.regions is not None:
        return account.regions
    try:
        return regions_told(account.read(which_regions(account.home_region)))
    except Unseen as unseen:
        if unseen.result.outcome is Outcome.DENIED:
            said = f"may not list its regions ({unseen.result.error}); {_remedy(unseen.result)}, or name regions"
            raise _Fault(State.PROBLEM, said) from unseen
        said = f"its regions cannot be listed ({unseen.result.error}); {_LATER}"
        raise _Fault(State.COULD_NOT_CHECK, said) from unseen


def _require_readable(account: Account, regions: Sequence[str]) -> None:
    """Raises a _Fault of the worst that is so in any region."""
    closed: dict[str, Result] = {}
    for region in regions:
        if account.glance(read_of_all(region)) is None:
            closed[region] = account.silence(read_of_all(region))[1]
    refusing = [region for region, result in closed.items() if result.outcome is Outcome.DENIED]
    if refusing:
        remedies = ", and ".join(dict.fromkeys(_remedy(closed[region]) for region in refusing))
        said = f"may not read API Gateway in {', '.join(refusing)} ({closed[refusing[0]].error}); {remedies}"
        raise _Fault(State.PROBLEM, said)
    unknown = [region for region, result in closed.items() if result.credentials_rejected]
    if unknown:
        said = f"its credentials are not accepted in {', '.join(unknown)}; enable the region, or take it out of regions"
        raise _Fault(State.PROBLEM, said)
    if closed:
        first, result = next(iter(closed.items()))
        said = f"no answer in {', '.join(closed)} ({first}: {result.error}); {_LATER}"
        raise _Fault(State.COULD_NOT_CHECK, said)


def identity_of(account: Account) -> Read:
    """The read that tells whose credentials an account is read with."""
    return Read.of("sts", "GetCallerIdentity", account.home_region)


def _remedy(denied: Result) -> str:
    return REMEDIES[denied.denied_by] if denied.denied_by else _POLICY
