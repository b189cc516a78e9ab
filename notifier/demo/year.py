"""A grant's year as a story: what the people of the group do, and what their provider does, each on its day.

Who does something after a message does so because of it: should the rules tell it later, it is done later.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from notifier.core.calendar import SECONDS_A_DAY, utc
from notifier.core.fact import item_fact
from notifier.core.letters import LETTERS
from notifier.core.money import MICRO, Money
from notifier.demo.group import ACCOUNT, CENT, GRANT, PI, RUNAWAY_ON, STUDENT, Group
from notifier.demo.play import Deed, Done
from notifier.flow.acting import ACK, said_of
from notifier.flow.record import RECORD
from notifier.ports import Act

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notifier.core.calendar import Moment
    from notifier.core.facts import Observed
    from notifier.core.subject import Subject

GRANTED = Decimal(1000)
LENGTH = 379  # days: two weeks more than the access
CORRECTED = 172  # the day whose costs are corrected two days later
DRIFT = Decimal("1.20")  # by which the balance on the page is lower than what the costs add up to
MONTHLY_LIMIT = 50  # US dollars


class Year:
    """The story of *group*, from its acceptance to two weeks after its access ended, or *days* of it."""

    def __init__(self, group: Group, days: int = LENGTH) -> None:
        self._group = group
        self.begins, self.ends = group.accepted, group.accepted + timedelta(days)
        self.deeds: Sequence[Deed] = (
            *self._credits_come(),
            *self._credits_are_used(),
            *self._access_ends(),
        )

    def _credits_come(self) -> Sequence[Deed]:
        letter = "credits-not-allocated"
        return (
            Deed(self._sends(letter), 0, _at(14, 30), after=letter),
            Deed(self._sees_to_it(PI, "the letter is out", 21), 0, _at(14, 35), after=letter),
            Deed(self._is_answered(letter), 6, _at(10), after=letter),
            Deed(self._records_the_grant, 8, _at(15), after=letter),
            Deed(self._sees_to_it(PI, "we plan with what came", 35), 1, _at(11), after="amount-differs"),
            Deed(self._shares_the_guidelines, 1, _at(11, 20), after="guidelines-shared"),
        )

    def _credits_are_used(self) -> Sequence[Deed]:
        return (
            *(Deed(self._reads_the_balance, 1, _at(9, 45), "balance-reading-old", nth) for nth in range(1, 9)),
            *(Deed(self._looks_at_the_pace, 0, _at(16, 10), "pace-jumped", nth) for nth in range(1, 9)),
            Deed(self._correction, CORRECTED + 2, _at(18)),
            Deed(self._loses_the_key, 201, _at(13)),
            Deed(self._puts_in_a_key, 0, _at(17), after="account-unreadable"),
        )

    def _access_ends(self) -> Sequence[Deed]:
        late = "letter-unanswered"
        return (
            Deed(self._sees_to_it(PI, "the last runs are planned", 20), 2, _at(10), after="access-ends"),
            Deed(self._sets_a_limit, 3, _at(12), after="no-spend-limit-before-the-end"),
            Deed(self._sends("summary"), 2, _at(16, 45), after="summary-due", nth=2),
            Deed(self._records_the_summary, 2, _at(16, 50), after="summary-due", nth=2),
            Deed(self._is_answered("summary"), 2, _at(10, 30), after=late),
            Deed(self._sees_to_it(STUDENT, "nothing runs on", 60), 0, _at(15), after="spend-after-access-ended"),
        )

    # -- what people do ---------------------------------------------------------------------------------

    def _sends(self, letter: str) -> Callable[[Moment, Subject], Done]:
        def does(now: Moment, _: Subject) -> Done:
            said: dict[str, Observed] = {"sent_on": utc(now).date(), "sent_by": PI}
            return Done(f"{PI} sends the letter, and says so.", _of_letter(letter, said, now, PI))

        return does

    def _is_answered(self, letter: str) -> Callable[[Moment, Subject], Done]:
        def does(now: Moment, _: Subject) -> Done:
            says = f"The program answers; {PI} records the day."
            return Done(says, _of_letter(letter, {"answered_on": utc(now).date()}, now, PI))

        return does

    def _sees_to_it(self, who: str, because: str, days: int) -> Callable[[Moment, Subject], Done]:
        def does(now: Moment, subject: Subject) -> Done:
            said = said_of(subject, because=because, until=now + days * SECONDS_A_DAY)
            act = Act(f"ack {now}", ACK, subject.account, subject.grant, said, now, who)
            rule = subject.rule.rpartition("/")[2]
            return Done(f"{who} acknowledges {rule}: {because}.", act)

        return does

    def _looks_at_the_pace(self, now: Moment, subject: Subject) -> Done:
        because = "the runs go on after the conference, as planned"
        if (utc(now).date() - self._group.accepted).days >= RUNAWAY_ON[0]:
            because = "a batch job ran in a loop, it is stopped"
        return self._sees_to_it(STUDENT, because, 14)(now, subject)

    def _records_the_grant(self, now: Moment, _: Subject) -> Done:
        money, today = _money(GRANTED), utc(now).date()
        act = _record({"credits_granted": money, "credits_granted_on": today}, now, PI)
        return Done(f"The credits are there: {PI} records credits_granted {money}.", act)

    def _shares_the_guidelines(self, now: Moment, _: Subject) -> Done:
        act = _record({"guidelines_shared_on": utc(now).date()}, now, STUDENT)
        return Done(f"{STUDENT} sends everybody the guidelines, and records the day.", act)

    def _reads_the_balance(self, now: Moment, _: Subject) -> Done:
        left = _money((GRANTED - self._group.spent(utc(now).date()) - DRIFT).quantize(CENT))
        says = f"{STUDENT} looks at the page, and records credits_left {left}."
        return Done(says, _record({"credits_left": left}, now, STUDENT))

    def _records_the_summary(self, now: Moment, _: Subject) -> Done:
        act = _record({"summary_submitted_on": utc(now).date()}, now, PI)
        return Done(f"The one-page summary went with it; {PI} records the day.", act)

    # -- what happens at the provider -------------------------------------------------------------------

    def _correction(self, now: Moment, _: Subject) -> Done:
        day, tomorrow = self._group.accepted + timedelta(CORRECTED), utc(now).date() + timedelta(1)
        before = self._group.organization.cost_on(day)
        self._group.correct(day, tomorrow)
        after = self._group.organization.cost_on(day)
        says = f"The provider finds that {day:%d %B} cost {after:.2f} USD and not {before:.2f}"
        return Done(f"{says}; from tomorrow on it says so.")

    def _loses_the_key(self, _: Moment, __: Subject) -> Done:
        self._group.revoke()
        return Done("An owner of the organization tidies up, and revokes the key that is polled with.")

    def _puts_in_a_key(self, _: Moment, __: Subject) -> Done:
        self._group.renew()
        return Done(f"{PI} makes another key, and puts it in under the same name.")

    def _sets_a_limit(self, _: Moment, __: Subject) -> Done:
        self._group.limit(MONTHLY_LIMIT)
        return Done(f"{PI} sets a spend limit of {MONTHLY_LIMIT} USD a month.")


def _at(hour: int, minute: int = 0) -> timedelta:
    return timedelta(hours=hour, minutes=minute)


def _money(amount: Decimal) -> Money:
    return Money(int(amount * MICRO), "USD")


def _record(said: dict[str, Observed], now: Moment, by: str) -> Act:
    return Act(f"record {now} {' '.join(said)}", RECORD, ACCOUNT, GRANT, said, now, by)


def _of_letter(letter: str, said: dict[str, Observed], now: Moment, by: str) -> Act:
    return _record({item_fact(LETTERS, letter, fact): value for fact, value in said.items()}, now, by)
