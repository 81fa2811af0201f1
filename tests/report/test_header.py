"""Which values of headers are plainly there."""

import pytest

from bot.report.header import Headers, query_names


@pytest.mark.parametrize(
    "value",
    [
        "Bearer $TOKEN", "Bearer ${TOKEN}", "$(get-token)", "Bearer <token>", "[redacted]", "Bearer ****", "xxxxxxxx",
        "Bearer eyJhbGci...", "{{token}}", "YOUR_API_KEY", "your-token-here", "Bearer TOKEN", "%TOKEN%", "api_key",
        "Bearer my_access_token",
    ],
)  # fmt: skip
def test_of_headers_with_what_stands_for_a_value_nothing_is_claimed(value: str):
    headers = Headers()
    headers.add("Authorization", value)
    assert headers.request((), is_whole=True) is None


def values(headers: Headers) -> dict[str, str]:
    request = headers.request((), is_whole=True)
    assert request is not None
    return dict(request.values)


@pytest.mark.parametrize("value", ["allow", "Bearer abc.def", "Basic am9lOnB3", "", "*/*", "a-b_c=="])
def test_a_value_that_is_there_is_kept_as_it_was_sent(value: str):
    headers = Headers()
    headers.add("Authorization", value)
    assert values(headers) == {"authorization": value}


def test_a_header_sent_twice_has_both_values():
    headers = Headers()
    headers.add("X-A", "1")
    headers.add("x-a", "2")
    assert headers.value("x-a") == "1, 2"


def test_pseudo_headers_are_no_headers():
    headers = Headers()
    headers.add(":path", "/x")
    assert values(headers) == {}


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("https://h/x?a=1&b=2#c=3", ("a", "b")),
        ("/x?flag&empty=&a=1&a=2", ("a",)),
        ("https://h/x", ()),
        ("/x?%00=1&eyJhbGciOiJ.x.y", ()),
    ],
)
def test_parameters_without_a_value_are_not_named(url: str, names: tuple[str, ...]):
    assert query_names(url) == names
