"""Whatever lies in a file, it is read or refused in a sentence, and soon."""

import random
from contextlib import suppress
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.enroll.acceptances.acceptance import NotAnAcceptance, understand
from notifier.enroll.mails.reading import UnreadableMail, read_mails
from tests.enroll.forms import forms
from tests.enroll.monsters import HEAD, MONSTERS, PIECES, mutated

BERLIN = ZoneInfo("Europe/Berlin")
RAWS = [form.raw for form in forms()]


def _read_or_refused(raw, recognition):
    try:
        messages = read_mails(raw, BERLIN)
    except UnreadableMail:
        return
    for mail in (mail for levels in messages for mail in levels):
        for text in (
            mail.body,
            mail.subject,
            mail.sent_words,
            mail.date_doubt,
            mail.sender or "",
            *mail.recipients,
        ):
            text.encode()  # no lone surrogates
        with suppress(NotAnAcceptance):
            understand(mail, [recognition])


@pytest.mark.parametrize("name", MONSTERS)
@pytest.mark.timeout(30)  # reading backwards and forwards would take minutes
def test_what_is_made_to_exhaust_its_reader_is_read_or_refused(name, recognition):
    _read_or_refused(MONSTERS[name](), recognition)


@settings(deadline=None, max_examples=200)  # a busy machine is no fault
@given(st.integers(0, 2**32))
def test_spoilt_forms_are_read_or_refused(recognition, seed):
    _read_or_refused(mutated(RAWS, random.Random(seed)), recognition)


@settings(deadline=None)  # a busy machine is no fault
@given(st.binary(max_size=2_000))
def test_random_bytes_are_read_or_refused(recognition, raw):
    _read_or_refused(raw, recognition)


@settings(deadline=None)  # a busy machine is no fault
@given(st.lists(st.sampled_from(PIECES), max_size=25), st.sampled_from([b"\n", b"\r\n", b"\r"]))
def test_broken_mails_are_read_or_refused(recognition, pieces, line_end):
    _read_or_refused(HEAD.replace(b"\n", line_end) + line_end.join(pieces), recognition)


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>{}</p>",
        '<p style="display: none">{}</p>',
        '<div style="visibility:hidden"><p>{}</p></div>',
        "<!-- {} -->",
        "<style>{}</style>",
        "<template><p>{}</p></template>",
        "<title>{}</title>",
        '<p style="max-height:0px;overflow:hidden">{}</p>',
        '<p style="opacity: 0">{}</p>',
    ],
)
def test_what_nobody_sees_is_not_read(hidden):
    page = HEAD + b"Content-Type: text/html\n\n<p>Hello</p>" + hidden.format("granted").encode() + b"<p>Bye</p>"

    ((mail,),) = read_mails(page, None)

    assert mail.body.split() == ["Hello", "Bye"]
