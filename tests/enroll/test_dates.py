"""A date is read as it is meant, in any of the known languages, or it is not read at all."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.enroll.mails.dates import day, sent_as_written, sent_by_header
from notifier.enroll.mails.head import label
from notifier.enroll.mails.languages import LANGUAGES, numbered, words_in
from notifier.enroll.mails.reading import read_mail
from tests.enroll.windows import WINDOWS

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Mon, Mar 11, 2024 at 1:57 PM", "2024-03-11 13:57"),
        ("Mar 11, 2024, 12:05 AM", "2024-03-11 00:05"),
        ("2024-03-11T13:57:00", "2024-03-11 13:57"),
        ("11.03.2024 13:57", "2024-03-11 13:57"),
        ("11.3.24, 13:57", "2024-03-11 13:57"),
        ("den 11 mars 2024 13.57", "2024-03-11 13:57"),
        ("11 de mar. de 2024, às 13h57", "2024-03-11 13:57"),
        ("le 1er mars 2024 à 13 h 57", "2024-03-01 13:57"),
        ("2024年3月11日 下午1:57", "2024-03-11 13:57"),
        ("2024年3月11日 午前0時05分", "2024-03-11 00:05"),
        ("2024. 3. 11. 오후 12:05", "2024-03-11 12:05"),
        ("\uff12\uff10\uff12\uff14年\uff13月\uff11\uff11日 13\uff1a57", "2024-03-11 13:57"),
        ("13/03/2024 9:05", "2024-03-13 09:05"),
        ("03/13/2024 9:05", "2024-03-13 09:05"),
        ("03/03/2024 9:05", "2024-03-03 09:05"),
        ("Mon 3/11/2024 1:57 PM", "2024-03-11 13:57"),
        ("Sun 3/11/2024 1:57 PM", "2024-11-03 13:57"),
        ("11 March 2024", "2024-03-11 00:00"),
    ],
)
def test_a_date_that_can_mean_one_day_is_read(words, expected):
    assert expected == sent_as_written(words, BERLIN).moment.strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    "words", ["11/03/2024 13:57", "03-11-2024 13:57", "3/11/24 1:57 PM", "Tue 3/11/2024 1:57 PM"]
)
def test_a_date_that_can_mean_two_days_is_not_taken_and_it_is_said_why(words):
    sent = sent_as_written(words, BERLIN)

    assert sent.moment is None
    assert "2024-11-03" in sent.doubt
    assert "2024-03-11" in sent.doubt


def test_the_words_of_the_window_decide_between_day_and_month():
    german = b"Von: T <t@example.org>\nGesendet: 11/03/2024 13:57\nAn: r@example.edu\n\nHello"
    english = b"From: T <t@example.org>\nSent: 11/03/2024 13:57\nTo: r@example.edu\n\nHello"

    assert read_mail(german, BERLIN).sent_at == datetime(2024, 3, 11, 13, 57, tzinfo=BERLIN)
    assert read_mail(english, BERLIN).sent_at is None
    assert read_mail(english, BERLIN).date_doubt == "11/03/2024 may be 2024-03-11 or 2024-11-03"


@pytest.mark.parametrize(
    "words", ["Feb 30, 2024 at 1:57 PM", "Mar 11, 2024 at 25:61", "Mar 11", "99/99/2024 9:05", ""]
)
def test_what_is_no_date_is_none_and_is_in_no_doubt(words):
    sent = sent_as_written(words, BERLIN)

    assert sent.moment is None
    assert not sent.doubt


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        *(("PDT", 20), ("PST", 21), ("CET", 12), ("CEST", 11), ("MEZ", 12), ("Z", 13), ("UTC", 13), ("JST", 4)),
        *(("GMT+1", 12), ("GMT-0300", 16), ("UTC+01:00", 12), ("+0100", 12), ("\u22120500", 18)),
        *(("(CET)", 12), ("(Coordinated Universal Time)", 13), ("GMT+0100 (Central European Standard Time)", 12)),
        *(("Pacific Daylight Time", 20), ("Mitteleuropäische Zeit", 12), ("Uhr MEZ", 12)),
        *(("(UTC) Coordinated Universal Time", 13), ("(UTC+01:00) Amsterdam, Berlin, Bern", 12)),
        ("(UTC-08:00) Pacific Time (US & Canada)", 20),  # summer time had begun the day before
    ],
)
def test_the_zone_of_a_date_counts_before_the_readers(words, expected):
    sent = sent_as_written(f"11 March 2024 13:57 {words}", NEW_YORK)
    in_utc = sent.moment.astimezone(UTC)

    assert expected == in_utc.hour
    assert sent.moment.tzinfo is NEW_YORK
    assert not sent_as_written(f"11 March 2024 13:57 {words}", None).zone_assumed


@pytest.mark.parametrize(
    "words",
    ["CST", "IST", "BST", "XYZ", "GMT+99", "pdt", "EST1", "(UTC+01:00) Nowhere", "Local Time", "Bob Smith"],
)
def test_a_zone_that_can_mean_two_is_none(words):
    sent = sent_as_written(f"11 March 2024 13:57 {words}", None)

    assert sent.moment == datetime(2024, 3, 11, 13, 57, tzinfo=UTC)
    assert sent.zone_assumed


def test_a_header_may_use_the_zones_that_its_standard_defines():
    assert sent_by_header("Mon, 11 Mar 2024 07:57:00 CST", None).moment.astimezone(UTC).hour == 13
    assert sent_by_header("Mon, 11 Mar 2024 13:57:00 -0000", None).moment == datetime(
        2024, 3, 11, 13, 57, tzinfo=UTC
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_month_of_every_language_is_its_own(language):
    for word, number in numbered(language.months):
        for words in (f"11 {word} 2024", f"11. {word.upper()}. 2024", f"11 de {word} de 2024", f"{word} 11, 2024"):
            assert day(words) == date(2024, number, 11), words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_is_complete(language):
    assert len(dict.fromkeys(number for _, number in numbered(language.months))) in {0, 12}
    assert {number for _, number in numbered(language.weekdays)} == set(range(1, 8))
    for about in ("sender", "sent", "to", "subject", "other"):
        for word in words_in(getattr(language, about)):
            assert label(f"{word.capitalize()}: x").about == about, word
    assert all(words_in(each) for each in (language.marks, language.wrote, language.messages))


def test_the_windows_are_tried_in_every_language():
    assert len({window.language for window in WINDOWS}) == len(LANGUAGES)


@given(st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30)), st.sampled_from([BERLIN, NEW_YORK, UTC]))  # noqa: DTZ001  local times
def test_what_is_written_is_read(moment, zone):
    written = moment.replace(second=0, microsecond=0)

    for form in ("%d %B %Y %H:%M", "%a, %b %d, %Y at %I:%M %p", "%Y-%m-%d %H:%M", "%d.%m.%Y, %H:%M"):
        words = written.strftime(form)
        assert sent_as_written(words, zone).moment.replace(tzinfo=None) == written, words


@given(st.text(max_size=400))
def test_any_text_is_a_date_or_is_not(words):
    for sent in (sent_as_written(words, None), sent_by_header(words, BERLIN)):
        assert sent.moment is None or sent.moment.tzinfo is not None
        assert bool(sent.words) == (sent.moment is not None)
