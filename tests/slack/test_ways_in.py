"""Every way in, in every language, over both transports: a question is acknowledged at once and answered where asked."""

import pytest

from tests.slack.serving import own_words, said, serving

PEOPLE = {"en": "UEN", "ja": "UJA", "zh_TW": "UZH", "es": "UES"}


@pytest.fixture(params=["socket", "http"])
def over(request):
    return request.param


@pytest.mark.parametrize("language", PEOPLE)
def test_mention(slack, stub, tmp_path, over, language):
    with serving(slack, stub, tmp_path, over):
        stub.go.clear()
        asked = slack.person(PEOPLE[language]).mention("C1", "GET /orders & more")
        placeholder = slack.wait_for(lambda: slack.answers(asked))[0]
        assert said(placeholder) == own_words("working", language)
        stub.go.set()
        answer = slack.wait_for(lambda: [m for m in slack.answers(asked) if m.edits])[0]
        assert "Answer to GET /orders & more in " + language in said(answer)
