"""A letter reaches a mail program as it was written, and nothing that somebody put into a fact can change that."""

from email import message_from_bytes
from email.policy import default
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifier.core.letter import MOST_MAILTO, MOST_SUBJECT, Draft, compose_links, eml, mailto, write_letter
from notifier.core.words import Blank

TO = "researcheraccess@openai.com"


def written(subject="A question", body="Dear team,\n\nmay we ask?", **more):
    return write_letter(Draft("ask", lambda _names: subject, lambda _names: body, **{"to": TO, **more}), {})


def test_a_draft_is_filled_from_the_names_it_is_given():
    draft = Draft(
        "ask", lambda names: f"About {names['id']}", lambda names: f"We are {names['pi']}.\n\n", TO, "c@x.org"
    )
    letter = write_letter(draft, {"id": "org-1", "pi": Blank("[name]")})

    assert (letter.subject, letter.body, letter.to, letter.cc) == (
        "About org-1",
        "We are [name].\n",
        TO,
        "c@x.org",
    )
    assert letter.blanks == 1


@pytest.mark.parametrize(
    ("subject", "body", "blanks"),
    [
        ("plain", "plain", 0),
        ("[id]", "[id] and [id], [other thing]", 4),
        ("array[", "] nothing\n[over\nlines]", 0),
        ("", "[] [[inner]]", 1),
    ],
)
def test_every_blank_that_is_left_is_counted(subject, body, blanks):
    assert written(subject, body).blanks == blanks


lines = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
bodies = st.lists(lines, min_size=1, max_size=6).map("\n".join)


@example("a+b", "1 + 1 = 2 & 100% ?#", "")
@example("s", "naïve café\n\n— grüße 😀", "second@example.edu")
@given(lines, bodies, st.sampled_from(["", "second@example.edu", "a+b@example.edu"]))
def test_a_mailto_link_reads_back_as_the_letter(subject, body, cc):
    letter = written(subject, body, cc=cc)
    link = mailto(letter)
    if link is None:
        return
    parts = urlsplit(link)
    # RFC 6068: fields are percent-encoded, a plus is a plus, lines end in CRLF
    fields = parse_qs(parts.query, strict_parsing=True, keep_blank_values=True)
    by_hand = dict(pair.split("=", 1) for pair in parts.query.split("&"))

    assert (parts.scheme, unquote(parts.path)) == ("mailto", TO)
    assert fields["body"] == [letter.body.replace("\n", "\r\n")]
    assert {name: unquote(value) for name, value in by_hand.items()} == {
        name: read for name, (read,) in fields.items()
    }
    assert fields.get("subject", [""]) == [letter.subject]
    assert fields.get("cc", [""]) == [cc]
    assert "+" not in link
    assert " " not in link
    assert link.isascii()
    assert len(link) <= MOST_MAILTO


@pytest.mark.parametrize(
    "body", ["one\r\ntwo\n\rthree\rfour", "one\ntwo\n\nthree\nfour\n", "one\u2028two\x0b\x0bthree\x85four"]
)
def test_lines_end_in_crlf_however_they_came(body):
    link = unquote(mailto(written("s", body)))

    assert link.partition("body=")[2] == "one\r\ntwo\r\n\r\nthree\r\nfour\r\n"


def test_there_is_no_link_where_it_would_be_cut_or_where_a_page_is_opened():
    assert mailto(written("s", "x" * MOST_MAILTO)) is None
    assert mailto(written(to="", opens="https://help.openai.com")) is None


def test_compose_links_read_back_as_the_letter_and_a_text_to_paste_has_none():
    letter = written("50% & more?", "Dear team,\n\n1 + 1 = 2 #x ä", cc="c@x.org")
    fields = {name: {key: value for key, [value] in parse_qs(urlsplit(link).query).items()}
              for name, link in compose_links(letter)}  # fmt: skip

    said = {"to": TO, "cc": "c@x.org", "body": letter.body}
    assert fields == {
        "Gmail": {"view": "cm", "fs": "1", "su": letter.subject, **said},
        "Outlook": {"subject": letter.subject, **said},
    }
    assert compose_links(written(to="", opens="https://help.openai.com")) == ()


@example("=?utf-8?q?a=0D=0ABcc:_evil@example.com?=", "b", "=?utf-8?q?x=0ABcc:_evil@example.com?= <me@example.edu>")
@example("a\r\nBcc: evil@example.com", "\r\n.\r\nBcc: evil@example.com", "me@example.edu\nBcc: evil@example.com")
@example("=?utf-8?b?DQpCY2M6IGV2aWxAZXhhbXBsZS5jb20=?=", "From me", "")
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), bodies, st.just("me@example.edu"))
def test_an_eml_file_has_its_own_headers_and_no_others(subject, body, sender):
    letter = written(subject, body, cc="second@example.edu")
    mail = message_from_bytes(eml(letter, sender), policy=default)
    own = ["To", "Cc", *["From"] * bool(sender), *["Subject"] * bool(letter.subject), "X-Unsent"]

    assert mail.keys() == [*own, "Content-Type", "Content-Transfer-Encoding", "MIME-Version"]
    assert (mail["To"], mail["Cc"], mail["X-Unsent"]) == (TO, "second@example.edu", "1")
    assert mail["Date"] is mail["Message-ID"] is mail["Bcc"] is None
    assert len(letter.subject) <= MOST_SUBJECT
    assert mail.get_content() == letter.body.replace("\n", "\r\n")


@pytest.mark.parametrize("subject", ["A question", "Größe — 100 % + mehr", "x" * 180, "ü" * 150, "what =? is ?="])
def test_a_subject_reads_back_as_it_was_written(subject):
    mail = message_from_bytes(eml(written(subject), ""), policy=default)

    assert mail["Subject"] == subject.replace("=?", "= ?")


def test_an_eml_file_for_a_text_to_paste_names_nobody():
    mail = message_from_bytes(eml(written(to="", opens="https://help.openai.com"), ""), policy=default)

    assert (mail["To"], mail["Cc"], mail["From"]) == (None, None, None)


def test_every_line_of_an_eml_file_ends_in_crlf():
    raw = eml(written(body="one\n\ntwo, with a dot:\n.\n" + "long " * 60), "me@example.edu")

    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_an_answer_to_an_answer_has_one_re():
    draft = Draft("again", lambda names: f"Re: {names['subject']}", lambda _: "Hello?", "a@example.edu")

    assert write_letter(draft, {"subject": "RE: Re: Credits"}).subject == "Re: Credits"
    assert write_letter(draft, {"subject": "Credits"}).subject == "Re: Credits"
