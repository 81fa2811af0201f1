"""What people paste comes out as they meant it, whatever Slack made of it."""

import html
from pathlib import Path

import pytest

from bot.slack.incoming.paste import from_message, from_mrkdwn

BOT = "UKINTSUGI"
PASTES = sorted((Path(__file__).parents[1] / "pastes").glob("*.txt"))


def section(*elements):
    return {"type": "rich_text_section", "elements": list(elements)}


def text(value, **more):
    return {"type": "text", "text": value, **more}


def event(plain, *elements):
    return {"text": plain, "blocks": [{"type": "rich_text", "elements": list(elements)}]}


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        ("a &lt;b&gt; &amp;&amp; c", "a <b> && c"),
        ("a literal &amp;lt;", "a literal &lt;"),
        ("<https://x.test/prod?a=1&amp;b=2>", "https://x.test/prod?a=1&b=2"),
        ("<https://x.test/prod|https://x.test/prod>", "https://x.test/prod"),
        ("<http://a1.eu-west-1.amazonaws.com|a1.eu-west-1.amazonaws.com>", "a1.eu-west-1.amazonaws.com"),
        ("<http://A1.test/|A1.test>", "A1.test"),
        ("<https://x.test/prod|the orders API>", "the orders API https://x.test/prod"),
        ("<mailto:ops@x.test|ops@x.test> <tel:+3412|+3412>", "ops@x.test +3412"),
        ("<@UKINTSUGI> help", "help"),
        ("please <@UKINTSUGI|kintsugi> help", "please  help"),
        ("<@U111> <@U222|ada> <#C333> <#C444|ops>", "@U111 ada #C333 #ops"),
        ("<!here> <!subteam^S555> <!subteam^S555|@oncall>", "@here @S555 @oncall"),
        ("<!date^1392734382^{date}|18 February 2014>", "18 February 2014"),
        ("look:\n```{\"message\": \"Internal\"}```\nodd", 'look:\n\n{"message": "Internal"}\n\nodd'),
        ("```json\n{&quot;&lt;<http://a.test|a.test>&gt;}```", "{&quot;<a.test>}"),
        ("```ERROR\nx```", "ERROR\nx"),
        ("<tel:123456789012|123456789012> <tel:+3412>", "123456789012 +3412"),
        ("<https://c.test/%7Bproxy%2B%7D|https://c.test/{proxy+}>", "https://c.test/{proxy+}"),
        ("one\r\ntwo\r\n", "one\ntwo"),
        ("<not markup> stays, and 1 < 2", "<not markup> stays, and 1 < 2"),
        ("arn:aws:execute-api:*:*:a1b2c3d4e5/*/GET/_x_", "arn:aws:execute-api:*:*:a1b2c3d4e5/*/GET/_x_"),
        ("half a pair \ud83d", "half a pair ?"),
        ("", ""),
    ],
)  # fmt: skip
def test_mrkdwn(pasted, meant):
    assert from_mrkdwn(pasted, BOT) == meant


@pytest.mark.parametrize(
    ("message", "meant"),
    [
        pytest.param(
            event("<@UKINTSUGI> a &amp; b", section({"type": "user", "user_id": BOT}, text(" a & b"))),
            "a & b",
            id="rich text is not escaped",
        ),
        pytest.param(
            event("arn:aws:s3:::x", section(text("arn"), {"type": "emoji", "name": "aws"}, text("s3:::x"))),
            "arn:aws:s3:::x",
            id="an emoji inside of an ARN",
        ),
        pytest.param(
            event(":wave::skin-tone-3:", section({"type": "emoji", "name": "wave", "skin_tone": 3})),
            ":wave::skin-tone-3:",
            id="a skin tone",
        ),
        pytest.param(
            event(
                "log:\n```a\nb```\nend",
                section(text("log:")),
                {"type": "rich_text_preformatted", "elements": [text("a\nb")]},
                section(text("end")),
            ),
            "log:\na\nb\nend",
            id="a fence",
        ),
        pytest.param(
            event(
                "",
                {
                    "type": "rich_text_list",
                    "style": "ordered",
                    "offset": 2,
                    "elements": [section(text("one")), section(text("two"))],
                },
                {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [section(text("three"))]},
                {
                    "type": "rich_text_list",
                    "style": "ordered",
                    "indent": 3,
                    "elements": [section(text("four\nand on"))],
                },
                section(text("end")),
            ),
            "3. one\n4. two\n  - three\n      1. four\nand on\nend",
            id="lists keep their markers, numbers and depths",
        ),
        pytest.param(
            event("", {"type": "rich_text_list", "style": "bullet", "indent": 10**9, "elements": [section(text("x"))]}),
            "- x",
            id="a list deeper than any",
        ),
        pytest.param(
            event(
                "",
                section(
                    {"type": "link", "url": "http://a.test/prod", "text": "a.test/prod"},
                    text(" "),
                    {"type": "link", "url": "https://b.test"},
                    text(" "),
                    {"type": "link", "url": "tel:123456789012", "text": "123456789012"},
                    text(" "),
                    {"type": "link", "url": "mailto:ops@x.test", "text": "ops@x.test"},
                    text(" "),
                    {"type": "link", "url": "https://c.test/%7Bproxy%2B%7D?a=1&b=2", "text": "c.test/{proxy+}?a=1&b=2"},
                ),
            ),
            "a.test/prod https://b.test 123456789012 ops@x.test c.test/{proxy+}?a=1&b=2",
            id="links",
        ),
        pytest.param(
            event(
                "",
                section(
                    text("arn:aws:iam::"),
                    {"type": "link", "url": "tel:123456789012", "text": "123456789012"},
                    text(":role/orders on https://"),
                    {"type": "link", "url": "http://a1.test/prod", "text": "a1.test/prod"},
                    text("/{id}"),
                ),
            ),
            "arn:aws:iam::123456789012:role/orders on https://a1.test/prod/{id}",
            id="links inside of an ARN and of an address",
        ),
        pytest.param(
            event(
                "",
                section(
                    {"type": "channel", "channel_id": "C1"},
                    {"type": "broadcast", "range": "here"},
                    {"type": "usergroup", "usergroup_id": "S1"},
                    {"type": "color", "value": "#a1b2c3"},
                    {"type": "date", "timestamp": 1, "fallback": "today"},
                    {"type": "unheard_of"},
                ),
            ),
            "#C1@here@S1#a1b2c3today",
            id="other elements",
        ),
        pytest.param(
            event(
                "curl\n&gt; GET /prod HTTP/1.1\n&gt;\n&lt; HTTP/1.1 500",
                section(text("curl\n")),
                {"type": "rich_text_quote", "elements": [text("GET /prod HTTP/1.1\n\n")]},
                section(text("< HTTP/1.1 500")),
            ),
            "curl\n> GET /prod HTTP/1.1\n>\n< HTTP/1.1 500",
            id="what curl sent is no quotation",
        ),
        pytest.param(
            event(
                "",
                {"type": "rich_text_quote", "elements": [text("a"), section(text("b\nc"))]},
                {"type": "rich_text_quote", "elements": [{"type": "rich_text_quote", "elements": [text("d")]}]},
                {"type": "rich_text_list", "style": "bullet", "border": 1, "elements": [section(text("e"))]},
                {"type": "rich_text_preformatted", "border": 1, "elements": [text("f\ng")]},
                {"type": "rich_text_preformatted", "border": 0, "elements": [text("h")]},
            ),
            "> a\n> b\n> c\n> > d\n> - e\n> f\n> g\nh",
            id="quotations in quotations, lists and code in them",
        ),
        pytest.param(
            event(
                "",
                {"type": "rich_text_preformatted", "language": "json", "elements": [text('json\n{"a": 1}')]},
                {"type": "rich_text_preformatted", "elements": [text("ERROR\njson")]},
            ),
            '{"a": 1}\nERROR\njson',
            id="the language of a fence is no part of the code",
        ),
        pytest.param(
            event("a &amp;lt; b", section(text("a &lt; b"))),
            "a &lt; b",
            id="a typed escape stays",
        ),
        pytest.param(
            event("if a &lt; b &amp;&amp; c", section(text("if a &lt; b &amp;&amp; c"))),
            "if a < b && c",
            id="rich text that is escaped all the same",
        ),
        pytest.param(
            event("See “--region” – it’s cut…", section(text("See “--region” – it’s\u00a0\u200bcut…"))),
            "See “--region” – it’s\u00a0\u200bcut…",
            id="quotes, dashes, spaces and cuts stay as they are",
        ),
        pytest.param(
            event("one\r\ntwo", section(text("one\r\n"), text("two\r\n"))), "one\ntwo", id="line breaks of Windows"
        ),
        pytest.param(
            event("a first line\nthe second", section(text("a first line")), section(text("the second\n"))),
            "a first line\nthe second",
            id="each element is a line",
        ),
        pytest.param(
            event("the whole &lt;log&gt; stands here", section(text(""))),
            "the whole <log> stands here",
            id="empty rich text beside a full text",
        ),
        pytest.param(
            event("", section(text("only rich text"))), "only rich text", id="empty text beside full rich text"
        ),
        pytest.param({"text": "no blocks"}, "no blocks", id="no blocks"),
        pytest.param({"text": "caption", "blocks": [{"type": "divider"}]}, "caption", id="blocks without text"),
    ],
)
def test_message(message, meant):
    assert from_message(message, BOT) == meant


def bold(value):
    return text(value, style={"bold": True})


def italic(value):
    return text(value, style={"italic": True})


@pytest.mark.parametrize(
    ("elements", "meant"),
    [
        ([text("arn:aws:execute-api:"), bold(":"), text(":id/*/GET")], "arn:aws:execute-api:*:*:id/*/GET"),
        ([text('"Action": "'), bold('", "Resource": "'), text('"')], '"Action": "*", "Resource": "*"'),
        ([text("s3:Get"), bold(" and s3:Put")], "s3:Get and s3:Put"),
        ([text("s3:Get"), bold(",s3:Put")], "s3:Get*,s3:Put*"),
        ([text("_"), italic("init"), text("_ and "), italic("_main_")], "__init__ and __main__"),
        ([text("a"), text("/", style={"strike": True}), text("b")], "a~/~b"),
        ([text("x"), text("y", style={"bold": True, "italic": True}), text("z")], "x*_y_*z"),
        ([text("x"), bold("a"), {"type": "emoji", "name": "aws", "style": {"bold": True}}, text("z")], "x*a:aws:*z"),
        ([bold("Error:"), text(" 500")], "Error: 500"),
        ([bold("Error"), text(": 500")], "Error: 500"),
        ([text("it is ("), bold("really"), text("), "), italic("really"), text(".")], "it is (really), really."),
        ([text("エラー"), bold("Internal server error"), text("です")], "エラーInternal server errorです"),
        ([text("run"), text("x*y", style={"code": True, "bold": True}), text("z")], "runx*yz"),
        ([text("x"), bold("")], "x"),
    ],
)
def test_markers_of_literals_come_back_and_those_of_emphasis_do_not(elements, meant):
    assert from_message(event("", section(*elements)), BOT) == meant


def test_a_marker_that_the_text_does_not_have_was_not_taken_out():
    assert from_message(event("foobarbaz and more", section(text("foo"), bold("bar"), text("baz and more"))), BOT) == (
        "foobarbaz and more"
    )


def test_a_megabyte_of_opened_markup_is_read_at_once():
    assert from_mrkdwn("<@" * 500_000, BOT) == "<@" * 500_000


@pytest.mark.parametrize("path", PASTES, ids=lambda path: path.stem)
def test_what_people_paste_arrives_whole(path):
    pasted = path.read_text("utf-8")
    escaped = html.escape(pasted, quote=False)
    meant = pasted.replace("\r\n", "\n").strip()
    assert from_message(event("", section(text(pasted))), BOT) == meant
    if "```" not in pasted:
        assert from_message(event(escaped, section(text(pasted))), BOT) == meant
        assert from_message({"text": escaped}, BOT) == meant
        assert from_message({"text": "", "attachments": [{"text": escaped}]}, BOT) == meant
