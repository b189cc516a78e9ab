"""A JSON pointer finds what RFC 6901 says it finds, or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.pointer import follow, parse_pointer

# The examples of RFC 6901, section 5, but for the empty pointer: a whole document is no value.
RFC = {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, 'k"l': 6, " ": 7, "m~n": 8}


@pytest.mark.parametrize(
    ("pointer", "found"),
    [
        ("/foo", ["bar", "baz"]),
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/c%d", 2),
        ("/e^f", 3),
        ("/g|h", 4),
        ("/i\\j", 5),
        ('/k"l', 6),
        ("/ ", 7),
        ("/m~0n", 8),
    ],
)
def test_the_examples_of_the_standard_are_found(pointer, found):
    assert follow(RFC, pointer) == found


@pytest.mark.parametrize(
    "pointer",
    ["/nothing", "/foo/2", "/foo/-", "/foo/00", "/foo/+1", "/foo/x", "/foo/0/b", "/a~1b/c", "/foo/\u0660"],
)
def test_what_is_not_there_is_not_found(pointer):
    with pytest.raises(LookupError):
        follow(RFC, pointer)


def test_null_is_found():
    assert follow({"a": {"b": None}}, "/a/b") is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "'' is no JSON pointer such as /data/remaining"),
        ("data", "'data' is no JSON pointer such as /data/remaining; did you mean `/data`?"),
        ("data.left", "'data.left' is no JSON pointer such as /data/remaining; did you mean `/data/left`?"),
        ("$.a[0].left", "'$.a[0].left' is no JSON pointer such as /data/remaining; did you mean `/a/0/left`?"),
        ("what is left", "'what is left' is no JSON pointer such as /data/remaining"),
        ("/a~b", "'/a~b': in a pointer ~ is written ~0, and a slash within a name ~1"),
        ("/a~", "'/a~': in a pointer ~ is written ~0, and a slash within a name ~1"),
        ("/a" * 31, "a pointer has at most 30 steps and 300 characters"),
        ("/" + "a" * 300, "a pointer has at most 30 steps and 300 characters"),
    ],
)  # fmt: skip
def test_what_is_no_pointer_is_refused_with_what_was_meant(text, why):
    with pytest.raises(ValueError) as refused:
        parse_pointer(text)

    assert str(refused.value) == why


keys = st.text(alphabet="ab/~01", max_size=4)


@given(st.lists(keys, min_size=1, max_size=5))
def test_every_key_of_every_document_can_be_pointed_at(path):
    document = 7
    for key in reversed(path):
        document = {key: document}
    pointer = "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in path)

    assert parse_pointer(pointer) == tuple(path)
    assert follow(document, pointer) == 7
