"""What a template shows of a value is the value, whatever stands in it, and can be nothing else."""

import ast
import json
import re
import shlex
import unicodedata
from gettext import NullTranslations

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError

from bot.reply.fences import pieces
from bot.reply.shell_words import NotForAShell
from bot.reply.templates import Prose, Templates, inline_code
from bot.reply.yaml_values import NotForATemplate

HOSTILE = [
    "`; rm -rf ~`",
    "``` ```",
    "$(reboot) ${HOME} $HOME",
    'it\'s "quoted"',
    "a\nb",
    "a\n\n  b \n",
    "\r\n",
    "<!channel> <@U012AB3CD> *bold* _it_ ~no~",
    "[click](https://example.com)",
    "# heading\n- list",
    "abc\u202edcba\u2066x",
    "\u200f\u200e",
    "a\u2028b\u2029c\x85d",
    "\x1b[31mred\x07",
    "{{ 7 * 7 }} {% raw %}",
    "%(name)s %s %",
    "- yes: [no, {a: b}] # & *",
    "null",
    "1e3",
    "トレース 🧵",
    "\\n \\u0041 \\",
    "",
    " ",
]
hostile = pytest.mark.parametrize("value", HOSTILE)
anything = st.text(st.characters(blacklist_categories=("Cs",))) | st.sampled_from(HOSTILE)
same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def shelf(tmp_path):
    """Makes templates by their file names."""

    def make(language="en", catalog=None, **files):
        for name, text in files.items():
            stem, _, ending = name.rpartition("__")
            (tmp_path / f"{stem}.{ending}.j2").write_text(text, "utf-8")
        return Templates([tmp_path], catalog or NullTranslations(), language)

    return make


def is_harmless_code(text):
    inner = text[1:-1]
    hidden = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    visible = all(unicodedata.category(character) not in hidden for character in inner)
    return text[0] == text[-1] == "`" and inner and "`" not in inner and visible


@hostile
def test_a_fact_in_words_is_inline_code_that_nothing_in_it_can_close(shelf, value):
    words = shelf(w__md="{% block b %}{% trans %}Say {{ fact }} now.{% endtrans %}{% endblock %}").words("w")
    said = words.block("b", {"fact": value})
    assert said.startswith("Say `")
    assert said.endswith("` now.")
    assert is_harmless_code(said[4:-5])


@given(anything)
def test_inline_code_is_one_harmless_line(value):
    assert is_harmless_code(inline_code(value))


@pytest.mark.parametrize("plain", ["arn:aws:iam::123456789012:role/a-b_c", "GET /pets/{id}", "$default", "トレース"])
def test_an_ordinary_fact_is_shown_as_it_is(plain):
    assert inline_code(plain) == f"`{plain}`"


def is_a_word_for_the_cli(value):
    return all(" " <= letter <= "~" for letter in value) and not re.match(r"-|[A-Za-z][\w+.-]*://", value)


@hostile
def test_a_value_in_a_script_is_one_word_and_itself_or_there_is_no_script(shelf, value):
    templates = shelf(c__sh="aws do {{ a }} --b {{ b }}\n")
    if is_a_word_for_the_cli(value):
        script = templates.shell("c", {"a": value, "b": "after"})
        assert shlex.split(script) == ["aws", "do", value, "--b", "after"]
    else:
        with pytest.raises(NotForAShell):
            templates.shell("c", {"a": value, "b": "after"})


@given(st.lists(st.text(st.characters(min_codepoint=32, max_codepoint=126)), min_size=1, max_size=3))
@same_folder
def test_whatever_the_values_a_script_has_just_these_words(shelf, values):
    template = "aws{% for each in values %} {{ each }}{% endfor %}\n"
    assume(all(map(is_a_word_for_the_cli, values)))
    assert shlex.split(shelf(c__sh=template).shell("c", {"values": values})) == ["aws", *values]


@given(st.text())
@same_folder
def test_whatever_the_value_a_script_is_printable(shelf, value):
    templates = shelf(c__sh="aws {{ a }} --document {{ {'d': a}|json }}")
    try:
        script = templates.shell("c", {"a": value})
    except NotForAShell:
        script = shelf(d__sh="aws --document {{ {'d': a}|json }}").shell("d", {"a": value})
    assert script.isascii()
    assert script.isprintable()
    assert json.loads(shlex.split(script)[-1]) == {"d": value}


@pytest.mark.parametrize("value", ["a,b=c", "a b", "[x]", "{x}", "'x'", "a'b", 'a"b', "~", "", "a1b2c3", "a.b-c_d+e"])
def test_a_value_within_a_word_of_shorthand_is_one_part_of_it(shelf, value):
    templates = shelf(c__sh="aws do --patch op=replace,value={{ a }} --next {{ b }}")
    if re.fullmatch(r"[\w.+-]*", value):
        assert shlex.split(templates.shell("c", {"a": value, "b": "a,b=c"}))[3:] == [
            f"op=replace,value={value}",
            "--next",
            "a,b=c",
        ]
    else:
        with pytest.raises(NotForAShell):
            templates.shell("c", {"a": value, "b": "x"})


@pytest.mark.parametrize(
    "value", ["file:///etc/passwd", "fileb://x", "https://evil.test/x", "HTTP://x", "-x", "--cli-input-json"]
)
def test_what_the_cli_would_not_take_literally_is_refused(shelf, value):
    with pytest.raises(NotForAShell):
        shelf(c__sh="aws do --name {{ a }}").shell("c", {"a": value})


def test_a_command_may_go_on_in_the_next_line(shelf):
    assert shelf(c__sh="aws do \\\n  --b {{ b }}  \n").shell("c", {"b": "x y"}) == "aws do \\\n  --b 'x y'"


def test_what_no_argument_can_hold_is_refused(shelf):
    with pytest.raises(NotForAShell):
        shelf(c__sh="{{ a }}").shell("c", {"a": "x\0y"})


@hostile
def test_a_value_in_yaml_is_one_scalar_and_itself(shelf, value):
    document = shelf(t__yaml="a: {{ a }}\nb:\n  - {{ a }}\n  - 1\n").yaml("t", {"a": value})
    assert yaml.safe_load(document) == {"a": value, "b": [value, 1]}


@given(anything | st.integers() | st.booleans() | st.none())
@same_folder
def test_whatever_the_value_yaml_gives_it_back(shelf, value):
    assert yaml.safe_load(shelf(t__yaml="a: {{ a }}\nb: 1\n").yaml("t", {"a": value})) == {"a": value, "b": 1}


# What CloudFormation takes literally: anything else is refused, below.
literals = anything.filter(lambda text: "{{resolve:" not in text)
names = literals.filter(lambda name: name != "Ref" and not name.startswith("Fn::"))
documents = st.recursive(
    literals | st.booleans() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
)


@given(st.dictionaries(names, documents, min_size=1, max_size=3))
@same_folder
def test_whatever_the_document_a_block_gives_it_back(shelf, document):
    text = shelf(t__yaml="Resources:\n  Method:\n{{ resource|block(4) }}\nOutputs: {}\n").yaml(
        "t", {"resource": document}
    )
    assert yaml.safe_load(text) == {"Resources": {"Method": document}, "Outputs": {}}


@pytest.mark.parametrize("key", ["Ref", "Fn::Sub", "Fn::Transform", "Fn::ForEach::x"])
def test_no_document_gains_a_function(shelf, key):
    templates = shelf(t__yaml="Resources:\n{{ resource|block(2) }}\n")
    with pytest.raises(NotForATemplate):
        templates.yaml("t", {"resource": {"Properties": {"Variables": [{"deep": {key: "AWS::AccountId"}}]}}})


def test_a_value_that_has_a_secret_read_makes_no_template(shelf):
    with pytest.raises(NotForATemplate):
        shelf(t__yaml="a: {{ a }}").yaml("t", {"a": "{{resolve:secretsmanager:prod:SecretString:password}}"})


def test_what_occurs_twice_is_written_twice_as_cloudformation_reads_no_aliases(shelf):
    same = {"a": ["b"]}
    text = shelf(t__yaml="{{ resource|block(0) }}").yaml("t", {"resource": {"x": same, "y": same}})
    assert "&" not in text
    assert yaml.safe_load(text) == {"x": same, "y": same}


@given(st.text(st.characters(blacklist_categories=("Cs",))))
@same_folder
def test_a_template_shows_what_it_holds(shelf, value):
    text = shelf(t__yaml="a: {{ a }}\n{{ d|block(0) }}").yaml("t", {"a": value, "d": {"d": [value]}})
    assert all(letter.isprintable() or letter in "\n\u3000" for letter in text)
    assert yaml.safe_load(text) == {"a": value, "d": [value]}


@hostile
def test_a_document_in_a_script_is_one_word_of_json(shelf, value):
    script = shelf(c__sh="aws put --document {{ d|json }} --region {{ region }}").shell(
        "c", {"d": {"a": [value]}, "region": "r"}
    )
    words = shlex.split(script)
    assert (words[:3], words[4:]) == (["aws", "put", "--document"], ["--region", "r"])
    assert json.loads(words[3]) == {"a": [value]}


@pytest.mark.parametrize(
    ("file", "render"),
    [
        ("w__md", lambda templates: templates.words("w").block("b")),
        ("w__sh", lambda templates: templates.shell("w", {})),
        ("w__yaml", lambda templates: templates.yaml("w", {})),
    ],
)
@pytest.mark.parametrize("use", ["{{ gone }}", "{{ gone.member }}", "{% if gone %}x{% endif %}"])
def test_a_value_that_nobody_gave_is_an_error(shelf, file, render, use):
    templates = shelf(**{file: f"{{% block b %}}x {use}{{% endblock %}}"})
    with pytest.raises(UndefinedError, match="gone"):
        render(templates)


def test_a_value_that_a_sentence_lacks_is_an_error(shelf):
    words = shelf(w__md="{% block b %}{% trans %}Say {{ gone }}.{% endtrans %}{% endblock %}").words("w")
    with pytest.raises(UndefinedError, match="gone"):
        words.block("b")


def test_scripts_have_no_empty_lines_and_none_that_ends_in_space(shelf):
    text = "{% if yes %}\na {{ '' }} \n\n{% endif %}\n   \nb\n\n"
    assert shelf(c__sh=text).shell("c", {"yes": True}) == "a ''\nb"


@pytest.mark.parametrize("text", ["", "\n\n", "{% if no %}\naws\n{% endif %}\n"])
def test_what_prints_nothing_is_none(shelf, text):
    templates = shelf(c__sh=text, c__yaml=text)
    assert templates.shell("c", {"no": False}) is None
    assert templates.yaml("c", {"no": False}) is None
    assert templates.shell("gone", {}) is None


def test_words_that_are_not_there_are_an_error(shelf):
    with pytest.raises(TemplateNotFound):
        shelf().words("gone")


def test_prose_is_words_already(shelf):
    words = shelf(w__md="{% block b %}{{ a }} {{ b|prose }} {{ c }}{% endblock %}").words("w")
    assert words.block("b", {"a": Prose("as `it` is"), "b": "too", "c": "code"}) == "as `it` is too `code`"


@pytest.mark.parametrize(("language", "shown"), [("en", "12,345.5"), ("es", "12.345,5"), ("ja", "12,345.5")])
def test_numbers_are_written_as_the_language_does(shelf, language, shown):
    words = shelf(language, w__md="{% block b %}{{ n }}{% endblock %}").words("w")
    assert words.block("b", {"n": 12345.5}) == shown


@pytest.mark.parametrize(("language", "shown"), [("en", "`a`, `b{0}`, `3`"), ("ja", "`a`、`b{0}`、`3`")])
def test_each_fact_of_a_list_is_shown_by_itself(shelf, language, shown):
    words = shelf(language, x__md="{% block b %}{{ many }}{% endblock %}").words("x")
    assert words.block("b", {"many": ("a", "b{0}", "3")}) == shown
    assert words.block("b", {"many": ("a",)}) == "`a`"
    assert words.block("b", {"many": ()}) == "` `"


def test_truths_are_facts_and_no_numbers(shelf):
    assert shelf(w__md="{% block b %}{{ n }}{% endblock %}").words("w").block("b", {"n": True}) == "`True`"


class Said(NullTranslations):
    """A catalog of two sentences."""

    def gettext(self, message):
        return {"Say %(fact)s.": "%(fact)s と言う。"}.get(message, message)

    def ngettext(self, msgid1, msgid2, n):
        return "%(count)s 件" if msgid1 == "%(count)s read" else msgid1


def test_a_sentence_is_translated_whole_and_its_facts_are_put_in_afterwards(shelf):
    text = "{% block b %}{% trans %}\n  Say {{ fact }}.\n{% endtrans %}{% endblock %}"
    words = shelf("ja", Said(), w__md=text).words("w")
    assert words.block("b", {"fact": "%(fact)s"}) == "`%(fact)s` と言う。"


def test_plurals_are_the_catalog_s(shelf):
    sentence = "{% trans count=count %}{{ count }} read{% pluralize %}{{ count }} reads{% endtrans %}"
    text = f"{{% block b %}}{sentence}{{% endblock %}}"
    assert shelf("ja", Said(), w__md=text).words("w").block("b", {"count": 2}) == "2 件"
    english = shelf(w__md=text).words("w")
    assert [english.block("b", {"count": count}) for count in (1, 2)] == ["1 read", "2 reads"]


def test_a_block_that_is_not_there_says_nothing(shelf):
    words = shelf(w__md="{% block b %}x{% endblock %}").words("w")
    assert ("b" in words, "c" in words, words.block("c")) == (True, False, "")


def test_what_a_file_does_not_say_the_one_it_extends_says(shelf):
    words = shelf(
        base__md="{% block b %}base{% endblock %}{% block c %}from the base{% endblock %}",
        w__md='{% extends "base.md.j2" %}{% block b %}own{% endblock %}{% block d %}more{% endblock %}',
    ).words("w")
    assert [words.block(name) for name in "bcd"] == ["own", "from the base", "more"]
    assert "c" in words


def test_an_included_file_sees_the_values(shelf):
    words = shelf(
        part__md="{% trans %}Do {{ a }}.{% endtrans %}", w__md='{% block b %}{% include "part.md.j2" %}{% endblock %}'
    )
    assert words.words("w").block("b", {"a": "it"}) == "Do `it`."


def test_lists_are_chained(shelf):
    script = "{% for x in chain(a, b) %}\n{{ x }}\n{% endfor %}"
    assert shelf(c__sh=script).shell("c", {"a": ["1"], "b": ["2", "3"]}) == "1\n2\n3"


IN_CODE = "{% block b %}\n{% trans %}Return:{% endtrans %}\n\n\n```python\npolicy = {{ fact }}\n```\n{% endblock %}"


@hostile
@pytest.mark.parametrize("use", ["fact", "fact|json", "(fact)|json(2)"])
def test_a_value_in_fenced_code_is_one_literal_that_cannot_end_it(shelf, value, use):
    said = shelf(w__md=IN_CODE.replace("fact", use)).words("w").block("b", {"fact": value})
    head, code, rest = said.split("\n```")
    assert (head, rest) == ("Return:\n", "")
    literal = code.removeprefix("python\npolicy = ")
    assert ast.literal_eval(literal) == json.loads(literal) == value
    assert is_harmless_code(f"`{literal}`")


@given(
    st.recursive(st.text(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3))
)
@same_folder
def test_whatever_the_document_it_stays_within_its_fence(shelf, document):
    template = IN_CODE.replace("fact", "fact|json(2)")
    said = shelf(w__md=template).words("w").block("b", {"fact": document})
    assert [piece.is_code for piece in pieces(said)] == [False, True]
    assert json.loads(list(pieces(said))[1].text.removeprefix("policy = ")) == document


def test_a_value_behind_the_code_is_a_fact_again(shelf):
    said = (
        shelf(w__md=IN_CODE.replace("{% endblock %}", "{{ fact }}{% endblock %}")).words("w").block("b", {"fact": "x"})
    )
    assert said.endswith('policy = "x"\n```\n`x`')


@pytest.mark.parametrize("code", ["```\n{% trans %}Words.{% endtrans %}\n```", "Words: ```\ncode\n```"])
def test_what_would_not_come_out_as_code_is_an_error(shelf, code):
    with pytest.raises(TemplateSyntaxError, match="fence"):
        shelf(w__md=f"{{% block b %}}\n{code}\n{{% endblock %}}").words("w")
