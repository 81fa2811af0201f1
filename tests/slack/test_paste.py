"""What people paste comes out as they meant it, whatever Slack made of it."""

import pytest

from bot.slack.incoming.paste import from_message, from_mrkdwn

BOT = "UKINTSUGI"


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
                "1. one\n2. two",
                {
                    "type": "rich_text_list",
                    "style": "ordered",
                    "offset": 2,
                    "elements": [section(text("one")), section(text("two"))],
                },
                {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [section(text("three"))]},
            ),
            "3. one\n4. two\n  - three",
            id="lists keep their markers",
        ),
        pytest.param(
            event(
                "x",
                section(
                    {"type": "link", "url": "http://a.test/prod", "text": "a.test/prod"},
                    text(" "),
                    {"type": "link", "url": "https://b.test"},
                ),
            ),
            "a.test/prod https://b.test",
            id="links",
        ),
        pytest.param(
            event(
                "x",
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
            event("the whole &lt;log&gt; stands here", section(text(""))),
            "the whole <log> stands here",
            id="empty rich text beside a full text",
        ),
        pytest.param(
            event("", section(text("only rich text"))), "only rich text", id="empty text beside full rich text"
        ),
        pytest.param({"text": "no blocks"}, "no blocks", id="no blocks"),
        pytest.param(
            {"text": "caption", "blocks": [{"type": "image", "alt_text": "x"}]}, "caption", id="blocks without text"
        ),
    ],
)
def test_message(message, meant):
    assert from_message(message, BOT) == meant


def test_a_megabyte_of_opened_markup_is_read_at_once():
    assert from_mrkdwn("<@" * 500_000, BOT) == "<@" * 500_000
