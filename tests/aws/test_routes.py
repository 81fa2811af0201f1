"""Which method of an API serves a request."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.aws.routes import match_route, nearest_routes, serves


@dataclass(frozen=True)
class Route:
    """A method, as much of it as routing looks at."""

    http_method: str
    path: str

    def __str__(self):
        return f"{self.http_method} {self.path}"


def routes(*labels):
    return [Route(*label.split(" ")) for label in labels]


def matched(labels, path, verb=None, stages=()):
    return [str(route) for route in match_route(routes(*labels), path, verb, stages)]


@pytest.mark.parametrize(
    ("template", "path", "served"),
    [
        ("/", "/", True),
        ("/", "", True),
        ("/", "/a", False),
        ("/pets", "/pets", True),
        ("/pets", "/pets/", True),
        ("/pets", "/pets?limit=1", True),
        ("/pets", "/Pets", False),
        ("/pets", "/pets/1", False),
        ("/pets/{id}", "/pets/1", True),
        ("/pets/{id}", "/pets", False),
        ("/pets/{id}", "/pets/1/toys", False),
        ("/pets/{id}", "/pets/{id}", True),
        ("/pets/{id}/toys", "/pets/1/toys", True),
        ("/pets/{id}/toys", "/pets/1/food", False),
        ("/{proxy+}", "/", False),
        ("/{proxy+}", "/a", True),
        ("/{proxy+}", "/a/b/c", True),
        ("/pets/{proxy+}", "/pets", False),
        ("/pets/{proxy+}", "/pets/1", True),
        ("/{id}/{proxy+}", "/pets/1/2", True),
        ("/pets/{proxy+}", "/pets/{proxy+}", True),
    ],
)
def test_what_a_template_serves(template, path, served):
    assert serves(template, path) is served


@pytest.mark.parametrize(
    ("labels", "path", "best"),
    [
        (["GET /pets/mine", "GET /pets/{id}", "GET /{proxy+}"], "/pets/mine", "GET /pets/mine"),
        (["GET /pets/{id}", "GET /pets/{proxy+}", "GET /{proxy+}"], "/pets/7", "GET /pets/{id}"),
        (["GET /{proxy+}", "GET /pets/{proxy+}"], "/pets/7/toys", "GET /pets/{proxy+}"),
        (["GET /{id}/toys", "GET /pets/{id}"], "/pets/toys", "GET /pets/{id}"),
        (["GET /", "GET /{proxy+}"], "/", "GET /"),
    ],
)
def test_the_most_literal_resource_serves_whatever_the_order(labels, path, best):
    assert matched(labels, path, "GET") == [best]
    assert matched(labels[::-1], path, "GET") == [best]


@pytest.mark.parametrize(
    ("labels", "verb", "found"),
    [
        (["ANY /pets", "GET /pets"], "GET", ["GET /pets"]),
        (["ANY /pets", "GET /pets"], "POST", ["ANY /pets"]),
        (["GET /pets"], "POST", []),
        (["ANY /pets", "GET /pets"], None, ["ANY /pets", "GET /pets"]),
        (["GET /pets", "POST /{proxy+}"], "POST", []),
    ],
)
def test_the_verb_chooses_among_the_resource_s_methods_with_any_as_the_last_resort(labels, verb, found):
    assert matched(labels, "/pets", verb) == found


@pytest.mark.parametrize(
    ("labels", "path", "stages", "found"),
    [
        (["GET /pets"], "/prod/pets", ["prod"], ["GET /pets"]),
        (["GET /pets"], "/prod/pets", ["dev"], []),
        (["GET /"], "/prod", ["prod"], ["GET /"]),
        (["GET /"], "/prod/", ["prod"], ["GET /"]),
        (["GET /prod/pets", "GET /pets"], "/prod/pets", ["prod"], ["GET /prod/pets"]),
        (["GET /{proxy+}", "GET /pets"], "/prod/pets", ["prod"], ["GET /{proxy+}"]),
    ],
)
def test_a_path_pasted_with_its_stage_is_tried_again_without(labels, path, stages, found):
    assert matched(labels, path, "GET", stages) == found


segments = st.sampled_from(["pets", "{id}", "{proxy+}", "", "{", "}", "+}", "{}", "?", "é"]) | st.text(max_size=4)
paths = st.lists(segments, max_size=5).map("/".join) | st.text(max_size=20)


@given(
    st.lists(st.tuples(st.sampled_from(["GET", "ANY", ""]), paths), max_size=5), paths, st.none() | st.text(max_size=4)
)
def test_whatever_is_asked_the_answer_is_of_one_resource_and_nothing_is_raised(methods, path, verb):
    given_routes = [Route(*method) for method in methods]
    answer = match_route(given_routes, path, verb, ["prod", ""])
    assert set(answer) <= set(given_routes)
    assert len({route.path for route in answer}) <= 1


@given(st.lists(st.sampled_from(["pets", "toys", "{id}"]), max_size=4), st.booleans())
def test_a_template_serves_itself(parts, greedy):
    template = "/" + "/".join([*parts, "{proxy+}"] if greedy else parts)
    assert serves(template, template)


ROUTES = [("/orders", "GET"), ("/orders", "PUT"), ("/orders/{id}", "GET"), ("/docs/{proxy+}", "ANY"), ("/users", "GET")]


@pytest.mark.parametrize(
    ("path", "verb", "nearest"),
    [
        ("/orders", "POST", [("/orders", "GET"), ("/orders", "PUT"), ("/orders/{id}", "GET")]),
        ("/orders", "GET", [("/orders", "GET"), ("/orders", "PUT"), ("/orders/{id}", "GET")]),
        ("/Users", "GET", [("/users", "GET")]),
        ("/prod/users", None, [("/users", "GET")]),
        ("/docs", "GET", [("/docs/{proxy+}", "ANY")]),
        ("/order", "PUT", [("/orders", "PUT"), ("/orders", "GET")]),
        ("/nothing/like/it", "GET", []),
        ("/", "GET", []),
    ],
)
def test_the_nearest_routes(path, verb, nearest):
    assert list(nearest_routes(ROUTES, path, verb)) == nearest
    assert nearest_routes(reversed(ROUTES), path, verb) == tuple(nearest)
