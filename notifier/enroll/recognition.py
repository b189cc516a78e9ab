"""What a program says about its acceptance mail: data from its rules file, checked once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self


class RecognitionError(ValueError):
    """A program's `acceptance_mail` cannot be used; the text names program, key and fault."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A fact that letters need and that a mail may not say: how it is written, and where to find it."""

    name: str
    example: str
    """With a visible blank, so that it is no answer until a person has filled it in."""
    where: str


ASKS: Final = (
    Ask("organization", "org-…", "Settings, Organization, General"),
    Ask("credits_requested", "… USD", "the amount asked for in your application"),
    Ask("use_case", "…", "one sentence from your application"),
    Ask("research_ends_on", "YYYY-MM-DD", "the timeline in your application"),
)
_KEYS = ("from", "phrases", "find", "lists", "ask")


@dataclass(frozen=True, slots=True)
class Recognition:
    """How the acceptance mail of one program is recognized and read.

    `senders` are addresses, or whole domains as `@example.org`. `phrases` are marks of an acceptance,
    and of no other mail of the program. `patterns` finds facts: name → regular expression, with the fact
    in the group `value`; case does not matter, white space is single blanks. Names with a dot
    (`contacts.general`, `links.papers`, `owed.summary`) are for the reader only; the others become fields or
    terms of the grant. `lists` are the facts that enumerate, such as models.

    Raises:
        RecognitionError: no phrases, or a pattern that is no regular expression with a group `value`.
    """

    program: str
    senders: tuple[str, ...]
    phrases: tuple[str, ...]
    patterns: Mapping[str, str] = field(default_factory=dict)
    lists: tuple[str, ...] = ("granted_models",)
    asks: tuple[Ask, ...] = ASKS

    def __post_init__(self) -> None:
        if not any(phrase.strip() for phrase in self.phrases):
            raise RecognitionError(f"{self.program}: acceptance_mail.phrases: at least one phrase is needed.")
        for name in self.patterns:
            self.pattern(name)

    def pattern(self, name: str) -> re.Pattern[str]:
        """Return the compiled pattern of the fact *name*."""
        place = f"{self.program}: acceptance_mail.find.{name}"
        try:
            compiled = re.compile(self.patterns[name], re.IGNORECASE)
        except (re.error, OverflowError, RecursionError) as error:
            raise RecognitionError(f"{place}: no regular expression: {error}.") from error
        if "value" not in compiled.groupindex:
            raise RecognitionError(f"{place}: mark what counts with (?P<value>…).")
        return compiled

    @classmethod
    def from_data(cls, program: str, data: object) -> Self:
        """Make one from the mapping under `acceptance_mail:` in a rules file.

        Keys: `from` (address or list), `phrases` (list), `find` (name → pattern), and, where the usual does
        not fit, `lists` (names) and `ask` (name → {example, where}).

        Raises:
            RecognitionError: unknown key, wrong kind of value, invalid pattern.
        """
        place = f"{program}: acceptance_mail"
        given = _mapping(place, data)
        unknown = [key for key in given if key not in _KEYS]
        if unknown:
            raise RecognitionError(f"{place}: {unknown[0]!r} is not known here; known: {', '.join(_KEYS)}.")
        find = _mapping(f"{place}.find", given.get("find", {}))
        return cls(
            program=program,
            senders=_texts(f"{place}.from", given.get("from", [])),
            phrases=_texts(f"{place}.phrases", given.get("phrases", [])),
            patterns={name: _text(f"{place}.find.{name}", pattern) for name, pattern in find.items()},
            lists=_texts(f"{place}.lists", given.get("lists", ["granted_models"])),
            asks=_asks(f"{place}.ask", given["ask"]) if "ask" in given else ASKS,
        )


def _asks(place: str, value: object) -> tuple[Ask, ...]:
    asks = []
    for name, entry in _mapping(place, value).items():
        here = f"{place}.{name}"
        fields = _mapping(here, entry)
        if set(fields) != {"example", "where"}:
            raise RecognitionError(f"{here}: needs exactly `example` and `where`.")
        asks.append(
            Ask(name, _text(f"{here}.example", fields["example"]), _text(f"{here}.where", fields["where"]))
        )
    return tuple(asks)


def _mapping(place: str, value: object) -> dict[str, object]:
    if not isinstance(value, Mapping):
        raise RecognitionError(f"{place}: keys with values are expected here, not {value!r}.")
    return {str(key): entry for key, entry in value.items()}


def _texts(place: str, value: object) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list | tuple):
        raise RecognitionError(f"{place}: a list of texts is expected here, not {value!r}.")
    return tuple(_text(place, entry) for entry in values)


def _text(place: str, value: object) -> str:
    if not isinstance(value, str):
        raise RecognitionError(f"{place}: a text is expected here, not {value!r}.")
    return value
