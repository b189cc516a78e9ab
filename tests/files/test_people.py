"""The people of an accounts file: quiet hours and digests as people write them, and who hears of the service."""

import pytest

from notifier.core.account import Person
from notifier.files.accounts import read_accounts
from tests.files.test_accounts import LAB, PROGRAMS, YEARS, faults, one

ALL_WEEK = "weekends, monday, tuesday, wednesday, thursday, friday"


def with_pi(fields):
    return f"{LAB}    people:\n      pi: {{reach: [mailto:a@example.edu], {fields}}}\n"


@pytest.mark.parametrize(
    ("quiet", "kept"),
    [
        ("20:00-08:00", "20:00-08:00"),
        ("weekends", "weekends"),
        ("'20:00-08:00, saturday, sunday'", "20:00-08:00, saturday, sunday"),
        ("[20:00-08:00, saturday]", "20:00-08:00, saturday"),
        ("{hours: 20:00-08:00, days: [saturday, sunday]}", "20:00-08:00, saturday, sunday"),
        ("{hours: '20:00-08:00'}", "20:00-08:00"),
        ("{days: weekends}", "weekends"),
        ("", ""),
    ],
)
def test_quiet_hours_are_one_text_however_they_are_written(tmp_path, quiet, kept):
    assert one(tmp_path, with_pi(f"quiet: {quiet}")).account.people["pi"].quiet == kept


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ("quiet: 20-8", "50: '20-8' is no pair of hours such as 20:00-08:00"),
        ("quiet: [sunday, Sat]", "59: 'Sat' is no day of the week; did you mean `saturday`?"),
        ("quiet: {hours: 20:00-25:00}", "58: '25:00' is no time of day such as 08:00"),
        ("quiet: {day: sunday}", "51: `day` is not a field of `quiet`; did you mean `days`?"),
        ("quiet: {days: {}}", "57: a single value is wanted here, not a mapping"),
        ("quiet: {}", "50: '' names no quiet hours, such as 20:00-08:00, or 20:00-08:00, saturday, sunday"),
        ("quiet: [20:00-08:00, 12:00-13:00]", "50: '20:00-08:00, 12:00-13:00' has two pairs of hours"),
        (f"quiet: [{ALL_WEEK}]", f"50: '{ALL_WEEK}' would be quiet for ever; leave a day out"),
        ("digest: Mondays", "51: 'Mondays' needs a day and an hour, as in Monday 08:00, or off"),
        ("digest: Mondai 08:00", "51: 'Mondai' is no day of the week; did you mean `monday`?"),
        ("zone: Berlin", "49: 'Berlin' is not a time zone such as Europe/Berlin"),
        ("quite: sunday", "43: `quite` is not a field of a person; did you mean `quiet`?"),
    ],
)  # fmt: skip
def test_hours_that_nobody_can_mean_are_refused_at_their_place(tmp_path, fields, fault):
    [found] = faults(tmp_path, with_pi(fields))

    assert found.startswith(f"7:{fault}")


def heard(folder, *texts):
    paths = [(folder / f"{number}.yaml", f"{number}.yaml") for number in range(len(texts))]
    for (path, _), text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    people, found = {}, []
    declared = read_accounts(paths, PROGRAMS, YEARS, found, people)
    return people, [each.account.id for each in declared], [str(fault) for fault in found]


def test_several_files_may_say_who_hears_of_the_service(tmp_path):
    more = "version: 1\nservice: {people: {deputy: [mailto:b@example.edu]}}\n"
    people, accounts, found = heard(
        tmp_path, f"{LAB}service: {{people: {{operator: mailto:a@example.edu}}}}\n", more
    )

    assert (accounts, found) == (["lab"], [])
    assert people == {"operator": Person(("mailto:a@example.edu",)), "deputy": Person(("mailto:b@example.edu",))}


def test_a_mistake_in_who_hears_of_the_service_is_no_mistake_of_the_accounts(tmp_path):
    people, accounts, found = heard(tmp_path, f"{LAB}service: {{people: {{operator: a@example.edu}}, x: y}}\n")

    assert (people, accounts) == ({}, ["lab"])
    assert [fault.partition(" is not ")[0] for fault in found] == [
        "0.yaml:6:30: 'a@example.edu'",
        "0.yaml:6:46: `x`",
    ]
