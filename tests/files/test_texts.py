"""A draft is checked before anybody needs it, and nothing in it can run, grow or reach further than a letter."""

import pytest

from notifier.core.vocabulary import Vocabulary
from notifier.core.words import Blank
from notifier.files.texts import MOST_BYTES, read_draft

HEAD = "To: help@example.edu\nSubject: Where are they?\n\n"  # a body begins at line 4


def read(folder, text, raw=None):
    path = folder / "ask.txt"
    path.write_bytes(text.encode() if raw is None else raw)
    faults = []
    return read_draft(path, "drafts/ask.txt", Vocabulary(), faults), [str(fault) for fault in faults]


def faults(folder, text):
    draft, found = read(folder, text)
    assert draft is None
    return [fault.removeprefix("drafts/ask.txt:") for fault in found]


def test_a_draft_is_its_header_lines_and_its_body(tmp_path):
    text = (
        "To: help@example.edu\nCc: office@example.edu\nSubject: For {{ organization }}\n"
        "Follow-up: 10 working days, ask\n \t\n"
        "Dear all,\n{% if use_case %}\nWe do {{ use_case | lower }}.\n{% endif %}\nBye"
    )
    draft, found = read(tmp_path, text)

    assert found == []
    assert (draft.name, draft.to, draft.cc, draft.opens) == (
        "ask",
        "help@example.edu",
        "office@example.edu",
        "",
    )
    assert draft.subject({"organization": "org-1"}) == "For org-1"
    assert draft.body({"use_case": "Vision"}) == "Dear all,\nWe do vision.\nBye"
    assert draft.body({"use_case": Blank("[use case]")}) == "Dear all,\nBye"


def test_a_text_to_paste_needs_no_subject(tmp_path):
    draft, found = read(tmp_path, "Open: https://example.edu/form\n\nHello\n")

    assert found == []
    assert (draft.to, draft.opens) == ("", "https://example.edu/form")


def test_a_draft_may_be_saved_by_any_editor(tmp_path):
    _, found = read(tmp_path, "", ("\ufeff" + HEAD + "Hello\n").replace("\n", "\r\n").encode())

    assert found == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Subject: x\n\nHello", "1:1: a draft has `To:` (an address) or `Open:` (a page), one of the two"),
        ("To: a@example.edu\n\nHello", "1:1: a draft of an email needs a `Subject:`"),
        ("To: nobody\nSubject: x\n\nHello", "1:1: `To: nobody` is not an email address"),
        ("To: a@example.edu\nCc: b\nSubject: x\n\nHello", "2:1: `Cc: b` is not an email address"),
        (
            "Open: javascript:alert(1)\n\nHello",
            "1:1: `Open: javascript:alert(1)` is not a page such as https://example.edu/form",
        ),
        ("To: a@example.edu\nSubject: x\nSubject: y\n\nHello", "3:1: `Subject:` stands here twice"),
        (
            "To: a@example.edu\nSubject: x\ncc: b@example.edu\n\nHello",
            (
                "3:1: `cc: b@example.edu` is not one of the header lines To:, Open:, Cc:, Subject:, Follow-up:;"
                " did you mean `Cc`? (an empty line ends them)"
            ),
        ),
        ("To: a@example.edu\nSubject: {{ x }}\n\nHello", "2:1: there is no fact `x` to put into a draft"),
        (
            "To: a@example.edu\nSubject: x\n",
            "3:1: a draft has a text behind its header lines and an empty line",
        ),
    ],
)
def test_a_mistake_in_the_header_lines_is_said_with_its_line(tmp_path, text, fault):
    assert faults(tmp_path, text) == [fault]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (
            "The use_cse is\n\n{{ use_cse }}",
            "6:1: there is no fact `use_cse` to put into a draft; did you mean `use_case`?",
        ),
        (
            "{% if use_case %}",
            (
                "4:1: Unexpected end of template. Jinja was looking for the following tags: 'elif' or 'else'"
                " or 'endif'. The innermost block that needs to be closed is 'if'."
            ),
        ),
        ("a\n{{ use_case", "5:1: unexpected end of template, expected 'end of print statement'."),
        (
            "{{ use_case | bogus }}",
            "4:1: there is no filter `bogus`; there are capitalize, default, lower, title, trim, upper",
        ),
        ("{{ 1 + use_case }}", None),
    ],
)
def test_a_mistake_in_the_body_is_said_with_its_line(tmp_path, body, fault):
    (found,) = faults(tmp_path, HEAD + body)

    assert found == fault if fault else found.startswith("4:1: the draft cannot be filled: ")


def test_every_line_with_a_mistake_is_named(tmp_path):
    assert faults(tmp_path, HEAD + "{{ one }}\nfine\n{{ two }} {{ three }}") == [
        "4:1: there is no fact `one` to put into a draft",
        "6:1: there is no fact `two` to put into a draft",
    ]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("{{ ''.__class__ }}", "."),
        ("{{ use_case['__class__'] }}", "getitem"),
        ("{{ letter.sent_on.real }}", "."),
        ("{{ lipsum() }}", "call"),
        ("{% for a in range(10**9) %}x{% endfor %}", "for"),
        ("{% set a = 'x' %}", "assign"),
        ("{% include '/etc/passwd' %}", "include"),
        ("{% import 'x' as y %}", "import"),
        ("{% macro a() %}{% endmacro %}", "macro"),
        ("{% filter upper %}x{% endfilter %}", "filterblock"),
        ("{{ 10 ** 10 ** 8 }}", "pow"),
        ("{{ 'a' * 1000000000 }}", "mul"),
        ("{{ '%1000000000d' % 1 }}", "mod"),
        ("{{ use_case[0:9] }}", "getitem"),
    ],
)
def test_what_could_run_long_grow_or_look_around_is_not_part_of_a_draft(tmp_path, body, what):
    assert faults(tmp_path, HEAD + body)[:1] == [
        f"4:1: a draft has names, `{{% if … %}}` and filters; there is no `{what}`"
    ]


@pytest.mark.parametrize(
    "body",
    [
        "{{" + "(" * 3_000 + "1" + ")" * 3_000 + "}}",
        "{{ " + "not " * 3_000 + "use_case }}",
        "{{ " + "~".join(["1"] * 3_000) + "}}{{" + "+".join(["1"] * 3_000) + " }}",
        "{% if use_case %}" * 300 + "{% endif %}" * 300,
    ],
)
def test_what_nests_too_deep_is_refused(tmp_path, body):
    assert faults(tmp_path, HEAD + body) == ["4:1: the draft nests too deep"]


@pytest.mark.parametrize("words", [1, 150, 151])
def test_a_letter_has_at_most_150_words(tmp_path, words):
    draft, found = read(tmp_path, HEAD + "word " * words)

    assert (draft is not None) == (words <= 150)
    assert found == (["drafts/ask.txt:4:1: a letter has at most 150 words, this has 151"] if words > 150 else [])


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"\xff\xfe", "is not UTF-8 (byte 0)"),
        (b"x" * (MOST_BYTES + 1), "the file has 20,001 bytes; 20,000 are the most"),
    ],
)
def test_a_file_that_is_no_draft_is_named(tmp_path, raw, why):
    assert read(tmp_path, "", raw) == (None, [f"drafts/ask.txt:1:1: {why}"])
