"""A calendar file that every calendar reads: one all-day event a reminder, whoever chose the names in it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from notifier.core.account import Account, Pause, Person
from notifier.core.alert import Reason
from notifier.core.calendar import Locale
from notifier.core.letter import Letter
from notifier.core.message import Message
from notifier.flow.preview import Coming
from notifier.ics import Reminder, calendar

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2026, 12, 4).toordinal()
NOW = int(datetime(2026, 11, 22, 14, 5, tzinfo=UTC).timestamp())
AT = int(datetime(2026, 12, 4, 9, tzinfo=BERLIN).timestamp())
LETTER = Letter("late", "a@example.edu", "", "", "Where are they?", "Hello,\n\nwhere are [amount]?\n", 1)
HOSTILE = "a, b; c\\d\r\nBEGIN:VALARM\nX:1\x00\x1b[31m\u202e\u2028\ud800 <b>:\t" + "ä🎓" * 60
ANYTHING = st.text(st.characters(codec=None), max_size=300)


def reminder(name="A. Researcher", account="lab", **changed) -> Reminder:
    told = Message(
        headline="Credits have not arrived",
        about=account,
        reason=Reason.OPENED,
        step="1 week before",
        say="Accepted long ago.",
        next="Send the letter.",
        contact="a@example.edu",
        link="https://example.edu/balance",
        letter=LETTER,
    )
    words = {key: value for key, value in changed.items() if key in Message.__dataclass_fields__}
    rest = {key: value for key, value in changed.items() if key not in words}
    coming = Coming(AT, DAY, "program/late", DAY + 7, replace(told, **words), ("pi",))
    return Reminder(Account(account, Locale(BERLIN), {"pi": Person((), name)}), "2026", replace(coming, **rest))


def lines(*reminders: Reminder, now: int = NOW) -> list[str]:
    """The lines as they were before they were folded."""
    return calendar(reminders, now).decode().replace("\r\n ", "").split("\r\n")


def values(name: str, *reminders: Reminder, now: int = NOW) -> list[str]:
    return [line.partition(":")[2] for line in lines(*reminders, now=now) if line.partition(":")[0] == name]


def test_a_reminder_is_one_free_day_and_no_invitation():
    found = lines(reminder())

    assert found[:4] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//notifier//notifier 1//EN",
        "X-WR-CALNAME:Grant reminders: lab",
    ]
    assert "DTSTART;VALUE=DATE:20261204" in found
    assert "DTEND;VALUE=DATE:20261205" in found
    assert "DTSTAMP:20261122T140500Z" in found
    assert "LAST-MODIFIED:20261122T140500Z" in found
    assert "TRANSP:TRANSPARENT" in found
    assert "CATEGORIES:Grant" in found
    assert "URL:https://example.edu/balance" in found
    assert "SUMMARY:Credits have not arrived · lab" in found
    assert [line for line in found if line.startswith(("METHOD", "BEGIN:VALARM", "RRULE"))] == []


def test_the_description_says_what_to_do_whom_to_write_to_and_the_letter():
    [event] = Calendar.from_ical(calendar([reminder()], NOW)).walk("VEVENT")

    assert str(event["DESCRIPTION"]).split("\n") == [
        "Accepted long ago.",
        "Next: Send the letter.",
        "Write to: a@example.edu",
        "Link: https://example.edu/balance",
        "Told: PI: A. Researcher",
        "Step: 1 week before, told at 09:00, Europe/Berlin",
        "",
        "Letter, 1 blank to fill in; a person sends it:",
        "To: a@example.edu",
        "Subject: Where are they?",
        "",
        "Hello,",
        "",
        "where are [amount]?",
    ]


def test_what_a_pause_holds_says_so():
    held = reminder(held=Pause("sabbatical", DAY + 9))
    [event] = Calendar.from_ical(calendar([held], NOW)).walk("VEVENT")

    assert "Paused: sabbatical, told on 14 December\n" in str(event["DESCRIPTION"])


def test_urgent_is_a_category():
    assert values("CATEGORIES", reminder(urgent=True)) == ["Grant,Urgent"]


def test_the_same_reminder_keeps_its_uid_whatever_it_is_called_and_grows_its_sequence():
    one, renamed = reminder(), reminder("B. Researcher", headline="No credits yet", at=AT + 3600, day=DAY + 1)
    later = NOW + 60

    assert values("UID", one) == values("UID", renamed, now=later)
    assert int(values("SEQUENCE", one)[0]) < int(values("SEQUENCE", renamed, now=later)[0]) < 2**31
    assert values("SEQUENCE", one) == values("SEQUENCE", one)


@pytest.mark.parametrize(
    "other",
    [
        reminder(account="lib"),
        replace(reminder(), grant="2027"),
        reminder(rule="program/ends"),
        reminder(step="1 day after"),
        reminder(anchor=DAY + 8),
    ],
    ids=["account", "grant", "rule", "step", "date"],
)
def test_another_account_grant_rule_step_or_date_is_another_event(other):
    assert values("UID", other) != values("UID", reminder())


def test_a_step_that_comes_again_is_an_event_of_its_own():
    first, again = reminder(), reminder(at=AT + 86_400, day=DAY + 1)

    assert len(set(values("UID", first, again))) == 2
    assert values("UID", first, again)[0] == values("UID", first)[0]


def test_several_accounts_share_one_calendar():
    assert values("X-WR-CALNAME", reminder(), reminder(account="lib")) == ["Grant reminders"]
    assert values("X-WR-CALNAME") == ["Grant reminders"]


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://x\r\nATTENDEE:me", "", "mailto:a@b"])
def test_only_a_page_becomes_an_url(link):
    assert values("URL", reminder(link=link)) == []


@settings(max_examples=60)
@given(ANYTHING, ANYTHING, ANYTHING)
def test_no_name_breaks_the_file(headline, name, body):
    letter = replace(LETTER, subject=name, body=body)
    content = calendar([reminder(name, headline=headline, say=body, letter=letter), reminder(HOSTILE)], NOW)
    read = Calendar.from_ical(content)

    assert not content.replace(b"\r\n", b"").translate(None, bytes(set(range(256)) - set(range(32)) - {127}))
    assert max(map(len, content.split(b"\r\n"))) <= 75
    assert all(line.decode() is not None for line in content.split(b"\r\n"))
    assert [component.name for component in read.walk()] == ["VCALENDAR", "VEVENT", "VEVENT"]
    assert [line for line in content.split(b"\r\n") if line.startswith((b"BEGIN", b"END"))] == [
        *(b"BEGIN:VCALENDAR", b"BEGIN:VEVENT", b"END:VEVENT", b"BEGIN:VEVENT", b"END:VEVENT", b"END:VCALENDAR")
    ]
    assert written(values("SUMMARY", reminder(headline=headline))[0]) == cleaned(f"{headline} · lab")[:250]


@pytest.mark.parametrize("name", ["C:\\New", "a\\\\n", "\\;,", "\\", "a\\"])
def test_what_looks_like_an_escape_stays_what_was_written(name):
    assert written(values("SUMMARY", reminder(headline=name))[0]) == f"{name} · lab"


def written(text: str) -> str:
    """What was written, as RFC 5545 reads a TEXT: a backslash, and the letter that it protects."""
    assert set(re.sub(r"\\.", "", text)).isdisjoint(";,\\")
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], text)


def cleaned(text: str) -> str:
    kinds = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return "".join(" " if unicodedata.category(letter) in kinds else letter for letter in text).strip()
