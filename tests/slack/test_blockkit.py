"""The oracle takes what Slack takes, and refuses what Slack refuses or shows otherwise than it was meant."""

import pytest

from tests.slack.blockkit import MOST_TEXT, NotAccepted, check_message, check_view, text_of


def plain(text):
    return {"type": "plain_text", "text": text, "emoji": False}


def section(text="Said", **more):
    return {"type": "section", "text": plain(text), **more}


def rich(*leaves, kind="rich_text_section"):
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(leaves)}]}


def text(said, **style):
    return {"type": "text", "text": said} | ({"style": style} if style else {})


def button(action="go", **more):
    return {"type": "button", "action_id": action, "text": plain("Go"), **more}


def option(value, said=None):
    return {"text": plain(said or value), "value": value}


def menu(*options, **more):
    return {
        "type": "static_select", "action_id": "pick", "placeholder": plain("Choose"), "options": list(options), **more
    }  # fmt: skip


def field(**more):
    element = {"type": "plain_text_input", "action_id": "pasted", "multiline": True, **more}
    return {"type": "input", "block_id": "paste", "label": plain("Error"), "element": element}


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def cells(*rows):
    return {"type": "table", "rows": [[{"type": "raw_text", "text": each} for each in row] for row in rows]}


def message(*blocks, said="Said", **more):
    return {"text": said, "blocks": list(blocks), **more}


def modal(*blocks, **more):
    return {"type": "modal", "title": plain("Diagnose"), "submit": plain("Send"), "blocks": list(blocks), **more}


@pytest.mark.parametrize(
    "blocks",
    [
        [section("x" * 3_000)],
        [section(accessory=button(style="danger", value="v" * 2_000))],
        [{"type": "section", "fields": [plain("x" * 900)] * 10}],
        [{"type": "header", "text": plain("x" * 150)}, {"type": "divider"}],
        [{"type": "context", "elements": [plain("a &amp; b")] * 10}],
        [{"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A cause"}],
        [{"type": "alert", "level": "error", "text": plain("Down")}],
        [rich(text("<!channel>"), text("arn:*", code=True), {"type": "link", "url": "https://example.com"})],
        [rich(text("aws lambda"), kind="rich_text_preformatted")],
        [
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_list",
                        "style": "ordered",
                        "offset": 2,
                        "elements": [{"type": "rich_text_section", "elements": [text("Third")]}],
                    }
                ],
            }
        ],
        [actions(button(), button("again"), menu(option("a"), option("b"), initial_option=option("b")))],
        [actions(menu(option_groups=[{"label": plain("All"), "options": [option("a")]}]) | {"options": []})],
        [cells(("a", "b"), ("c", "d"))],
        [{"type": "markdown", "text": "**x**"}],
        [{"type": "divider"}] * 50,
    ],
    ids=lambda blocks: blocks[0]["type"],
)
def test_accepted(blocks):
    if blocks[0]["type"] == "actions":
        for element in blocks[0]["elements"]:
            if not element.get("options", True):
                del element["options"]
    check_message(message(*blocks))


@pytest.mark.parametrize(
    ("blocks", "complaint"),
    [
        ([], "0 blocks"),
        ([{"type": "divider"}] * 51, "51 blocks"),
        ([{"type": "rich_test"}], "unknown block"),
        ([section(colour="red")], "colour"),
        ([{"type": "section"}], "the SDK's models: text or fields"),
        ([{"type": "section", "text": {"type": "text", "text": "x"}}], "not valid"),
        ([{"type": "section", "text": {"type": "mrkdwn", "text": "x"}}], "mrkdwn"),
        ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "plain_text"),
        ([{"type": "section", "text": {"type": "plain_text", "text": "x"}}], "emoji"),
        ([{"type": "section", "text": plain("x") | {"emoji": True}}], "emoji"),
        ([section("a < b")], "not escaped"),
        ([section("a & b")], "not escaped"),
        ([section("x" * 3_001)], "3001 characters"),
        ([section("😀" * 1_501)], "3002 characters"),
        ([section("\x07")], "cannot be sent"),
        ([section("")], "0 characters"),
        ([{"type": "section", "fields": [plain("x")] * 11}], "11, 1 to 10"),
        ([{"type": "section", "fields": [plain("x" * 2_001)]}], "2001 characters"),
        ([{"type": "header", "text": plain("x" * 151)}], "151 characters"),
        ([{"type": "context", "elements": [plain("x")] * 11}], "11, 1 to 10"),
        ([actions(*(button(f"b{n}") for n in range(26)))], "26, 1 to 25"),
        ([actions(button(), button())], "action_id twice"),
        ([actions(button()), section(accessory=button())], "action_id twice"),
        ([section(block_id="b"), section(block_id="b")], "block_id twice"),
        ([section(block_id="b" * 256)], "256 characters"),
        ([actions(button("a" * 256))], "256 characters"),
        ([actions(button(text=plain("x" * 76)))], "76 characters"),
        ([actions(button(value="x" * 2_001))], "2001 characters"),
        ([actions(button(url="https://example.com/" + "x" * 3_000))], "3020 characters"),
        ([actions(button(url="javascript:alert(1)"))], "javascript"),
        ([actions(button(style="green"))], "green"),
        ([actions(menu())], "0, 1 to 100"),
        ([actions(menu(option("a", "x" * 76)))], "76 characters"),
        ([actions(menu(option("x" * 151, "a")))], "151 characters"),
        ([actions(menu(option("a"), option("a", "b")))], "the same value"),
        ([actions(menu(option("a"), initial_option=option("b")))], "no option"),
        ([actions(menu(option("a"), placeholder=plain("x" * 151)))], "151 characters"),
        (
            [actions({"type": "static_select", "action_id": "p", "options": [{"text": plain("a")}]})],
            "value of an option",
        ),
        ([{"type": "image", "image_url": "https://a.example/b", "alt_text": "x" * 2_001}], "2001 characters"),
        ([rich()], "elements"),
        ([rich(text(""))], "0 characters"),
        ([rich(text("x", bold=False))], "style"),
        ([rich(text("x", colour=True))], "colour"),
        ([rich({"type": "link", "url": "http://example.com"})], "http://example.com"),
        ([rich({"type": "user", "user_id": "everyone"})], "user_id"),
        ([rich(text("x"), kind="rich_text_quotation")], "rich_text"),
        ([cells(("a", "b"), ("c",))], "cells"),
        ([cells(["a"] * 21)], "cells"),
        ([cells(*[["a"]] * 101)], "101"),
        ([cells(["a"]), cells(["b"])], "more than one table"),
        ([{"type": "markdown", "text": "<!here>"}], "not escaped"),
        ([rich(text("x" * 4_000))] * 3, "12004 characters"),
        ([rich(text("<" * 2_501))], "10008 characters"),
    ],
)
def test_refused(blocks, complaint):
    with pytest.raises(NotAccepted, match=complaint):
        check_message(message(*blocks))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"text": " "}, "fallback"),
        ({"text": "<!channel>"}, "not escaped"),
        ({"text": "x" * 4_001}, "4001 characters"),
        ({"icon_emoji": ":x:"}, "icon_emoji"),
        ({"blocks": None}, "no blocks"),
    ],
)
def test_a_message_needs_a_text_that_is_not_parsed_and_blocks(changes, complaint):
    with pytest.raises(NotAccepted, match=complaint):
        check_message(message(section()) | changes)


def test_what_is_said_in_all_is_counted_together():
    check_message(message(*[rich(text("x" * 3_000))] * 3, rich(text("x" * 996))))
    assert len("Said") + 9_996 == MOST_TEXT


@pytest.mark.parametrize(
    "view",
    [
        modal(field(max_length=3_000, initial_value="a < b")),
        modal(section(), private_metadata="x" * 3_000, callback_id="diagnose", notify_on_close=True),
        {"type": "home", "blocks": [section(), actions(button())], "callback_id": "home"},
        {"type": "home", "blocks": [{"type": "divider"}] * 100},
    ],
)
def test_views_accepted(view):
    check_view(view)


@pytest.mark.parametrize(
    ("view", "complaint"),
    [
        (modal(section(), title=plain("x" * 25)), "25 characters"),
        (modal(section(), close=plain("x" * 25)), "25 characters"),
        (modal(section(), title={"type": "mrkdwn", "text": "x"}), "title"),
        (modal(section(), title={"type": "plain_text", "text": "x"}), "emoji"),
        (modal(section(), private_metadata="x" * 3_001), "3001 characters"),
        (modal(section(), callback_id="x" * 256), "256 characters"),
        (modal(section(), heading="x"), "heading"),
        ({"type": "modal", "title": plain("x"), "blocks": [field()]}, "cannot be submitted"),
        ({"type": "home", "blocks": [section()], "title": plain("x")}, "title"),
        ({"type": "tab", "blocks": [section()]}, "unknown view"),
        ({"type": "home", "blocks": [{"type": "divider"}] * 101}, "101 blocks"),
        (modal(field(max_length=3_001)), "max_length"),
        (modal(field(max_length=2, initial_value="abc")), "3 characters"),
        (modal(field() | {"label": plain("x" * 2_001)}), "2001 characters"),
        (modal(field(placeholder=plain("x" * 151))), "151 characters"),
        (modal(cells(["a"])), "table in a view"),
        (modal(field(focus_on_load=True), field(focus_on_load=True, action_id="b") | {"block_id": "b"}), "focus"),
        (modal(*[section("x" * 2_999)] * 90), "bytes"),
    ],
)
def test_views_refused(view, complaint):
    with pytest.raises(NotAccepted, match=complaint):
        check_view(view)


def test_what_is_shown():
    assert text_of(message(section("One"), rich(text("two"), text("three")))) == "One\ntwo\nthree"
