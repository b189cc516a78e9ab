"""Every value knows its place; whatever stands in a file, reading it never raises."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifier.files.positions import MOST_BYTES, MOST_LEVELS, Fault, Place, load, parse, shown

YAML_LETTERS = list(":-[]{}?!&*|>'\"%#@`,\n \t~ab01")


def read(text):
    faults = []
    return parse(text, "a.yaml", faults), [str(fault) for fault in faults]


def only(text):
    """The value of the only field of *text*."""
    located, faults = read(text)
    assert faults == []
    (value,) = located.entries.values()
    return value


def where(place):
    return (place.line, place.column)


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [
        pytest.param("title: late", 2, (1, 10), id="plain"),
        pytest.param("title: 'late'", 2, (1, 11), id="in single quotes"),
        pytest.param('title: "late"', 2, (1, 11), id="in double quotes"),
        pytest.param("\n\n  title:   late", 0, (3, 12), id="behind blanks"),
        pytest.param("title: [late]", 3, (1, 8), id="the list that a value stands in"),
        pytest.param("title: 'it''s late'", 9, (1, 8), id="with an escaped quote: its beginning"),
        pytest.param('title: "\\u00e4late"', 3, (1, 8), id="with an escape: its beginning"),
        pytest.param("title: very\n  late", 6, (1, 8), id="over several lines: its beginning"),
        pytest.param('{title: "a\nb"}', 2, (1, 9), id="over several lines of the same length: its beginning"),
        pytest.param("title: |\n  very\n  late", 6, (1, 8), id="a block: its beginning"),
        pytest.param("title: !text late", 2, (1, 8), id="behind a tag: its beginning"),
        pytest.param("\ufefftitle: late", 2, (1, 10), id="behind a byte order mark"),
    ],
)
def test_a_character_of_a_value_has_its_place(tmp_path, text, offset, place):
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    (value,) = load(tmp_path / "a.yaml", "a.yaml", []).entries.values()

    assert place == where(value.at(offset))


@pytest.mark.parametrize("text", ["on", "no", "yes", "3:00", "010", "0x10", "1e3", "2026-11-22", ".inf", "~x"])
def test_a_plain_value_is_the_text_that_stands_there(text):
    assert text == only(f"a: {text}").text
    assert text == only(f"%YAML 1.1\n---\na: {text}").text


def test_nothing_is_absent_and_an_empty_text_is_not():
    assert [only(f"a: {text}").absent for text in ("", "~", "null")] == [True] * 3
    assert [only(f"a: {text}").absent for text in ('""', "'~'", "none")] == [False] * 3


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "1:1: the file is empty"),
        ("# only a comment\n", "1:1: the file is empty"),
        ("a: 1\nb: 2\na: 3", "3:1: `a` stands here twice; it was first at line 1"),
        ("a: &x 1\nb: *x", "2:4: an alias (`*name`) is not read here; write the value out"),
        ("a: {b: *nobody}", "1:8: an alias (`*name`) is not read here; write the value out"),
        ("a: 1\n\tb: 2", "2:1: is not YAML: a tab stands here; lines are indented with spaces"),
        ("a: {{ b }}", "1:5: a key is a single word; a text that begins with `{{` stands in quotes"),
        ("a: {{ b }} c", "1:12: is not YAML: put the whole value in quotes, not only its beginning"),
        ("a: 'b' c", "1:8: is not YAML: put the whole value in quotes, not only its beginning"),
        ("a: b: c", "1:5: is not YAML: put the text in quotes for its colon, or mend the indentation"),
        ("a: @b", "1:4: is not YAML: put the whole text in quotes: it cannot begin with this character"),
        ('a: "b', "1:6: is not YAML: something is not closed: a quote, a bracket or a brace"),
        ("a: [b", "1:6: is not YAML: something is not closed: a quote, a bracket or a brace"),
        ("a:\n  b: 1\n c: 2", "3:2: is not YAML: this line does not begin below the lines that it belongs to"),
        ("a: 1\n---\nb: 2", "2:1: is not YAML: a second document (`---`) is not read"),
        ("a: b\nc\x07d: 1", "2:2: a character stands here that no text has (U+0007)"),
        ('a: "\\ud800"', "1:4: half of a character (\\ud800 to \\udfff) stands here"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_with_its_place(text, fault):
    assert [f"a.yaml:{fault}"] == read(text)[1]


@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ("{a: ", "}")])
def test_nesting_is_bounded_whatever_the_depth_of_the_caller(opens, closes):
    assert read(opens * MOST_LEVELS + closes * MOST_LEVELS)[1] == []
    for levels in (MOST_LEVELS + 2, 400, 5_000):
        (fault,) = read(opens * levels + closes * levels)[1]
        assert fault.endswith(": this nests deeper than 30 levels")


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"a: \xff", "is not UTF-8 (byte 3)"),
        ("a: b".encode("utf-16"), "is not UTF-8 (byte 0)"),
        (b"#" * (MOST_BYTES + 1), "the file has 16,000,001 bytes; 16,000,000 are the most"),
    ],
)
def test_a_file_that_is_no_text_is_named(tmp_path, raw, fault):
    (tmp_path / "a.yaml").write_bytes(raw)
    faults = []

    assert load(tmp_path / "a.yaml", "rules/a.yaml", faults) is None
    assert [f"rules/a.yaml:1:1: {fault}"] == [str(each) for each in faults]


@pytest.mark.parametrize(("name", "why"), [("missing", "No such file or directory"), (".", "Is a directory")])
def test_a_file_that_is_not_there_is_named(tmp_path, name, why):
    faults = []

    assert load(tmp_path / name, "rules/a.yaml", faults) is None
    assert [f"rules/a.yaml:1:1: cannot be read: {why}"] == [str(each) for each in faults]


@given(st.binary(max_size=80))
@example(b"\xef\xbb\xbf")
def test_random_bytes_never_raise(tmp_path_factory, raw):
    path = tmp_path_factory.getbasetemp() / "random.yaml"
    path.write_bytes(raw)
    faults = []

    assert (load(path, "a.yaml", faults) is None) <= bool(faults)


@given(st.lists(st.sampled_from(YAML_LETTERS), max_size=40).map("".join))
@example("? [a]\n: b")
@example("!!python/object:os.system x")
@example("%TAG ! x\n%TAG ! y\n---\na")
def test_random_yaml_never_raises(text):
    located, faults = read(text)

    assert (located is None) <= bool(faults)
    assert all(fault.startswith("a.yaml:") and "\n" not in fault for fault in faults)


@pytest.mark.parametrize(
    "secret",
    [
        "sk-proj-abcdefghijkl",
        "sk-ant-api03-AbC_d-efGh",
        "SK-ADMIN-ABCDEF",
        "xoxb-123456-abcdef",
        "xapp-1-A0-abcdef",
        "SG.abcdefgh.ijklmnop",
        "hooks.slack.com/services/T0/B0/abc",
        "://user:password@",
        "0123456789abcdef0123456789abcdef",
        "dGhpcyBpcyBhIHNlY3JldCBrZXkgMTIzNDU2Nzg5MA==",
    ],
)
def test_a_fault_never_shows_what_looks_like_a_secret(secret):
    fault = str(Fault(Place("a.yaml"), f"'{secret}' or `{secret}` is not a date"))

    assert "not shown" in fault
    assert secret not in fault
    assert secret.lower() not in fault.lower()


@pytest.mark.parametrize(
    "harmless",
    [
        "https://platform.openai.com/settings/organization/billing/credit-grants",
        "/srv/research-office-2026/notifier-2/state/accounts-of-2026.yaml",
        "openai-researcher-access",
        "anthropic-external-researcher-access-program-2026",
        "org-abc123",
        "task-force",
        "mailto:a.researcher@example.edu",
        "a" * 40,
    ],
)
def test_a_fault_shows_what_does_not(harmless):
    assert f"a.yaml:1:1: `{harmless}` is wrong" == str(Fault(Place("a.yaml"), f"`{harmless}` is wrong"))


def test_a_fault_is_one_short_line_that_moves_no_cursor():
    said = shown("a\nb\x1b[31mc\u202ed" + "x" * 3_000 + "end")

    assert said.startswith("a\\nb\\x1b[31mc\\u202edxxx")
    assert said.endswith("xend")
    assert len(said) < 1_050
