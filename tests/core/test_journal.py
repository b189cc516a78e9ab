"""A journal's chain: whatever is changed, added or taken out in it is seen, and where it begins."""

from dataclasses import replace

import pytest

from notifier.core.journal import NO_ENTRY, Misfit, Noted, holds, misfit, sealed


def chain(count, account="lab"):
    entries, previous = [], ""
    for number in range(1, count + 1):
        said = account, number, 100 * number, "told", f'{{"to":"console","number":{number}}}'
        entries.append(Noted(*said, previous, sealed(previous, *said)))
        previous = entries[-1].hash
    return entries


def end(entries):
    return (entries[-1].number, entries[-1].hash) if entries else NO_ENTRY


def resealed(entries):
    """*entries* as somebody makes them who knows how."""
    again, previous = [], ""
    for number, each in enumerate(entries, 1):
        said = each.account, number, each.at, each.what, each.body
        again.append(Noted(*said, previous, sealed(previous, *said)))
        previous = again[-1].hash
    return again


@pytest.mark.parametrize("count", [0, 1, 5])
def test_what_is_as_it_was_written_fits(count):
    entries = chain(count)

    assert misfit("lab", entries, end(entries)) is None


NOT_AS_WRITTEN = "it is not as it was written"
CHANGES = {
    "account": ({"account": "library"}, NOT_AS_WRITTEN),
    "number up": ({"number": 7}, "it is missing"),
    "number down": ({"number": 1}, "its number is wrong"),
    "at": ({"at": 301}, NOT_AS_WRITTEN),
    "what": ({"what": "dropped"}, NOT_AS_WRITTEN),
    "body": ({"body": "{}"}, NOT_AS_WRITTEN),
    "previous": (
        {"previous": "0" * 64},
        "it does not follow the entry before it: one of the two is not as it was written",
    ),
    "hash": ({"hash": "0" * 64}, NOT_AS_WRITTEN),
}


@pytest.mark.parametrize(("changed", "why"), CHANGES.values(), ids=CHANGES)
def test_whatever_is_changed_is_seen_where_it_is(changed, why):
    entries = chain(5)
    tampered = [*entries[:2], replace(entries[2], **changed), *entries[3:]]

    found = misfit("lab", tampered, end(entries))

    assert (found.account, found.why) == ("lab", why)
    assert found.number == (1 if "number" in changed and changed["number"] == 1 else 3)


@pytest.mark.parametrize("place", range(5))
def test_an_entry_that_was_taken_out_is_missed(place):
    entries = chain(5)
    found = misfit("lab", entries[:place] + entries[place + 1 :], end(entries))

    why = "it is missing at the end: 5 were written" if place == 4 else "it is missing"
    assert found == Misfit("lab", place + 1, why)


def test_the_whole_chain_is_missed_too():
    assert misfit("lab", [], end(chain(3))) == Misfit("lab", 1, "it is missing at the end: 3 were written")


def test_an_entry_that_nobody_wrote_is_seen():
    entries = chain(3)

    assert misfit("lab", entries, end(entries[:2])) == Misfit("lab", 3, "it is more than was written")


def test_a_chain_that_somebody_made_anew_ends_otherwise():
    entries = chain(3)
    anew = resealed([replace(entries[0], body="{}"), *entries[1:]])

    assert misfit("lab", anew, end(anew)) is None  # by itself it fits
    assert misfit("lab", anew, end(entries)).why == "the end of the chain is noted with another hash"
    assert holds(entries, entries[1].hash[:12])
    assert not holds(anew, entries[1].hash[:12])
