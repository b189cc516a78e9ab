"""What a key can read, whose it is, until when it holds: for ``notifier doctor``. Nothing of it is kept."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from notifier.core.account import MAIN
from notifier.core.calendar import SECONDS_A_DAY
from notifier.core.costs import EPOCH
from notifier.core.words import say_day, say_distance, say_list
from notifier.ports import Examined
from notifier.sources.openai.answers import document, is_kept_out, is_refused_key, reads, right_to
from notifier.sources.openai.areas import (
    ADMIN_KEYS,
    COSTS,
    MEMBERS,
    OWN_ADMIN_KEY,
    PROJECTS,
    SPEND_LIMIT,
    Area,
)
from notifier.sources.openai.fields import day
from notifier.sources.openai.keys import own_key
from notifier.sources.openai.talk import organization_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notifier.net import Answer, Params
    from notifier.ports import Question
    from notifier.sources.openai.talk import Talk

SOON = 30  # days before its end in which a new key should be made


class _Looked(NamedTuple):
    """One small question: what it is about, which parts need it, and what came of it."""

    area: Area
    parts: tuple[str, ...]
    answer: Answer

    def is_for(self, parts: Sequence[str]) -> bool:
        return any(part in parts for part in self.parts)

    @property
    def is_open(self) -> bool:
        """Whether the key can read it. A spend limit that is not there is a 404."""
        return self.answer.status == HTTPStatus.OK or (
            self.area is SPEND_LIMIT and self.answer.status == HTTPStatus.NOT_FOUND
        )


async def examine(talk: Talk) -> Sequence[Examined]:
    """Ask for a little of everything: what the key is, can read, should not be able to read, whose it is, its end.

    Raises:
        Unreadable: nobody answered, or not OpenAI.
    """
    looked: list[_Looked] = []
    for area, path, params, parts in _questions(talk):
        answer = await talk.ask_whoever(path, params)
        if is_refused_key(answer):
            return [_refused(talk.question)]
        if answer.status == HTTPStatus.OK:
            document(answer, area)
        looked.append(_Looked(area, parts, answer))
    question = talk.question
    return [
        _kind(question.key),
        *_can_read(looked, question),
        *_can_do_more(looked, question),
        _organization(looked, question),
        _end(looked, talk),
    ]


def _questions(talk: Talk) -> Iterator[tuple[Area, str, Params, tuple[str, ...]]]:
    start = (talk.today - EPOCH) * SECONDS_A_DAY
    one = (("limit", 1),)
    yield COSTS, "/organization/costs", (("start_time", start), *one), (MAIN, "members", "keys")
    yield SPEND_LIMIT, "/organization/spend_limit", (), ("limits",)
    yield PROJECTS, "/organization/projects", one, ("limits", "projects", "keys", "models")
    yield MEMBERS, "/organization/users", one, ("members",)
    yield ADMIN_KEYS, "/organization/admin_api_keys", (("limit", 100),), ("keys",)


def _refused(question: Question) -> Examined:
    kind = _kind(question.key)
    found = "OpenAI refuses it (401): it is wrong, revoked or not allowed from this network address"
    advice = f"Put in an admin key of the organization, {OWN_ADMIN_KEY}."
    return Examined("the key", False, f"{found}; {kind.found}" if kind.good is False else found, advice)


def _kind(key: str) -> Examined:
    """What the beginning of the key says of it."""
    what, advice = "the kind of key", f"Put in an admin key, {OWN_ADMIN_KEY}."
    if key.startswith("sk-admin-"):
        return Examined(what, True, "it is an admin key; whether it may also change things, reading does not show")
    if key.startswith("sk-proj-"):
        return Examined(what, False, "it is a project key, which uses models and reads no organization", advice)
    if key.startswith("sk-svcacct-"):
        return Examined(what, False, "it is the key of a service account, which reads no organization", advice)
    return Examined(what, None, "its beginning does not say what kind of key it is")


def _can_read(looked: Sequence[_Looked], question: Question) -> Iterator[Examined]:
    wanted = [each for each in looked if each.is_for(question.poll.parts)]
    well = [each.area.what for each in wanted if each.is_open]
    if well:
        yield Examined("what it is to read", True, f"it can read {say_list(well)}")
    vain = {part for each in wanted if is_kept_out(each.answer) for part in each.parts}
    rest = [part for part in question.poll.parts if part not in vain]
    less = f" Or let it read less: `{reads(rest)}`." if rest else ""
    for each in wanted:
        status = each.answer.status
        if each.is_open:
            continue
        if is_kept_out(each.answer):
            advice = f"It takes {right_to(each.answer, each.area)}.{less}"
            yield Examined(each.area.what, False, f"it may not read {each.area.what} ({status})", advice)
        else:
            yield Examined(each.area.what, None, f"OpenAI did not say whether it can be read ({status})")


def _can_do_more(looked: Sequence[_Looked], question: Question) -> Iterator[Examined]:
    """A key that reads more than it is used for should be replaced by one that cannot."""
    parts = question.poll.parts
    more = [each for each in looked if each.is_open and not each.is_for(parts)]
    if not more:
        return
    others = [part for each in more for part in each.parts if part not in parts]
    enough = (
        "one with the scope api.usage.read alone is enough for costs" if set(parts) == {MAIN} else "one with less"
    )
    yield Examined(
        "what else it can read",
        False,
        f"it can also read {say_list([each.area.what for each in more])}, which nothing here asks for",
        f"Make another key and put it in: {enough}. Or let it be used: "
        f"`{reads([*parts, *dict.fromkeys(others)])}`.",
    )


def _organization(looked: Sequence[_Looked], question: Question) -> Examined:
    what, expected = "its organization", question.organization
    named = next((name for each in looked if (name := organization_of(each.answer, question.key))), "")
    if not named:
        return Examined(what, None, "no answer names the organization")
    if not expected:
        found = f"it belongs to {named}; with `organization: {named}` answers of any other would be refused"
        return Examined(what, None, found)
    if named != expected:
        advice = "Put in a key of the right organization, or correct `organization` in the accounts file."
        return Examined(what, False, f"it belongs to {named}, but the accounts file names {expected}", advice)
    return Examined(what, True, f"it belongs to {named}, as the accounts file says")


def _end(looked: Sequence[_Looked], talk: Talk) -> Examined:
    what = "its end"
    keys = next((each for each in looked if each.area is ADMIN_KEYS and each.is_open), None)
    if keys is None:
        return Examined(what, None, "it may not read admin keys, so that nobody can say when it expires")
    entries = document(keys.answer, ADMIN_KEYS).get("data")
    own = own_key([each for each in entries if isinstance(each, dict)], talk.question.key) if entries else None
    if own is None:
        return Examined(what, None, "which of the admin keys it is cannot be told, so neither when it expires")
    last = day(own.get("expires_at"), ADMIN_KEYS)
    if last is None:
        return Examined(what, True, "it does not expire")
    ends, locale, now = last.toordinal(), talk.question.account.locale, talk.question.now
    if ends - talk.today > SOON:
        return Examined(what, True, f"it expires on {say_day(ends, locale, now)}")
    advice = f"Make a new admin key, {OWN_ADMIN_KEY}, put it in, and then delete this one."
    found = f"it expires on {say_day(ends, locale, now)} ({say_distance(ends, locale, now)})"
    return Examined(what, False, found, advice)
