"""Costs, day by day, grouped: only the days that may still change are read again, and laid over what was kept."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from notifier.core.amounts import NoAmount
from notifier.core.calendar import SECONDS_A_DAY
from notifier.core.costs import EPOCH
from notifier.core.ledger import Ledger, first_to_read, kept_in, lay_over, windows
from notifier.core.seen import day_of
from notifier.ports import Unreadable
from notifier.sources.openai.answers import accept, document, malformed, refuses_cursor
from notifier.sources.openai.areas import COSTS
from notifier.sources.openai.rows import buckets, days, enter, next_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.calendar import Day, Moment
    from notifier.core.facts import Reading
    from notifier.core.ledger import Spent, Window
    from notifier.net import Answer
    from notifier.sources.openai.talk import Talk

WINDOW_DAYS = 180  # the most buckets of one page [spec]; longer questions broke their own cursors [seen]
DAYS_BACK = 400  # a grant runs for twelve months, and what was spent just before it is compared with
OPEN_DAYS = 3  # before today: how long a day is corrected is documented nowhere
MOST_PAGES = 200  # one bucket a page would still fit
REMEMBERED = SECONDS_A_DAY  # how long a grouping that was refused is not asked for again

Grouping = tuple[str, ...]


class Groupings:
    """Which groupings were refused, by account and part: each poll would else ask in vain first."""

    def __init__(self) -> None:
        self._refused: dict[tuple[str, str], tuple[int, Moment]] = {}

    def first_to_try(self, account: str, part: str, now: Moment) -> int:
        """How many groupings need not be tried."""
        refused, until = self._refused.get((account, part), (0, now))
        if now >= until:
            self._refused.pop((account, part), None)
            return 0
        return refused

    def remember(self, account: str, part: str, refused: int, now: Moment) -> None:
        """That the first *refused* groupings were."""
        self._refused[account, part] = refused, now + REMEMBERED


class Bill:
    """The costs of one reading. *groupings* are tried in turn; without the empty one there may be none to be had.

    First `fetch`; then, unless nothing changed, `spent`.
    """

    def __init__(self, talk: Talk, groupings: Sequence[Grouping], refused: Groupings, days_back: int) -> None:
        self._talk, self._groupings, self._refused = talk, groupings, refused
        self._farthest = talk.today - days_back
        self._first = self._farthest
        self._pages: list[tuple[Answer, Window]] | None = None
        self._before: list[Reading | None] = []  # what was kept, once it was looked at

    async def fetch(self) -> None:
        """Ask for the days that may have changed since the last answer, as far as that is known.

        Raises:
            Unreadable: they could not be read.
        """
        today = self._talk.today
        if day_of(self._talk.question.seen) == today:  # so that what was kept need not be looked at
            first = today - OPEN_DAYS
        else:
            back = today - self._farthest
            first = first_to_read(await self._kept(), today, still_open=OPEN_DAYS, far_back=back)
        await self._fetch_from(first)

    async def spent(self) -> Spent | None:
        """What was spent, what was kept of older days included; None where OpenAI does not group like that.

        Raises:
            Unreadable: an answer is not as documented.
        """
        kept = await self._kept()
        ledger = self._ledger()
        if ledger is not None and self._needs_all(kept, ledger):
            await self._fetch_from(self._farthest)
            ledger = self._ledger()
        if ledger is None:
            return None
        try:
            return _laid_over(kept, ledger, self._first)
        except NoAmount as error:
            raise malformed(COSTS, str(error)) from None

    async def before(self) -> Reading | None:
        """What was kept of this part when it was last read."""
        if not self._before:
            self._before.append(await self._talk.question.before())
        return self._before[0]

    async def _kept(self) -> Reading | None:
        """The last reading, if days can be laid over it: has it the account's series, where that is asked for?"""
        kept = await self.before()
        lacking = kept is not None and () in self._groupings and kept.costs is None
        return None if lacking else kept

    def _needs_all(self, kept: Reading | None, ledger: Ledger) -> bool:
        """Whether the open days are not enough: nothing is kept, or nothing of items, of which they speak."""
        if self._first <= self._farthest:
            return False
        if kept is None or (ledger.currencies and kept_in(kept).costs.currency not in ledger.currencies):
            return True
        if kept.spends or not ledger.names_items:
            return False
        return kept.costs is None or kept.costs.before(self._first) != 0

    # -- asking ---------------------------------------------------------------------------------------------------

    async def _fetch_from(self, first: Day) -> None:
        question = self._talk.question
        self._first, self._pages = first, None
        tried = self._refused.first_to_try(question.account.id, question.part, question.now)
        for place, grouping in enumerate(self._groupings[tried:], tried):
            try:
                pages = await self._fetch_grouped(grouping)
            except _GroupingRefused:
                self._refused.remember(question.account.id, question.part, place + 1, question.now)
            else:
                self._pages = pages
                return

    async def _fetch_grouped(self, grouping: Grouping) -> list[tuple[Answer, Window]]:
        pages: list[tuple[Answer, Window]] = []
        for window in windows(self._first, self._talk.today, WINDOW_DAYS):
            await self._fetch_window(window, grouping, pages)
        return pages

    async def _fetch_window(self, window: Window, grouping: Grouping, pages: list[tuple[Answer, Window]]) -> None:
        """Read *window*; once, take up the thread where OpenAI lost it.

        Cursors of long, mostly empty ranges were handed out and then refused [seen: forum thread 1369109].
        """
        try:
            await self._turn_pages(window, grouping, pages)
        except _CursorRefused:
            rest = window.after(max((day for page, _ in pages for day in days(page)), default=None))
            if rest is not None:
                await self._turn_pages(rest, grouping, pages)

    async def _turn_pages(self, window: Window, grouping: Grouping, pages: list[tuple[Answer, Window]]) -> None:
        cursor, turned = None, set[str]()
        for _ in range(MOST_PAGES):
            # Every page repeats the whole question: a cursor holds for no other [seen].
            answer = await self._talk.ask("/organization/costs", _query(window, grouping, cursor))
            if refuses_cursor(answer) and cursor is not None:
                raise _CursorRefused("OpenAI refused its own page token for costs twice (400).")
            if _refuses_grouping(answer) and cursor is None and grouping:
                raise _GroupingRefused
            pages.append((self._talk.take(accept(answer, COSTS, self._talk.question)), window))
            if self._talk.is_unchanged:
                return  # no page is missing, and none has to be understood
            cursor = next_page(document(answer, COSTS))
            if cursor is None:
                return
            if cursor in turned:
                raise Unreadable("OpenAI sent the same page of costs over and over.")
            turned.add(cursor)
        raise Unreadable(f"OpenAI sent more than {MOST_PAGES} pages of costs for {WINDOW_DAYS} days.")

    # -- understanding --------------------------------------------------------------------------------------------

    def _ledger(self) -> Ledger | None:
        if self._pages is None:
            return None
        ledger = Ledger()
        try:
            for answer, window in self._pages:
                for bucket in buckets(document(answer, COSTS)):
                    enter(bucket, window, ledger)
        except NoAmount as error:
            raise malformed(COSTS, str(error)) from None
        if len(ledger.currencies) > 1:
            several = ", ".join(ledger.currencies)
            raise Unreadable(f"OpenAI reports costs in several currencies ({several}), which cannot be added up.")
        return ledger


def _laid_over(kept: Reading | None, ledger: Ledger, first: Day) -> Spent:
    if kept is None:
        return ledger.spent()
    before = kept_in(kept)
    fresh = ledger.spent(before.costs.currency)
    return fresh if fresh.costs.currency != before.costs.currency else lay_over(before, fresh, first)


def _query(window: Window, grouping: Grouping, cursor: str | None) -> list[tuple[str, str | int]]:
    """The question. It begins at midnight UTC: any other start makes a partial first bucket [seen].

    The end of a window that reaches today is left to OpenAI: a day may end while we ask.
    """
    ends = [] if window.is_open else [("end_time", _moment(window.end))]
    groups = [("group_by", field) for field in grouping]
    page = [] if cursor is None else [("page", cursor)]
    return [
        ("start_time", _moment(window.first)),
        *ends,
        ("bucket_width", "1d"),
        *groups,
        ("limit", WINDOW_DAYS),
        *page,
    ]


def _moment(day: Day) -> Moment:
    return (day - EPOCH) * SECONDS_A_DAY


def _refuses_grouping(answer: Answer) -> bool:
    """Whether fewer groups should be tried: groupings that are documented were refused [seen: PostHog #71784].

    The words of that answer are not known, so that every 400 to a first question counts; a proxy that checks
    questions against the document says 422.
    """
    return answer.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY} and not refuses_cursor(
        answer
    )


class _CursorRefused(Unreadable):
    """The next page cannot be had by its cursor."""


class _GroupingRefused(Exception):
    """Costs are not grouped like that for this organization."""
