"""A program of three rules of our own, and an account that is told at any hour: for what is not about wording."""

from dataclasses import replace
from datetime import date, time

from notifier.core.account import Account, Grant, Person
from notifier.core.calendar import Locale
from notifier.files.rulebook import read_rulebook
from notifier.flow.declare import Declaration
from tests.flow.conftest import BERLIN

RULES = """\
version: 1
program: small
facts:
  paid_on: {type: date, ask: "When was it paid?"}
  access_ends_on: {is: "12 months after accepted_on"}
rules:
  - id: late
    title: The credits are late
    deadline: 3 weeks after accepted_on
    unless: credits_granted
    steps: [on the day, 1 day after, 2 days after]
    urgent: from 2 days after
    next: Write to them.
    tell: [team]
  - id: bill
    title: A bill is to be paid
    deadline: 2 months after accepted_on
    unless: paid_on
    steps: [1 week before, on the day]
    next: Pay it.
    tell: [team, pi]
"""
SERVICE = """\
version: 1
program: notifier
rules:
  - id: destination-failing
    for_each: destinations
    title: "{{ destination.name }} cannot be told"
    while: destination.failing_since
    say: "{{ destination.why }}, and {{ destination.waiting }} wait"
    tell: [operator]
  - id: rules-rejected
    title: The rules were not taken over
    while: rules_rejected
    say: "{{ rules_rejected }}"
    tell: [operator]
  - id: accounts-rejected
    title: The accounts were not taken over
    while: accounts_rejected > 0
    tell: [operator]
  - id: provider-unreachable
    for_each: providers
    title: "{{ provider.name }} cannot be read for {{ provider.accounts }} accounts"
    while: provider.accounts
    say: "{{ provider.why }}"
    tell: [operator]
"""
TEAM, PI = "slack:#lab", "mailto:pi@example.edu"


def small_rules(folder, **changed):
    """The rules above, each text in *changed* replaced; program files by name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"small": RULES, "notifier": SERVICE, **changed}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    faults = []
    rulebook = read_rulebook(folder, "rules", faults)
    assert not faults
    return rulebook


def group(name="lab", *, accepted="2026-03-02", people=None, tell_at="23:00", zone=BERLIN, sources=(), **facts):
    """An account with one grant; told at 23:00, when others sleep."""
    people = {"team": Person((TEAM,)), "pi": Person((PI,), "A. Researcher")} if people is None else people
    since = date.fromisoformat(accepted).toordinal()
    locale = Locale(zone, time.fromisoformat(tell_at))
    account = Account(name, locale, people, (Grant("1", "small", since),), sources)
    said = {"grant_id": "1", "accepted_on": date.fromisoformat(accepted), **facts}
    return Declaration(account, {"account_name": name}, {"1": said})


def quiet(declaration, **roles):
    """*declaration* with quiet hours for some roles."""
    people = {
        role: replace(person, quiet=roles.get(role, person.quiet))
        for role, person in declaration.account.people.items()
    }
    return replace(declaration, account=replace(declaration.account, people=people))
