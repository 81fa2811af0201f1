"""What is owed is written down whole, whoever repeats it, and read again as it was."""

import hashlib
import json
from dataclasses import fields, replace

import pytest

from bot.slack.incoming import attached, entrances
from bot.slack.incoming.attached import AttachedFile
from bot.slack.incoming.entrances import Asked, Clicked, ClickedMessage, Commented, ResponseUrl, Thread, Way
from bot.slack.incoming.lasting import FORM, Unreadable, group_of, id_of, kind_of, read, written

ASKED = Asked(
    person="U1",
    pasted="it <fails> \ud7ff\U0001f600 \u202e",
    answer_to=Thread("C1", "1.1"),
    way=Way.MENTION,
    key=("message", "C1", "1.1"),
    channel="C1",
    otherwise=ResponseUrl("https://hooks.slack.com/x"),
    files=(AttachedFile("F1", "a.log", "text/plain", "text", 12, "https://files.slack.com/a"), AttachedFile("F2")),
)
MESSAGE = ClickedMessage("C1", "1.2", "1.1", False)
CLICKED = Clicked("U1", "check_again_v1", "an-id", "4.5.6", ("trigger", "4.5.6"), ResponseUrl("https://x"), MESSAGE)
COMMENTED = Commented("U1", "an-id", "it was not", ("view", "V1"))


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("answer_to", [Thread("C1", "1.1"), Thread("U1"), ResponseUrl("https://x")])
def test_a_question_comes_back_as_it_was(way, answer_to):
    asked = replace(ASKED, way=way, answer_to=answer_to)
    assert read(written(asked)) == asked


@pytest.mark.parametrize("entrance", [CLICKED, replace(CLICKED, message=None, answer_to=None), COMMENTED])
def test_a_click_and_a_comment_come_back_as_they_were(entrance):
    assert read(written(entrance)) == entrance


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '[1, "asked"]', '[1, "asked", {}]', '[1, "other", {}]', "[" * 100_000]
)
def test_what_was_not_written_is_not_read(text):
    with pytest.raises(Unreadable):
        read(text)


FORM_1 = """
[1, "asked", {"person": "U1", "pasted": "it fails", "answer_to": {"channel": "C1", "ts": "1.1"}, "way": "mention",
"key": ["message", "C1", "1.1"], "channel": "C1", "otherwise": {"url": "https://x"}, "hangs_on": null,
"files": [{"id": "F1", "name": "a.log", "mimetype": "", "filetype": "", "size": 1, "url": null}],
"is_shared": false, "language": null, "account": null, "region": null}]
"""


def test_what_an_older_release_has_written_is_read():
    asked = read(FORM_1)
    assert (asked.way, asked.answer_to, asked.otherwise) == (Way.MENTION, Thread("C1", "1.1"), ResponseUrl("https://x"))
    assert asked.files == (AttachedFile("F1", "a.log", size=1),)
    commented = read('[1, "commented", {"person": "U1", "answer": "an-id", "comment": "no", "key": ["view", "V1"]}]')
    assert commented == Commented("U1", "an-id", "no", ("view", "V1"))


def test_a_newer_form_is_not_read():
    form, *rest = json.loads(written(ASKED))
    with pytest.raises(Unreadable, match=f"form {FORM + 1}"):
        read(json.dumps([form + 1, *rest]))


def test_the_form_is_raised_with_the_shape():
    classes = [*(getattr(entrances, name) for name in ("Asked", "Clicked", "ClickedMessage", "Commented")), *(
        entrances.Thread, entrances.ResponseUrl, attached.AttachedFile,
    )]  # fmt: skip
    shape = "\n".join(f"{each.__name__}.{field.name}: {field.type}" for each in classes for field in fields(each))
    shape += "".join(way.value for way in Way)
    # Where this fails, raise FORM and write the new shape here.
    assert (FORM, hashlib.sha256(shape.encode()).hexdigest()[:12]) == (3, "df8fcddf6359")


def test_ids_are_those_of_the_thing_and_not_of_the_delivery():
    again = replace(ASKED, way=Way.DIRECT, pasted="x", files=())
    other = replace(ASKED, key=("message", "C1", "1.10"))
    assert id_of(again) == id_of(ASKED) != id_of(other)
    assert id_of(replace(ASKED, key=("message", "C11", ".1"))) != id_of(replace(ASKED, key=("message", "C1", "1.1")))
    assert len(id_of(ASKED)) == 32


def test_a_thread_is_one_after_the_other_and_what_is_alone_is_for_itself():
    reply = replace(ASKED, way=Way.REPLY, key=("message", "C1", "1.3"))
    assert group_of(ASKED) == group_of(reply) == group_of(CLICKED) == "C1:1.1"
    alone = [
        replace(ASKED, way=Way.COMMAND, answer_to=ResponseUrl("https://x")),
        replace(ASKED, way=Way.FORM, answer_to=Thread("U1")),
        replace(CLICKED, message=replace(MESSAGE, is_ephemeral=True)),
        COMMENTED,
        replace(ASKED, answer_to=Thread("C" * 200, "1")),
        replace(ASKED, answer_to=Thread("C 1\n", "1")),
    ]
    assert [group_of(each) for each in alone] == [id_of(each) for each in alone]


def test_all_direct_messages_with_somebody_are_in_order():
    first = replace(ASKED, way=Way.DIRECT, answer_to=Thread("D1", "1.1"))
    assert group_of(first) == group_of(replace(first, answer_to=Thread("D1", "2.2"))) == "D1"


def test_kinds_are_words():
    assert [kind_of(each) for each in (ASKED, CLICKED, COMMENTED)] == ["mention", "clicked", "commented"]
