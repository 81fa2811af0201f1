"""What is shared, and what does not fit into one message."""

from bot.model import Mend
from tests.slack.blockkit import text_of
from tests.slack.replies import a_finding, a_fix, a_reply
from tests.slack.serving import (
    PATIENCE,
    ask,
    button_of,
    click,
    command,
    own_words,
    post,
    response,
)


def test_a_command_is_answered_to_the_asker_who_may_share_it(served):
    acknowledged = served.send("slash_commands", command(served, "my API"))
    assert own_words("acknowledged") in text_of(acknowledged)
    private = response(served)
    assert private["response_type"] == "ephemeral"
    assert "Answer to my API in en" in text_of(private)
    button = button_of(private)
    assert button["text"]["text"] == own_words("share")

    assert served.send("interactive", click(served, button["value"])) == {}
    shared = response(served)
    assert shared["response_type"] == "in_channel"
    assert "Answer to my API in en" in text_of(shared)
    assert {"type": "user", "user_id": "UEN"} in shared["blocks"][-1]["elements"][0]["elements"]
    assert all(block["type"] != "actions" for block in shared["blocks"])

    served.send("interactive", click(served, button["value"]))
    again = response(served)
    assert again["response_type"] == "ephemeral"
    assert text_of(again) == own_words("no_longer_kept")


def test_nobody_else_may_share(served):
    served.send("slash_commands", command(served))
    job = button_of(response(served))["value"]
    served.send("interactive", click(served, job, user="UES"))
    refused = response(served)
    assert (refused["response_type"], text_of(refused)) == ("ephemeral", own_words("not_yours", "es"))
    served.send("interactive", click(served, job))
    assert response(served)["response_type"] == "in_channel"


def test_sharing_that_failed_can_be_tried_again(served):
    served.send("slash_commands", command(served))
    job = button_of(response(served))["value"]
    served.refusals["response_url"] = "service_unavailable"
    served.send("interactive", click(served, job))
    shared, told = (served.refused.get(timeout=PATIENCE) for _ in range(2))
    assert [shared["response_type"], told["response_type"]] == ["in_channel", "ephemeral"]
    del served.refusals["response_url"]
    served.send("interactive", click(served, job))
    assert response(served)["response_type"] == "in_channel"


def long_answer(**changes):
    long = "\n".join(f"  Property{number}: value" for number in range(500))
    mends = tuple(Mend(a_finding(), a_fix(cloudformation=f"Resources: # {number}\n{long}")) for number in range(3))
    return a_reply(findings=mends, **changes)


def test_what_does_not_fit_follows_as_a_file_in_the_thread(served, stub):
    stub.answers = long_answer
    body = ask(served)
    answer = post(served)
    assert own_words("rest_in_file") in text_of(answer)
    file = served.files.get(timeout=PATIENCE)
    assert (file["channel_id"], file["thread_ts"]) == ("C1", body["event"]["ts"])
    for number in range(3):
        assert f"Resources: # {number}" in file["content"]
        assert f"Resources: # {number}" not in text_of(answer)
    assert file["content"].count("Property499: value") == 3


def test_without_the_scope_for_files_the_rest_follows_as_messages(served, stub):
    served.refusals["files.getUploadURLExternal"] = "missing_scope"
    stub.answers = long_answer
    ask(served)
    post(served)
    left_out = text_of(post(served))
    assert own_words("left_out") in left_out
    assert "CloudFormation" in left_out


def test_a_command_gets_the_rest_in_further_messages(served, stub):
    def answer(**changes):
        mends = tuple(Mend(a_finding(), a_fix(title=f"Fix {number}", why="why " * 800)) for number in range(16))
        return a_reply(findings=mends, **changes)

    stub.answers = answer
    served.send("slash_commands", command(served))
    messages = [response(served) for _ in range(5)]
    assert len({message["path"] for message in messages}) == 1
    assert own_words("left_out") in text_of(messages[-1])
    assert all(own_words("rest_follows") in text_of(message) for message in messages[:-1])
    assert button_of(messages[0])
