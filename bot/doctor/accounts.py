"""Whether each account can be entered, is the right one, and lets the bot read, and not write, in its regions."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from bot.aws.account import Account, Read, Result, Unseen
from bot.aws.accounts import Accounts, CannotEnter, NoRegion, Reach
from bot.aws.accounts_file import SHORTEST_RANDOM_ID, AccountEntry
from bot.aws.denials import REMEDIES
from bot.aws.error_codes import GIVE_CREDENTIALS, NO_CREDENTIALS, is_of_the_clock
from bot.aws.locate import read_of_all, regions_told, which_regions
from bot.aws.reads import READS
from bot.doctor import privileges, reads
from bot.doctor.check import Access, Check, Tried, ok, problem, unchecked
from bot.model import Hint, Outcome

IDENTITY, EXTERNAL_ID, REGIONS = "aws.identity", "aws.external_id", "aws.regions"
SECONDS = 120.0
"""For how long all accounts together are tried."""

_LATER = "check the network and AWS_ENDPOINT_URL, and run this again"
_SET_THE_CLOCK = "set this computer's clock right; 'kintsugi doctor' tells by how much it is off (aws.clock)"
_LIST_THEM = "allow ec2:DescribeRegions, as the policy of 'kintsugi policy' does, or name regions in the accounts file"
_NOT_TO_BE_GUESSED = (
    f"give the role and the accounts file a random one of at least {SHORTEST_RANDOM_ID} characters, as "
    f"'kintsugi policy --format cloudformation' wants; where the role needs none, --skip {EXTERNAL_ID}"
)
_APIS = (("apigateway", "GetRestApis"),)


@dataclass(slots=True)
class _Entered:
    """An account, its entry in the accounts file if it has one, and what it is called here."""

    account: Account
    entry: AccountEntry | None
    subject: str


def examine(accounts: Accounts, entries: Sequence[AccountEntry], seconds: float = SECONDS) -> Iterator[Check]:
    """Checks of the bot's own account and of each in the accounts file, by every read of the list."""
    # The own account is the one that every question is about unless it names another.
    own = next((entry for entry in entries if entry.own), None)
    return _examined(accounts, (own, *(entry for entry in entries if not entry.own)), READS, seconds)


def enter_each(accounts: Accounts, entries: Sequence[AccountEntry], seconds: float = SECONDS) -> Iterator[Check]:
    """Whether each account of the accounts file can be entered, and its APIs be read in its regions."""
    return _examined(accounts, entries, _APIS, seconds)


def _examined(
    accounts: Accounts, entries: Sequence[AccountEntry | None], calls: Collection[tuple[str, str]], seconds: float
) -> Iterator[Check]:
    with closing(accounts.inquiry(seconds)) as inquiry:
        try:
            reach = accounts.reach(inquiry, None)
        except NoRegion:
            yield problem(IDENTITY, "no AWS region is configured", "set AWS_REGION, or a region in the AWS profile")
            return
        except CannotEnter as error:
            yield problem(IDENTITY, error.what, error.remedy)
            return
        entered: list[_Entered] = []
        for entry in entries:
            try:
                entered.append(_enter(entry, reach))
            except CannotEnter as error:
                yield problem(IDENTITY, error.what, error.remedy, called(entry))
        for each in entered:
            each.account.expect(each.account.identity)
            if each.account.regions is None:
                each.account.expect(which_regions(each.account.home_region))
        limited = any(entry.is_restricted for entry in entries if entry)
        for each in entered:
            yield from _examine(each, calls, is_closed_to_slack=limited and each.entry is None)


def _enter(entry: AccountEntry | None, reach: Reach) -> _Entered:
    """Raises CannotEnter."""
    if entry is None or entry.own:
        assert reach.own is not None  # the command line may ask about every account
        return _Entered(reach.own, entry, called(entry))
    (account,) = reach.within(entry.id)
    return _Entered(account, entry, called(entry))


def called(entry: AccountEntry | None) -> str:
    """What an account is called here."""
    if entry is None:
        return "own account"
    return f"{entry.name} ({entry.id})" if entry.name else entry.id


def _examine(each: _Entered, calls: Collection[tuple[str, str]], *, is_closed_to_slack: bool) -> Iterator[Check]:
    account = each.account
    try:
        who = account.read(account.identity)
    except Unseen as unseen:
        yield _not_entered(each, unseen.result)
        yield unchecked(reads.NAME, "no read was tried", f"see to {IDENTITY} first", each.subject)
        return
    arn, id = str(who["Arn"]), str(who["Account"])
    if each.entry and each.entry.id != id:
        remedy = "mend id in the accounts file, or the credentials"
        yield problem(IDENTITY, f"the credentials are those of the account {id}", remedy, each.subject)
        yield unchecked(reads.NAME, "no read was tried", f"see to {IDENTITY} first", each.subject)
        return
    each.subject = each.subject if each.entry else id
    account.known_id, account.partition = id, arn.split(":")[1]
    if arn.endswith(":root"):
        yield problem(IDENTITY, f"is {arn}, who may do anything", privileges.ONLY_READS, each.subject)
    else:
        closed = "; closed to Slack: the accounts file limits others and does not mark it with own = true"
        yield ok(IDENTITY, f"is {arn}{closed if is_closed_to_slack else ''}", each.subject)
        if calls is READS:
            yield privileges.judged(each.subject, account, arn)
    if calls is READS and each.entry and not each.entry.own:
        yield _external_id(each.entry, each.subject)
    regions, unlisted = _regions(each)
    yield from _reads(each, regions, unlisted, calls)


def _not_entered(each: _Entered, result: Result) -> Check:
    error = result.error or "no reason given"
    if is_of_the_clock(error):
        return problem(IDENTITY, f"refused for the time ({error})", _SET_THE_CLOCK, each.subject)
    if result.hint is Hint.OTHER_ACCOUNT:
        remedy = "let the role's trust policy name the bot's own identity, and compare external_id"
        return problem(IDENTITY, f"its role cannot be assumed ({error})", remedy, each.subject)
    if result.credentials_missing:
        return problem(IDENTITY, NO_CREDENTIALS, GIVE_CREDENTIALS, each.subject)
    if result.credentials_rejected:
        remedy = f"renew them, and see that {each.account.home_region} is enabled for the account"
        return problem(IDENTITY, f"the credentials are not accepted ({error})", remedy, each.subject)
    remedy = REMEDIES[result.denied_by] if result.denied_by else _LATER
    return unchecked(IDENTITY, f"AWS does not tell who we are ({error})", remedy, each.subject)


def _external_id(entry: AccountEntry, subject: str) -> Check:
    """Whether the role is entered with one that nobody guesses; that the role wants it is not judged."""
    length = len(entry.external_id or "")
    if not length:
        return problem(EXTERNAL_ID, "its role is entered without an external id", _NOT_TO_BE_GUESSED, subject)
    if length < SHORTEST_RANDOM_ID:
        return problem(EXTERNAL_ID, f"its external id has only {length} characters", _NOT_TO_BE_GUESSED, subject)
    return ok(EXTERNAL_ID, f"its role is entered with an external id of {length} characters", subject)


def _regions(each: _Entered) -> tuple[tuple[str, ...], Check | None]:
    """Where to look; and what there is to say if nobody tells, which is then the one region to begin in."""
    account = each.account
    if account.regions is not None:
        return account.regions, None
    answer = account.glance(which_regions(account.home_region))
    if answer:
        return regions_told(answer), None
    _, result = account.silence(which_regions(account.home_region))
    seen = f"cannot be listed ({result.error}); only {account.home_region} was looked into"
    if result.outcome is Outcome.DENIED:
        remedy = REMEDIES[result.denied_by] if result.denied_by else _LIST_THEM
        return (account.home_region,), problem(REGIONS, seen, remedy, each.subject)
    return (account.home_region,), unchecked(REGIONS, seen, _LATER, each.subject)


def _reads(
    each: _Entered, regions: Sequence[str], unlisted: Check | None, calls: Collection[tuple[str, str]]
) -> Iterator[Check]:
    account = each.account
    account.expect(*map(read_of_all, regions))
    closed = {region: _answer(account, read_of_all(region)) for region in regions}
    disabled = {region: result for region, result in closed.items() if reads.is_not_enabled(result)}
    if disabled:
        seen = f"not enabled: {', '.join(disabled)} ({next(iter(disabled.values())).error})"
        yield problem(REGIONS, seen, "enable them, or take them out of regions", each.subject)
    else:
        yield unlisted or ok(REGIONS, f"enabled: {', '.join(regions)}", each.subject)
    apis = {region: _an_api(result) for region, result in closed.items() if region not in disabled}
    probes = [
        probe for probe in reads.probes(account.partition, account.id, account.home_region, apis) if probe.call in calls
    ]
    account.expect(*(probe.read for probe in probes))
    elsewhere = tuple(Tried(region, Access.NOT_ENABLED, result.error or "") for region, result in disabled.items())
    for call in calls:
        answers = []
        for probe in (probe for probe in probes if probe.call == call):
            result = _answer(account, probe.read)
            answers.append((probe, reads.tried(probe, result), result))
        beside = elsewhere if reads.is_regional(call) else ()
        yield reads.judged(each.subject, account.partition, account.id, call, answers, beside)


def _answer(account: Account, read: Read) -> Result:
    answer = account.glance(read)
    if answer is None:
        return account.silence(read)[1]
    return Result(Outcome.FOUND if answer else Outcome.ABSENT, answer.body)


def _an_api(result: Result) -> str | None:
    items = (result.body or {}).get("items") or []
    return str(items[0]["id"]) if items else None
