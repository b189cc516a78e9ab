"""JSON from anybody is read to the last digit, or refused in a sentence that repeats nothing of it."""

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.web.document import NotRead, read

DEEP = 30_000


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"a": 412.50}', {"a": Decimal("412.50")}),
        (b'{"a": 0.1, "b": -3, "c": 1e-7}', {"a": Decimal("0.1"), "b": Decimal(-3), "c": Decimal("1e-7")}),
        (b'{"a": true, "b": null, "c": ["x"]}', {"a": True, "b": None, "c": ["x"]}),
        (b'{"a": ' + b"9" * 5_000 + b"}", {"a": Decimal("9" * 5_000)}),
        ('{"é": "\\ud800 \u202e"}'.encode(), {"é": "\ud800 \u202e"}),
        (b"{}", {}),
    ],
)
def test_what_stands_there_is_read_as_it_is_written(body, found):
    assert read(body) == found


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "the body is not JSON: expecting value, line 1, column 1"),
        (b'{"a": 1,}', "the body is not JSON"),
        (b"\xff\xfe{}", "the body is not UTF-8"),
        (b"\xef\xbb\xbf{}", "the body is not JSON"),  # a byte order mark
        (b'{"a": "sk-fake' + b"\xff" + b'"}', "the body is not UTF-8"),
        (b'{"a": NaN}', "a NaN or an Infinity"),
        (b'{"a": [-Infinity]}', "a NaN or an Infinity"),
        (b'{"a": 1, "a": 2}', "a name stands twice"),
        (b'{"f": {"a": 1, "a": 1}}', "a name stands twice"),
        (b'{"a": 1, "\\u0061": 2}', "a name stands twice"),
        (b'{"a": 1e99999999999999999999}', "beyond belief"),
        (b"[" * DEEP, "nested too deeply"),
        (b'{"a":' * DEEP, "nested too deeply"),
        (b'{"a": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "nested too deeply"),
        (b"[1]", "no JSON object"),
        (b"null", "no JSON object"),
        (b'"facts"', "no JSON object"),
        (b"{} {}", "the body is not JSON: extra data"),
        (b"{'a': 1}", "the body is not JSON"),
    ],
)
def test_what_is_no_plain_json_object_is_refused(body, why):
    with pytest.raises(NotRead) as refused:
        read(body)

    assert why in str(refused.value)
    assert "sk-fake" not in str(refused.value)
    assert len(str(refused.value)) < 120


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda each: st.lists(each, max_size=3)
)


@settings(max_examples=50)
@given(st.dictionaries(st.text(max_size=5), values, max_size=4))
def test_whatever_a_program_writes_comes_back(document):
    assert read(json.dumps(document).encode()) == document


@settings(max_examples=100)
@given(st.binary(max_size=40) | st.text('{}[]",:0123456789eE+-.\\untrfalse ', max_size=40).map(str.encode))
def test_nothing_that_arrives_is_more_than_refused(body):
    try:
        found = read(body)
    except NotRead:
        return
    assert isinstance(found, dict)
