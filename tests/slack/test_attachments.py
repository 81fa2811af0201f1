"""What alert bots post and people forward is read whole, in its order, and nothing twice.

Grafana's, the CloudWatch forwarder's, Sentry's and the forwarded payloads are shaped as those projects and Slack's
SDKs publish them; Amazon Q's, PagerDuty's and Datadog's as people show them in issues.
"""

import html
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.incoming.paste import from_message

BOT = "UKINTSUGI"


def mrkdwn(text):
    return {"type": "mrkdwn", "text": text}


def section(text, *fields):
    return {"type": "section", "text": mrkdwn(text)} | (
        {"fields": [mrkdwn(field) for field in fields]} if fields else {}
    )


def rich(text):
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}],
    }


GRAFANA = {
    "subtype": "bot_message",
    "bot_id": "B1",
    "text": "",
    "attachments": [
        {
            "id": 1,
            "color": "D63232",
            "fallback": "[FIRING:1] API Gateway 5xx",
            "title": "[FIRING:1] API Gateway 5xx",
            "title_link": "https://grafana.test/alerting/list?a=1&amp;b=2",
            "text": "*Firing*\n\nLabels:\n - ApiId = a1b2c3d4e5\n - Stage = prod\nSummary: 5xx &gt; 1 %",
            "footer": "Grafana v10.1",
            "ts": 1700000000,
            "mrkdwn_in": ["pretext", "text"],
        }
    ],
}

CLOUDWATCH_FORWARDER = {
    "bot_id": "B1",
    "text": "AWS CloudWatch notification - orders-5xx",
    "attachments": [
        {
            "color": "danger",
            "fallback": "Alarm orders-5xx triggered",
            "fields": [
                {"title": "Alarm Name", "value": "`orders-5xx`", "short": True},
                {
                    "title": "Alarm reason",
                    "value": "Threshold Crossed: 1 datapoint [12.0] was &gt;= 5.0",
                    "short": False,
                },
                {
                    "title": "Link to Alarm",
                    "value": "<https://console.aws.test/cloudwatch/home?region=eu-west-1#alarm>",
                },
            ],
        }
    ],
}

AMAZON_Q = {
    "bot_id": "B1",
    "bot_profile": {"name": "Amazon Q Developer"},
    "text": "",
    "attachments": [
        {
            "color": "#d13212",
            "fallback": "[no preview available]",
            "blocks": [
                section(
                    ":rotating_light: *<https://console.aws.test/alarm|CloudWatch Alarm> | orders-5xx | eu-west-1 "
                    "| Account: 123456789012*"
                ),
                section("Threshold Crossed: 1 datapoint", "*ApiName*\norders", "*Stage*\nprod"),
                {"type": "image", "image_url": "https://x.test/graph.png", "alt_text": "5XXError Sum"},
                {
                    "type": "actions",
                    "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Show logs"}}],
                },
            ],
        }
    ],
}

PAGERDUTY = {
    "bot_id": "B1",
    "text": "Triggered #4711: orders API answers 500",
    "attachments": [
        {
            "color": "#ff0000",
            "blocks": [
                section("*<https://x.pagerduty.test/incidents/Q1|Triggered #4711: orders API answers 500>*"),
                section("*Service:* <https://x.pagerduty.test/service/P1|orders>", "*Urgency:*\nHigh"),
                {"type": "context", "elements": [mrkdwn("Assigned: <@U1>"), {"type": "image", "alt_text": "avatar"}]},
            ],
            "fallback": "[no preview available]",
        }
    ],
}

DATADOG = {
    "bot_id": "B1",
    "text": "",
    "attachments": [
        {
            "pretext": "",
            "title": "Triggered: 5xx on {apiname:orders,stage:prod}",
            "title_link": "https://app.datadog.test/event?id=1",
            "text": "a1b2c3d4e5.execute-api answers 502\n```Internal server error```\n@slack-ops",
            "fallback": "Triggered: 5xx on {apiname:orders,stage:prod}",
            "fields": [{"title": "Tags:", "value": "env:prod, region:eu-west-1"}, {"value": "no title"}],
        }
    ],
}

SENTRY = {
    "bot_id": "B1",
    "text": "[orders] KeyError: 'tenant' with interactive elements",
    "blocks": [
        section(":red_circle: <https://sentry.test/issues/1|*KeyError*>"),
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "'tenant' <in> x"}]}],
        },
        {
            "type": "context",
            "elements": [mrkdwn("Project: orders"), {"type": "plain_text", "text": "Short ID: ORDERS-1"}],
        },
    ],
}

FORWARDED = {
    "text": "<@UKINTSUGI> have a look",
    "blocks": [rich(" have a look")],
    "attachments": [
        {
            "ts": "1688651267.097029",
            "author_id": "U2",
            "author_name": "Ada",
            "author_subname": "Ada",
            "channel_id": "C2",
            "is_msg_unfurl": True,
            "is_share": True,
            "from_url": "https://x.slack.com/archives/C2/p1688651267097029",
            "fallback": "[July 6th, 2023 6:47 AM] ada: arn:aws:iam::*:role/x &amp; more",
            "text": "arn:aws:iam::*:role/x &amp; more",
            "message_blocks": [
                {"team": "T1", "channel": "C2", "message": {"blocks": [rich("arn:aws:iam::*:role/x & more")]}}
            ],
            "footer": "Posted in #ops",
            "attachments": [{"title": "orders", "text": "502 Bad Gateway"}],
        }
    ],
}


@pytest.mark.parametrize(
    ("message", "meant"),
    [
        pytest.param(
            GRAFANA,
            "[FIRING:1] API Gateway 5xx https://grafana.test/alerting/list?a=1&b=2\n*Firing*\n\nLabels:\n"
            " - ApiId = a1b2c3d4e5\n - Stage = prod\nSummary: 5xx > 1 %\nGrafana v10.1",
            id="Grafana",
        ),
        pytest.param(
            CLOUDWATCH_FORWARDER,
            "AWS CloudWatch notification - orders-5xx\nAlarm Name: `orders-5xx`\n"
            "Alarm reason: Threshold Crossed: 1 datapoint [12.0] was >= 5.0\n"
            "Link to Alarm: https://console.aws.test/cloudwatch/home?region=eu-west-1#alarm",
            id="a forwarder of CloudWatch alarms",
        ),
        pytest.param(
            AMAZON_Q,
            ":rotating_light: *CloudWatch Alarm https://console.aws.test/alarm | orders-5xx | eu-west-1 "
            "| Account: 123456789012*\nThreshold Crossed: 1 datapoint\n*ApiName*\norders\n*Stage*\nprod\n5XXError Sum",
            id="Amazon Q",
        ),
        pytest.param(
            PAGERDUTY,
            "*Triggered #4711: orders API answers 500 https://x.pagerduty.test/incidents/Q1*\n"
            "*Service:* orders https://x.pagerduty.test/service/P1\n*Urgency:*\nHigh\nAssigned: @U1",
            id="PagerDuty",
        ),
        pytest.param(
            DATADOG,
            "Triggered: 5xx on {apiname:orders,stage:prod} https://app.datadog.test/event?id=1\n"
            "a1b2c3d4e5.execute-api answers 502\n\nInternal server error\n\n@slack-ops\n"
            "Tags: env:prod, region:eu-west-1\nno title",
            id="Datadog",
        ),
        pytest.param(
            SENTRY,
            ":red_circle: *KeyError* https://sentry.test/issues/1\n'tenant' <in> x\n"
            "Project: orders\nShort ID: ORDERS-1",
            id="Sentry",
        ),
        pytest.param(FORWARDED, "have a look\narn:aws:iam::*:role/x & more\norders\n502 Bad Gateway", id="forwarded"),
        pytest.param(
            {"attachments": [{"fallback": "only here &lt;x&gt;", "color": "#f00"}]},
            "only here <x>",
            id="only a fallback",
        ),
        pytest.param(
            {
                "text": "[no preview available]",
                "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "H"}}],
            },
            "H",
            id="blocks alone",
        ),
        pytest.param(
            {"text": "same words here", "attachments": [{"text": "same words here", "pretext": "Same words here"}]},
            "same words here",
            id="the same three times",
        ),
        pytest.param(
            {"text": "a first", "attachments": [{"text": "a second"}, {"text": "a third"}, {"text": "a second"}]},
            "a first\na third\na second",
            id="several",
        ),
        pytest.param(
            {
                "text": "https://x.test/article",
                "attachments": [
                    {"from_url": "https://x.test/article", "title": "Why 502?", "text": "Bad Gateway"},
                    {"from_url": "https://x.test/alert", "is_app_unfurl": True, "text": "an app shows its alert"},
                ],
            },
            "https://x.test/article\nan app shows its alert",
            id="a page behind a link is not what was pasted",
        ),
        pytest.param(
            {"text": "Internal server error", "attachments": [{"text": "Server: internal\nError: none"}]},
            "Internal server error\nServer: internal\nError: none",
            id="the same words do not say the same",
        ),
        pytest.param(
            {"text": "orders is broken: a1b2c3d4e5", "bot_id": "B1", "blocks": [rich("Internal server error on prod")]},
            "orders is broken: a1b2c3d4e5\nInternal server error on prod",
            id="a text and rich text that say different things",
        ),
    ],
)
def test_message(message, meant):
    assert from_message(message, BOT) == meant


@pytest.mark.parametrize(
    ("block", "meant"),
    [
        ({"type": "header", "text": {"type": "plain_text", "text": "A &amp; B"}}, "A & B"),
        ({"type": "markdown", "text": "## Title\n```json\n{&lt;}\n```"}, "## Title\n\n{<}"),
        ({"type": "image", "title": {"type": "plain_text", "text": "Graph"}, "alt_text": "5xx"}, "Graph\n5xx"),
        ({"type": "image", "title": {"type": "plain_text", "text": "Graph"}, "alt_text": "graph"}, "graph"),
        (
            {
                "type": "table",
                "rows": [
                    [{"type": "raw_text", "text": "Status"}, {"type": "raw_text", "text": "a <b>"}],
                    [rich("502"), {"type": "raw_number", "value": 3.0, "text": "3"}],
                ],
            },
            "Status\ta <b>\n502\t3",
        ),
        (
            {"type": "data_table", "caption": "Calls", "rows": [[{"type": "raw_text", "text": "GET"}]]},
            "Calls\nGET",
        ),
        ({"type": "alert", "level": "error", "text": {"type": "mrkdwn", "text": "*down*"}}, "*down*"),
        (
            {
                "type": "container",
                "title": {"type": "plain_text", "text": "Outside"},
                "child_blocks": [section("inside"), {"type": "divider"}],
            },
            "Outside\ninside",
        ),
        (
            {
                "type": "card",
                "title": mrkdwn("T"),
                "subtitle": mrkdwn("S"),
                "body": mrkdwn("B"),
                "actions": [{"text": "x"}],
            },
            "T\nS\nB",
        ),
        (
            {"type": "plan", "title": "Plan", "tasks": [{"type": "task_card", "title": "Do", "output": rich("done")}]},
            "Plan\nDo\ndone",
        ),
        ({"type": "input", "label": {"type": "plain_text", "text": "no"}}, ""),
        ({"type": "section", "text": mrkdwn("x"), "accessory": {"type": "button", "text": mrkdwn("no")}}, "x"),
    ],
)
def test_block(block, meant):
    assert from_message({"blocks": [block]}, BOT) == meant


def nested(levels, inner, wrap):
    for _ in range(levels):
        inner = wrap(inner)
    return inner


@pytest.mark.parametrize(
    "message",
    [
        {"attachments": nested(900, [{"text": "x"}], lambda inner: [{"attachments": inner}])},
        {"blocks": nested(900, [section("x")], lambda inner: [{"type": "container", "child_blocks": inner}])},
        {"blocks": nested(900, [{"type": "rich_text"}], lambda inner: [{"type": "section", "fields": [inner]}])},
        {
            "blocks": [
                {
                    "type": "rich_text",
                    "elements": nested(
                        900,
                        [{"type": "text", "text": "x"}],
                        lambda inner: [{"type": "rich_text_quote", "elements": inner}],
                    ),
                }
            ]
        },
    ],
)
def test_nothing_is_nested_too_deep(message):
    assert from_message({"text": "the text", **message}, BOT) == "the text"


def test_what_forwards_a_forwarded_message_is_read():
    once = [{"is_share": True, "text": "inner &lt;"}]
    message = {"attachments": nested(3, once, lambda inner: [{"is_share": True, "attachments": inner}])}
    assert from_message(message, BOT) == "inner <"


def test_a_message_as_large_as_slack_allows_is_read_at_once():
    words = " ".join(str(number) for number in range(7_000))
    message = {"text": words, "attachments": [{"text": f"{number} {words}"} for number in range(100)]}
    before = time.monotonic()
    assert len(from_message(message, BOT)) > len(words)
    assert time.monotonic() - before < 20


TYPES = st.sampled_from([
    "rich_text", "rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted", "text", "link",
    "emoji", "user", "section", "context", "table", "image", "mrkdwn", "header", "container", "markdown",
])  # fmt: skip
NAMES = st.sampled_from([
    "elements", "text", "url", "name", "style", "indent", "offset", "border", "skin_tone", "bold", "fields", "rows",
    "title", "value", "fallback", "blocks", "attachments", "message_blocks", "message", "is_share", "from_url",
    "title_link", "child_blocks", "pretext", "footer",
])  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | TYPES
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.builds(lambda kind, more: more | {"type": kind}, TYPES | inner, st.dictionaries(NAMES, inner, max_size=5))
    ),
    max_leaves=40,
)


LISTS = st.lists(ANYTHING, max_size=4) | ANYTHING


@given(text=ANYTHING, blocks=LISTS, attachments=LISTS)
def test_no_payload_is_refused(text, blocks, attachments):
    read = from_message({"text": text, "blocks": blocks, "attachments": attachments}, BOT)
    assert read.encode("utf-8").decode() == read == read.strip()


@given(st.dictionaries(NAMES, ANYTHING, max_size=5))
def test_no_message_is_refused(message):
    assert isinstance(from_message(message, BOT), str)


def escaped(text):
    return html.escape(text, quote=False)


# Fences are taken off, line breaks made one kind and margins cut; all else has to come out as it went in.
PLAIN = (
    st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1)
    .map(str.strip)
    .filter(lambda text: text and "```" not in text)
)


@given(PLAIN)
def test_a_text_comes_out_as_it_went_in(text):
    element = {"type": "text", "text": text}
    preformatted = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": f".\n{text}"}]}
    for message in (
        {"text": escaped(text)},
        {"text": escaped(text), "blocks": [rich(text)]},
        {"text": "", "blocks": [rich(text)]},
        {"text": escaped(text), "blocks": [section(escaped(text))]},
        {"text": "", "attachments": [{"text": escaped(text)}]},
        {"text": escaped(text), "attachments": [{"fallback": escaped(text), "blocks": [rich(text)]}]},
        {
            "attachments": [
                {"is_share": True, "text": escaped(text), "message_blocks": [{"message": {"blocks": [rich(text)]}}]}
            ]
        },
        {"blocks": [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [element]}]}]},
    ):
        assert from_message(json.loads(json.dumps(message)), BOT) == text
    assert from_message({"blocks": [{"type": "rich_text", "elements": [preformatted]}]}, BOT) == f".\n{text}"
