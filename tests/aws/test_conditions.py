"""Every condition operator, quantifier and policy variable behaves as AWS documents it."""

import pytest

from bot.aws.arn import matches
from bot.aws.conditions import Condition, Context, Truth, expand

YES, NO, UNKNOWN = Truth.YES, Truth.NO, Truth.UNKNOWN
Values = str | list[str] | None


def held(operator: str, expected: str | list[str], actual: Values, variables: bool = True) -> Truth:
    """Whether a condition on `k:key` holds where the key has these values; None is an absent key."""
    values = (expected,) if isinstance(expected, str) else tuple(expected)
    context = Context({} if actual is None else {"k:key": actual})
    return Condition(operator, "k:key", values, variables).holds(context)


@pytest.mark.parametrize(
    ("rule", "operator", "expected", "actual", "result"),
    [
        ("equal strings", "StringEquals", "john", "john", YES),
        ("strings are case-sensitive", "StringEquals", "john", "John", NO),
        ("StringEquals takes a star literally", "StringEquals", "jo*", "john", NO),
        ("StringEquals takes a star literally, and fits it", "StringEquals", "jo*", "jo*", YES),
        ("several values are alternatives", "StringEquals", ["ann", "john"], "john", YES),
        ("no value at all fits nothing", "StringEquals", [], "john", NO),
        ("negated", "StringNotEquals", "john", "ann", YES),
        ("several negated values are NOR", "StringNotEquals", ["ann", "john"], "john", NO),
        ("ignoring case", "StringEqualsIgnoreCase", "JOHN", "john", YES),
        ("ignoring case, no wildcards", "StringEqualsIgnoreCase", "J*", "john", NO),
        ("not equal ignoring case", "StringNotEqualsIgnoreCase", "JOHN", "john", NO),
        ("wildcards", "StringLike", "j?h*", "john", YES),
        ("StringLike is case-sensitive", "StringLike", "J*", "john", NO),
        ("StringNotLike", "StringNotLike", "j*", "john", NO),
        ("operators' names ignore case", "stringequals", "john", "john", YES),
        ("numbers, not digits", "NumericEquals", "10", "10.0", YES),
        ("numeric not equal", "NumericNotEquals", "10", "11", YES),
        ("numeric less than", "NumericLessThan", "10", "9", YES),
        ("numeric less than, numbers not text", "NumericLessThan", "10", "9.5", YES),
        ("numeric less than or equal", "NumericLessThanEquals", "10", "10", YES),
        ("numeric greater than", "NumericGreaterThan", "10", "10", NO),
        ("numeric greater than or equal", "NumericGreaterThanEquals", "-1.5", "-1.5", YES),
        ("what is no number is unknown", "NumericEquals", "ten", "10", UNKNOWN),
        ("another value may decide", "NumericEquals", ["ten", "10"], "10", YES),
        ("dates in ISO 8601", "DateGreaterThan", "2020-01-01T00:00:01Z", "2020-01-01T00:00:02Z", YES),
        ("dates have offsets", "DateEquals", "2020-01-01T02:00:00+02:00", "2020-01-01T00:00:00Z", YES),
        ("dates without a time", "DateLessThan", "2020-06-30", "2020-06-29T23:59:59Z", YES),
        ("dates without a day", "DateGreaterThanEquals", "2020-06", "2020-06-01T00:00:00Z", YES),
        ("epoch time", "DateEquals", "1577836800", "2020-01-01T00:00:00Z", YES),
        ("fractions of a second", "DateLessThanEquals", "2020-01-01T00:00:00.5Z", "1577836800.5", YES),
        ("date not equal", "DateNotEquals", "2020-01-01", "2020-01-02", YES),
        ("four digits are a year or an epoch", "DateLessThan", "2020", "2019-01-01", UNKNOWN),
        ("no such day", "DateLessThan", "2020-02-31", "2019-01-01", UNKNOWN),
        ("no date", "DateLessThan", "tomorrow", "2019-01-01", UNKNOWN),
        ("booleans", "Bool", "true", "true", YES),
        ("booleans ignore case", "Bool", "True", "true", YES),
        ("other boolean", "Bool", "false", "true", NO),
        ("no boolean", "Bool", "yes", "true", UNKNOWN),
        ("binary", "BinaryEquals", "QmluYXJ5", "QmluYXJ5", YES),
        ("other binary", "BinaryEquals", "QmluYXJ5", "QmluYXJ6", NO),
        ("no base 64", "BinaryEquals", "%", "QmluYXJ5", UNKNOWN),
        ("within a range", "IpAddress", "203.0.113.0/24", "203.0.113.7", YES),
        ("outside a range", "IpAddress", "203.0.113.0/24", "203.0.114.7", NO),
        ("an address alone is /32", "IpAddress", "203.0.113.7", "203.0.113.7", YES),
        ("IPv6 range", "IpAddress", "2001:DB8:1234:5678::/64", "2001:db8:1234:5678::1", YES),
        ("IPv4 is in no IPv6 range", "IpAddress", "::/0", "203.0.113.7", NO),
        ("mixed ranges", "IpAddress", ["::/0", "0.0.0.0/0"], "203.0.113.7", YES),
        ("not within", "NotIpAddress", ["10.0.0.0/8", "203.0.113.0/24"], "203.0.113.7", NO),
        ("not within any", "NotIpAddress", ["10.0.0.0/8", "172.16.0.0/12"], "203.0.113.7", YES),
        ("no range", "IpAddress", "203.0.113.0/99", "203.0.113.7", UNKNOWN),
        ("a netmask is no prefix", "IpAddress", "203.0.113.0/255.255.255.0", "203.0.113.7", UNKNOWN),
        ("no address", "NotIpAddress", "203.0.113.0/24", "localhost", UNKNOWN),
        ("ArnEquals has wildcards", "ArnEquals", "arn:aws:sns:*:1:t*", "arn:aws:sns:eu-west-1:1:topic", YES),
        ("ArnLike", "ArnLike", "arn:aws:sns:*:1:t*", "arn:aws:sns:eu-west-1:1:topic", YES),
        ("ArnNotEquals", "ArnNotEquals", "arn:aws:sns:*:1:t*", "arn:aws:sns:eu-west-1:1:topic", NO),
        ("ArnNotLike", "ArnNotLike", "arn:aws:sns:*:1:x*", "arn:aws:sns:eu-west-1:1:topic", YES),
        ("ARNs compare by component", "ArnLike", "arn:aws:sns:*", "arn:aws:sns:eu-west-1:1:topic", NO),
        ("an operator nobody knows", "StringSounds", "john", "john", UNKNOWN),
        ("a quantifier nobody knows", "ForMost:StringEquals", "john", "john", UNKNOWN),
        ("Null has no quantifier", "ForAnyValue:Null", "true", None, UNKNOWN),
        ("Null has no IfExists", "NullIfExists", "true", None, UNKNOWN),
    ],
)
def test_operators(rule: str, operator: str, expected: str | list[str], actual: str, result: Truth) -> None:
    assert held(operator, expected, actual) is result, rule


@pytest.mark.parametrize(
    ("operator", "result"),
    [
        ("StringEquals", NO),
        ("StringLike", NO),
        ("ArnLike", NO),
        ("Bool", NO),
        ("BinaryEquals", NO),
        ("IpAddress", NO),
        ("NumericLessThan", NO),
        ("DateGreaterThan", NO),
        ("StringNotEquals", YES),
        ("StringNotLike", YES),
        ("StringNotEqualsIgnoreCase", YES),
        ("ArnNotLike", YES),
        ("NotIpAddress", YES),
        ("NumericNotEquals", YES),
        ("DateNotEquals", YES),
        ("StringEqualsIfExists", YES),
        ("StringNotEqualsIfExists", YES),
        ("BoolIfExists", YES),
        ("IpAddressIfExists", YES),
        ("ForAllValues:StringEquals", YES),
        ("ForAllValues:StringNotEquals", YES),
        ("ForAllValues:StringEqualsIfExists", YES),
        ("ForAnyValue:StringEquals", NO),
        ("ForAnyValue:StringNotEquals", NO),
        ("ForAnyValue:StringEqualsIfExists", UNKNOWN),
    ],
)
def test_an_absent_key(operator: str, result: Truth) -> None:
    assert held(operator, "1", None) is result
    assert held(operator, "1", []) is result, "an empty set of values is an absent key"


@pytest.mark.parametrize(
    ("expected", "actual", "result"),
    [
        ("true", None, YES),
        ("true", "x", NO),
        ("false", "x", YES),
        ("false", None, NO),
        ("FALSE", "x", YES),
        (["true", "false"], None, YES),
        ("maybe", "x", UNKNOWN),
    ],
)
def test_null(expected: str | list[str], actual: Values, result: Truth) -> None:
    assert held("Null", expected, actual) is result


def test_if_exists_compares_a_key_that_exists() -> None:
    assert held("StringEqualsIfExists", "john", "ann") is NO
    assert held("StringEqualsIfExists", "john", "john") is YES


@pytest.mark.parametrize(
    ("rule", "operator", "actual", "result"),
    [
        ("every value fits one", "ForAllValues:StringEquals", ["a", "b"], YES),
        ("one value fits none", "ForAllValues:StringEquals", ["a", "c"], NO),
        ("one value fits", "ForAnyValue:StringEquals", ["c", "a"], YES),
        ("no value fits", "ForAnyValue:StringEquals", ["c", "d"], NO),
        ("every value fits none", "ForAllValues:StringNotEquals", ["c", "d"], YES),
        ("one value is forbidden", "ForAllValues:StringNotEquals", ["c", "a"], NO),
        ("one value is none of them", "ForAnyValue:StringNotEquals", ["c", "a"], YES),
        ("all values are among them", "ForAnyValue:StringNotEquals", ["a", "b"], NO),
        ("a single value may be quantified", "ForAnyValue:StringLike", "a", YES),
        ("an empty text may count as no value", "ForAllValues:StringEquals", [""], UNKNOWN),
        ("or changes nothing", "ForAnyValue:StringEquals", [""], NO),
        ("several values without a quantifier", "StringEquals", ["a", "c"], UNKNOWN),
        ("several values that agree", "StringEquals", ["a", "b"], YES),
        ("quantifiers ignore case", "forallvalues:stringequals", ["a", "c"], NO),
    ],
)
def test_several_values(rule: str, operator: str, actual: Values, result: Truth) -> None:
    assert held(operator, ["a", "b"], actual) is result, rule


def test_names_of_keys_ignore_case() -> None:
    condition = Condition("StringEquals", "AWS:sourceaccount", ("1",), True)
    assert condition.holds(Context({"aws:SourceAccount": "1"})) is YES


@pytest.mark.parametrize("unknown", ["*", "aws:principaltag/*", "AWS:PrincipalTag/team"])
def test_an_unknown_key_is_unknown(unknown: str) -> None:
    context = Context({"aws:PrincipalTag/known": "1"}, [unknown])
    assert Condition("StringEquals", "aws:PrincipalTag/team", ("1",), True).holds(context) is UNKNOWN
    assert Condition("Null", "aws:PrincipalTag/team", ("true",), True).holds(context) is UNKNOWN
    assert Condition("StringEquals", "aws:PrincipalTag/known", ("1",), True).holds(context) is YES


def test_an_unknown_key_decides_nothing_where_no_value_could_fit() -> None:
    context = Context({}, ["*"])
    assert Condition("StringEquals", "k:key", (), True).holds(context) is NO
    assert Condition("StringNotEquals", "k:key", (), True).holds(context) is YES
    assert Condition("StringEqualsIfExists", "k:key", (), True).holds(context) is UNKNOWN
    assert Condition("Null", "k:key", ("true", "false"), True).holds(context) is YES


@pytest.mark.parametrize(
    ("rule", "text", "fits", "does_not"),
    [
        ("a variable", "home/${aws:username}/*", "home/ann/x", "home/bob/x"),
        ("names of variables ignore case", "${AWS:UserName}", "ann", "bob"),
        ("a default that is not needed", "${aws:username, 'all'}", "ann", "all"),
        ("a default", "${aws:PrincipalTag/team, 'all'}", "all", "ann"),
        ("a literal star", "a${*}", "a*", "ab"),
        ("a literal question mark", "a${?}", "a?", "ab"),
        ("a literal dollar", "${$}{aws:username}", "${aws:username}", "ann"),
        ("no closing brace", "${aws:username", "${aws:username", "ann"),
    ],
)
def test_policy_variables(rule: str, text: str, fits: str, does_not: str) -> None:
    context = Context({"aws:username": "ann"})
    pattern = expand(text, context, variables=True, wildcards=True)
    assert not isinstance(pattern, Truth)
    assert matches(pattern, fits), rule
    assert not matches(pattern, does_not), rule


def test_variables_belong_to_the_version_of_2012() -> None:
    context = Context({"aws:username": "ann", "k:key": "${aws:username}"})
    assert Condition("StringEquals", "k:key", ("${aws:username}",), variables=False).holds(context) is YES
    assert Condition("StringEquals", "k:key", ("${aws:username}",), variables=True).holds(context) is NO


@pytest.mark.parametrize(
    ("rule", "values", "unknown", "result"),
    [
        ("its key is absent", {}, [], NO),
        ("its key is unknown", {}, ["aws:username"], UNKNOWN),
        ("its key has several values", {"aws:username": ["a", "b"]}, [], UNKNOWN),
        ("its value has a wildcard", {"aws:username": "*"}, [], UNKNOWN),
    ],
)
def test_a_variable_without_one_plain_value(
    rule: str, values: dict[str, str | list[str]], unknown: list[str], result: Truth
) -> None:
    context = Context(values, unknown)
    assert expand("x${aws:username}", context, variables=True, wildcards=True) is result, rule


def test_what_an_absent_variable_means_for_a_negated_operator_is_unknown() -> None:
    assert held("StringNotEquals", "${aws:username}", "ann") is UNKNOWN
    assert held("StringEquals", ["${aws:username}", "ann"], "ann") is YES


def test_numbers_and_ranges_know_no_variables() -> None:
    context = Context({"k:limit": "10", "k:key": "10"})
    assert Condition("NumericEquals", "k:key", ("${k:limit}",), True).holds(context) is UNKNOWN


def test_a_mismatch_says_what_was_compared() -> None:
    condition = Condition("StringEquals", "aws:SourceAccount", ("1",), True)
    there = condition.mismatch(Context({"AWS:SourceAccount": "2"}), NO)
    assert (there.key, there.expected, there.actual, there.result) == ("aws:SourceAccount", ("1",), "2", NO)
    assert condition.mismatch(Context({}), NO).actual is None
    assert condition.mismatch(Context({"aws:sourceaccount": ["2", "3"]}), NO).actual == "2, 3"
