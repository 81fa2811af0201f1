"""Whether each account can be entered, is the right one, and lets the bot read, and not write, in its regions."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from bot.aws.account import Account, Read, Result, Unseen
from bot.aws.accounts import Accounts, CannotEnter, NoRegion, Reach
from bot.aws.accounts_check import enter, identity_of
from bot.aws.accounts_file import SHORTEST_RANDOM_ID, AccountEntry
from bot.aws.locate import read_of_all, regions_told, which_regions
from bot.aws.reads import READS
from bot.doctor import reads
from bot.doctor.check import Access, Check, Tried, ok, problem, unchecked
from bot.model import Hint, Outcome

IDENTITY, EXTERNAL_ID, PRIVILEGES, REGIONS = "aws.identity", "aws.external_id", "aws.privileges", "aws.regions"
SECONDS = 120.0
"""For how long all accounts together are tried."""

_LATER = "check the network and AWS_ENDPOINT_URL, and run this again"
_ONLY_READS = "let it use a role that has the policy of 'kintsugi policy' and nothing else"
_NOT_TO_BE_GUESSED = (
    f"give the role and the accounts file a random one of at least {SHORTEST_RANDOM_ID} characters, as "
    f"'kintsugi policy --format cloudformation' wants; where the role needs none, --skip {EXTERNAL_ID}"
)
_WRITERS = ("AdministratorAccess", "PowerUserAccess", "SystemAdministrator", "FullAccess")
_OF_THE_CLOCK = ("Signature expired", "Signature not yet current", "RequestTimeTooSkewed", "RequestExpired")


@dataclass(slots=True)
class _Entered:
    """An account, its entry in the accounts file if it has one, and what it is called here."""

    account: Account
    entry: AccountEntry | None
    subject: str


def examine(accounts: Accounts, entries: Sequence[AccountEntry], seconds: float = SECONDS) -> Iterator[Check]:
    """Checks of the bot's own account and of each in the accounts file."""
    with closing(accounts.inquiry(seconds)) as inquiry:
        try:
            reach = accounts.reach(inquiry, None)
        except NoRegion:
            yield problem(IDENTITY, "no AWS region is configured", "set AWS_REGION, or a region in the AWS profile")
            return
        except CannotEnter as error:
            yield problem(IDENTITY, str(error), "mend the AWS configuration that the bot runs with")
            return
        entered: list[_Entered] = []
        for entry in _each(entries):
            try:
                entered.append(_enter(entry, reach))
            except CannotEnter as error:
                yield problem(IDENTITY, str(error), "give the bot credentials", _called(entry))
        for each in entered:
            each.account.expect(identity_of(each.account))
            if each.account.regions is None:
                each.account.expect(which_regions(each.account.home_region))
        limited = any(entry.is_restricted for entry in entries)
        for each in entered:
            yield from _examine(each, is_closed_to_slack=limited and each.entry is None)


def _each(entries: Sequence[AccountEntry]) -> Iterator[AccountEntry | None]:
    """The own account, which every question is about unless it names another, and then the others."""
    yield next((entry for entry in entries if entry.own), None)
    yield from (entry for entry in entries if not entry.own)


def _enter(entry: AccountEntry | None, reach: Reach) -> _Entered:
    return _Entered(enter(entry, reach), entry, _called(entry))


def _called(entry: AccountEntry | None) -> str:
    if entry is None:
        return "own account"
    return f"{entry.name} ({entry.id})" if entry.name else entry.id


def _examine(each: _Entered, *, is_closed_to_slack: bool) -> Iterator[Check]:
    account = each.account
    try:
        who = account.read(identity_of(account))
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
        yield problem(IDENTITY, f"is {arn}, who may do anything", _ONLY_READS, each.subject)
    else:
        closed = "; closed to Slack: the accounts file limits others and does not mark it with own = true"
        yield ok(IDENTITY, f"is {arn}{closed if is_closed_to_slack else ''}", each.subject)
        yield _privileges(each, arn)
    if each.entry and not each.entry.own:
        yield _external_id(each.entry, each.subject)
    regions, unlisted = _regions(each)
    yield from _reads(each, regions, unlisted)


def _not_entered(each: _Entered, result: Result) -> Check:
    error = result.error or "no reason given"
    if result.hint is Hint.OTHER_ACCOUNT:
        remedy = "let the role's trust policy name the bot's own identity, and compare external_id"
        return problem(IDENTITY, f"its role cannot be assumed ({error})", remedy, each.subject)
    if any(words in error for words in _OF_THE_CLOCK):
        return problem(IDENTITY, f"refused for the time ({error})", "see to aws.clock first", each.subject)
    if result.credentials_rejected:
        remedy = f"renew them, and see that {each.account.home_region} is enabled for the account"
        return problem(IDENTITY, f"the credentials are not accepted ({error})", remedy, each.subject)
    return unchecked(IDENTITY, f"AWS does not tell who we are ({error})", _LATER, each.subject)


def _external_id(entry: AccountEntry, subject: str) -> Check:
    """Whether the role is entered with one that nobody guesses; that the role wants it is not judged."""
    length = len(entry.external_id or "")
    if not length:
        return problem(EXTERNAL_ID, "its role is entered without an external id", _NOT_TO_BE_GUESSED, subject)
    if length < SHORTEST_RANDOM_ID:
        return problem(EXTERNAL_ID, f"its external id has only {length} characters", _NOT_TO_BE_GUESSED, subject)
    return ok(EXTERNAL_ID, f"its role is entered with an external id of {length} characters", subject)


def _privileges(each: _Entered, arn: str) -> Check:
    """Whether one of AWS's policies for administrators, or for full access, is attached; others are not judged."""
    kind, *path = arn.split(":", 5)[5].split("/")
    # An assumed role's ARN is assumed-role/NAME/SESSION, a user's user/PATH/NAME.
    attached = {"assumed-role": ("Role", path[:1]), "user": ("User", path[-1:])}.get(kind)
    if not attached or not attached[1]:
        return unchecked(PRIVILEGES, f"what {arn} may do cannot be read", _ONLY_READS, each.subject)
    whose, (name,) = attached
    read = Read.of("iam", f"ListAttached{whose}Policies", each.account.home_region, **{f"{whose}Name": name})
    answer = each.account.glance(read)
    if not answer:
        error = "it is not there" if answer is not None else each.account.silence(read)[1].error
        remedy = f"see to {reads.NAME} first"
        return unchecked(PRIVILEGES, f"the policies of {name} cannot be listed ({error})", remedy, each.subject)
    names = [str(policy.get("PolicyName", "")) for policy in (answer["AttachedPolicies"] or [])]
    if writers := [name for name in names if name.endswith(_WRITERS)]:
        return problem(PRIVILEGES, f"could write: it has {', '.join(writers)}", _ONLY_READS, each.subject)
    return ok(
        PRIVILEGES,
        "no policy for administrators or full access is attached; what others allow is not judged",
        each.subject,
    )


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
        return (account.home_region,), problem(REGIONS, seen, f"see to {reads.NAME} first", each.subject)
    return (account.home_region,), unchecked(REGIONS, seen, _LATER, each.subject)


def _reads(each: _Entered, regions: Sequence[str], unlisted: Check | None) -> Iterator[Check]:
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
    probes = list(reads.probes(account.partition, account.id, account.home_region, apis))
    account.expect(*(probe.read for probe in probes))
    elsewhere = tuple(Tried(region, Access.NOT_ENABLED, result.error or "") for region, result in disabled.items())
    for call in READS:
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
