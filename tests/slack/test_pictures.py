"""Pictures say what the payload says, to the letter, and refuse what they cannot show. No browser is needed here."""

import json
from html.parser import HTMLParser

import pytest

from tools.slack_pictures.exact import check_exact
from tools.slack_pictures.page import page_of
from tools.slack_pictures.surfaces import NotDrawn, Surface, read_surfaces

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:orders:live"
HOSTILE = f'<script>alert(1)</script> & "{ARN}" *_~`\n\n  :aws: </div> {{{{ surface }}}}'


def plain(text):
    return {"type": "plain_text", "text": text, "emoji": False}


def rich(*elements):
    return {"type": "rich_text", "elements": list(elements)}


def said(*elements):
    return {"type": "rich_text_section", "elements": list(elements)}


def text(words, **style):
    return {"type": "text", "text": words, "style": style}


def message(*blocks, **more):
    return Surface("shown", "en", "message", {"text": "spoken", "blocks": list(blocks)}, **more)


def modal(*blocks):
    view = {
        "type": "modal",
        "title": plain("Ask"),
        "close": plain("Leave"),
        "submit": plain("Go"),
        "blocks": list(blocks),
    }
    return Surface("asked", "ja", "modal", view)


def text_of(page):
    parts = []
    parser = HTMLParser()
    parser.handle_data = parts.append
    parser.feed(page.partition("<body")[2])
    parser.close()
    return "".join(parts)


OPTIONS = [{"text": plain("English"), "value": "en"}, {"text": plain("日本語"), "value": "ja"}]

DRAWN = {
    "rich text": rich(
        said(text(HOSTILE), text(ARN, code=True, bold=True), {"type": "link", "url": "https://a.example/?a=1&b=2"}),
        {"type": "rich_text_list", "style": "ordered", "offset": 2, "elements": [said(text("an item"))]},
        {"type": "rich_text_preformatted", "elements": [text(f"\n  aws lambda get-policy --name '{ARN}' \\\n")]},
        {"type": "rich_text_quote", "elements": [text("as it was said")]},
    ),
    "section": {
        "type": "section",
        "text": {"type": "mrkdwn", "text": f"*Bold* {ARN} `{ARN}` &lt;b&gt; <https://a.example|label>"},
        "fields": [plain("one"), plain("two")],
        "accessory": {"type": "button", "action_id": "go", "text": plain("Go"), "style": "danger", "value": "1"},
    },
    "context": {"type": "context", "elements": [plain(HOSTILE), {"type": "mrkdwn", "text": f"_{ARN}_"}]},
    "header": {"type": "header", "text": plain("Head")},
    "actions": {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": "a", "text": plain(":key:"), "url": "https://a.example"},
            {"type": "static_select", "action_id": "b", "options": OPTIONS, "initial_option": OPTIONS[1]},
            {"type": "overflow", "action_id": "c", "options": OPTIONS},
        ],
    },
    "input": {
        "type": "input",
        "label": plain("What?"),
        "optional": True,
        "hint": plain("Anything."),
        "element": {"type": "plain_text_input", "action_id": "d", "multiline": True, "initial_value": HOSTILE},
    },
    "choice": {"type": "input", "label": plain("Which?"), "element": {"type": "radio_buttons", "options": OPTIONS}},
    "search": {
        "type": "input",
        "label": plain("Where?"),
        "element": {"type": "external_select", "action_id": "e", "placeholder": plain("An API")},
    },
}


@pytest.mark.parametrize("block", DRAWN.values(), ids=DRAWN)
@pytest.mark.parametrize("around", [message, modal])
def test_a_picture_says_everything_to_the_letter(block, around):
    surface = around(block, {"type": "divider"})
    shown = text_of(page_of(surface))
    check_exact(shown, surface)


def test_a_missing_colon_is_noticed():
    surface = message(rich(said(text(ARN))))
    with pytest.raises(NotDrawn, match="does not show"):
        check_exact(text_of(page_of(surface)).replace(":function:", "function"), surface)


def test_an_arn_in_mrkdwn_stays_an_arn():
    surface = message({"type": "section", "text": {"type": "mrkdwn", "text": f"see {ARN} :eyes:"}})
    assert f"see {ARN} 👀" in text_of(page_of(surface))


def test_a_message_without_blocks_is_its_text():
    surface = Surface("said", "en", "ephemeral", {"text": "*No* &amp; no"})
    shown = text_of(page_of(surface))
    assert "No & no" in shown
    assert "Only visible to you" in shown


def test_what_is_chosen_is_shown_and_no_other_option():
    shown = text_of(page_of(message(DRAWN["actions"])))
    assert "日本語" in shown
    assert "English" not in shown


def test_a_file_is_shown_by_its_first_lines():
    lines = [f"Line{number}: {ARN}" for number in range(1, 10)]
    surface = message(DRAWN["header"], files=({"name": "template.yaml", "content": "\n".join(lines)},))
    shown = text_of(page_of(surface))
    check_exact(shown, surface)
    assert lines[0] in shown
    assert lines[-1] not in shown
    assert "9 lines" in shown


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ({"type": "video"}, "video cannot be drawn"),
        ({"type": "header", "text": plain("x"), "level": 2}, "level"),
        ({"type": "header"}, "text"),
        (rich(said(text("x", underline=True))), "underline"),
        (rich(said({"type": "user", "user_id": "U1"})), "U1"),
        (rich(said({"type": "emoji", "name": "our_own"})), ":our_own:"),
        ({"type": "section", "text": {"type": "mrkdwn", "text": "<!channel>"}}, "<!channel>"),
        ({"type": "section", "text": {"type": "mrkdwn", "text": "&gt; said"}}, "quote"),
    ],
)
def test_what_cannot_be_drawn_is_told(block, told):
    with pytest.raises(NotDrawn, match=f"shown.en: .*{told}"):
        page_of(message(block))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"surface": "canvas"}, "canvas"),
        ({"colour": "red"}, "colour"),
        ({"payload": {"text": "x", "attachments": []}}, "attachments"),
    ],
)
def test_an_entry_that_is_no_surface_is_told(tmp_path, change, told):
    path = tmp_path / "surfaces.json"
    path.write_text(json.dumps([{"name": "a", "language": "en", "surface": "message", "payload": {}} | change]))
    with pytest.raises(NotDrawn, match=told):
        read_surfaces(path)
