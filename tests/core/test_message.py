"""A message says the next action first, and of every number how old it is and where it comes from."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.account import Account, Grant, Person
from notifier.core.alert import Policy, Reason
from notifier.core.assemble import assemble
from notifier.core.audience import Audience, Ways, audience
from notifier.core.calendar import Duration
from notifier.core.facts import Costs, Expected, Reading
from notifier.core.known import say_known
from notifier.core.language.template import parse_template
from notifier.core.language.types import understand
from notifier.core.letter import Draft
from notifier.core.message import (
    MOST_SUMMARY,
    Answer,
    Message,
    Told,
    answers,
    compose,
    next_step,
    special,
)
from notifier.core.money import Money
from notifier.core.rule import Program, Rule, Rulebook, Staged
from notifier.core.scene import Scene
from notifier.core.standing import compose_standing
from notifier.core.vocabulary import BUILT_IN, Kind, Owner, Vocabulary
from tests.core.helpers import condition, day, fact, locale, moment

BERLIN = "Europe/Berlin"
NOW = moment("2026-11-22 14:05")
VOCABULARY = Vocabulary(BUILT_IN).extended(
    [
        fact("write_after", Kind.DURATION, default=Duration(21, "days")),
        fact("access_ends_on", Kind.DATE, formula="12 months after accepted_on"),
        fact("agreed", Kind.YESNO, Owner.RECORDED),
        fact("note", Kind.TEXT, Owner.RECORDED),
        fact("summary_on", Kind.DATE, Owner.RECORDED),
    ]
)
DRAFT = Draft(
    "not-allocated",
    lambda names: f"Credits for {names['organization']}",
    lambda names: f"Dear team, we were accepted on {names['accepted_on']}.\nOur id is {names['organization']}.",
    "researcheraccess@openai.com",
)


def text(words):
    return parse_template(words, VOCABULARY)


MISSING = Rule(
    "p/credits-not-allocated",
    condition(
        VOCABULARY,
        deadline="write_after after accepted_on",
        unless="credits_granted or renewed_by",
        steps=["1 week before", "1 day after", "1 week after"],
    ),
    text("Credits have not arrived"),
    text(
        "Accepted {{ accepted_on }}; you should write {{ write_after }} later: {{ deadline }}, {{ from_today }}."
    ),
    text("Send the letter from {{ accepted_address }}, or record the credits."),
    contact="general",
    link="balance",
    tell=Staged(((0, "team"), (1, "pi"))),
    draft=Staged(((1, "not-allocated"),)),
    urgent=Staged(((2, "urgent"),)),
)
USED = Rule(
    "p/credits-used",
    condition(VOCABULARY, threshold="credits_used / credits_granted", reaches=["50%", "80%"]),
    text("Credits are running low: {{ value }} at {{ step }} for {{ account }}"),
)
PROGRAM = Program(
    "p",
    VOCABULARY,
    ((VOCABULARY.places["access_ends_on"], understand("12 months after accepted_on", VOCABULARY, Kind.DATE)),),
    {"general": "researcheraccess@openai.com"},
    {"balance": "https://platform.openai.com"},
    {"not-allocated": DRAFT},
    (MISSING, USED),
)
PEOPLE = {"team": Person(("slack:#lab-grants",)), "pi": Person(("mailto:pi@example.edu",), "A. Researcher")}
LAB = Account("lab", locale(BERLIN), PEOPLE, (Grant("g", "p"),))
DECLARED = Reading(
    "declared",
    moment("2026-11-01 08:00"),
    {},
    {"g": {"accepted_on": date(2026, 11, 1), "accepted_address": "a@example.edu"}},
)
RECORDED = Reading(
    "recorded",
    moment("2026-11-22 14:00"),
    {},
    {"g": {"credits_granted": Money(1_000_000_000, "USD"), "credits_granted_on": date(2026, 11, 2)}},
)
COSTS = Reading("openai", moment("2026-11-22 13:00"), costs=Costs.by_day("USD", {day("2026-11-10"): 800_000_000}))


def scene(*readings, now=NOW, account=LAB, moments=False):
    bound = PROGRAM.bound(account.locale)
    expected = Expected("lab", account.locale, frozenset(), moments=moments)
    return Scene(account, PROGRAM, assemble(VOCABULARY, bound.formulas, readings, expected, "g", now), now)


def told(reason, step="1 day after", anchor="2026-11-22"):
    return Told(reason, NOW, step, day(anchor) if anchor else None)


def say(rule, reason, *readings, step="1 day after", anchor="2026-11-22", **more):
    return compose(
        rule, told(reason, step, anchor), scene(*(readings or (DECLARED,)), **more), people="team and PI"
    )


def test_what_opened_says_what_is_known_what_to_do_and_when_it_speaks_again():
    message = say(MISSING, Reason.OPENED)

    assert message.title == "Credits have not arrived · lab"
    assert message.say == "Accepted 1 November; you should write 3 weeks later: 22 November, today."
    assert message.next == "Send the letter from a@example.edu, or record the credits."
    assert (message.contact, message.link) == ("researcheraccess@openai.com", "https://platform.openai.com")
    assert message.known == (
        "accepted on 1 November (accounts file, read 1 November, 08:00 UTC); "
        "write after 3 weeks (the program's terms); "
        "credits granted not recorded, renewed by none"
    )
    assert message.told == "Told: team and PI; again on 23 November, 09:00 (1 day after)."
    assert (message.step, message.reason, message.urgent) == ("1 day after", Reason.OPENED, False)


def test_the_letter_comes_with_its_step_and_its_blanks_are_seen():
    early, message = say(MISSING, Reason.OPENED, step="1 week before"), say(MISSING, Reason.OPENED)

    assert early.letter is None
    assert message.letter.subject == "Credits for [organization id: Settings, Organization, General]"
    assert "accepted on 1 November." in message.letter.body
    assert message.letter.blanks == 2


def test_a_text_shows_what_is_missing_as_a_blank():
    message = say(MISSING, Reason.OPENED, Reading("declared", NOW), anchor=None)

    assert message.say.startswith("Accepted [date of the acceptance mail]; you should write 3 weeks later")
    assert "[not known]" in message.say
    assert "[the address that the acceptance was sent to]" in message.next


@pytest.mark.parametrize(
    ("title", "anchor", "topic"),
    [
        ("Credits are late since {{ from_today }}", "2026-11-22", "Credits are late since on 22 November"),
        ("Accepted {{ accepted_on }}, {{ step }}", "2026-11-22", "Accepted 1 November, 1 day after"),
        ("Late {{ from_today }}", None, "Late [not known]"),
    ],
)
def test_the_name_of_a_thread_has_days_in_it_and_no_distances(title, anchor, topic):
    readings = (DECLARED,) if anchor else (Reading("declared", NOW),)

    assert say(replace(MISSING, title=text(title)), Reason.OPENED, *readings, anchor=anchor).topic == topic


def test_what_escalates_is_urgent_from_its_step_on():
    message = say(MISSING, Reason.ESCALATED, step="1 week after")

    assert (message.urgent, message.headline) == (True, "Credits have not arrived")


def test_what_moved_says_so_and_a_step_that_is_gone_is_said_as_it_was():
    message = say(MISSING, Reason.MOVED, step="3 days before")

    assert (message.headline, message.step, message.urgent) == (
        "Date moved: Credits have not arrived",
        "3 days before",
        False,
    )


def test_what_is_resolved_asks_for_nothing_and_says_what_became_known():
    message = say(MISSING, Reason.RESOLVED, DECLARED, RECORDED, step="1 week after")

    assert message.headline == "Done: Credits have not arrived"
    assert message.say == "Now known: credits granted 1,000.00 USD."
    assert (message.next, message.contact, message.link, message.answers) == ("", "", "", ())
    assert (message.letter, message.urgent, message.told) == (None, False, "Told: team and PI.")


def test_what_ended_it_may_stand_beside_a_fact_that_cannot_be_read():
    unreadable = replace(RECORDED, grants={"g": {"renewed_by": "g2", "credits_granted": Money(5, "XXX")}})

    assert say(MISSING, Reason.RESOLVED, DECLARED, unreadable).say == "Now known: renewed by g2."


def test_what_fell_back_says_so_and_what_does_not_apply_expects_nothing():
    assert say(USED, Reason.RESOLVED, DECLARED, step="80%", anchor=None).say == "It is back within its limits."
    closed = say(MISSING, Reason.CLOSED)

    assert closed.headline == "No longer watched: Credits have not arrived"
    assert closed.say == "The rule does not apply any more; nothing is expected of you."


def test_every_number_has_its_source_and_age():
    message = say(USED, Reason.OPENED, DECLARED, RECORDED, COSTS, step="80%", anchor=None)

    assert message.headline == "Credits are running low: 80% at 80% for lab"
    assert message.known == (
        "credits used 800.00 USD (openai, read 13:00 UTC, may lag a day); "
        "credits granted 1,000.00 USD (recorded by a person, 14:00 UTC)"
    )
    assert message.told == "Told: team and PI."
    assert message.next == ""


def test_a_deadline_that_is_over_because_it_moved_says_the_new_date():
    moved = replace(MISSING, condition=condition(VOCABULARY, deadline="access_ends_on", steps=["on the day"]))
    over = told(Reason.RESOLVED, "on the day")

    assert (
        compose(moved, over, scene(DECLARED), people="team").say == "The date that counts is now 1 November 2027."
    )
    assert compose(moved, over, scene(), people="team").say == "It is back within its limits."


def test_what_a_person_recorded_is_as_old_as_their_record_of_it():
    earlier = replace(RECORDED, since={"g/credits_granted": moment("2026-11-03 09:30")})

    assert say_known(USED, scene(DECLARED, earlier, COSTS)).endswith(
        "(recorded by a person, 3 November, 09:30 UTC)"
    )


def test_what_cannot_be_read_is_named_as_such():
    odd = replace(RECORDED, grants={"g": {"credits_granted": Money(5, "XXX")}})

    assert (
        say_known(USED, scene(odd))
        == "credits used not recorded; credits granted not readable (recorded by a person, 14:00 UTC)"
    )
    assert special("value", USED, told(Reason.OPENED, None, None), scene(odd)) == "[not known]"
    assert special("step", USED, told(Reason.OPENED, None, None), scene(odd)) == ""


def test_a_formula_is_named_as_worked_out():
    rule = replace(MISSING, condition=condition(VOCABULARY, deadline="access_ends_on", steps=["on the day"]))

    assert say_known(rule, scene(DECLARED)).startswith("access ends on 1 November 2027 (")
    assert "accounts file" not in say_known(rule, scene(DECLARED))


def test_a_grant_is_named_where_the_account_has_several():
    two = replace(LAB, grants=(*LAB.grants, Grant("h", "p")))

    assert say(MISSING, Reason.OPENED, account=two).title == "Credits have not arrived · lab, grant g"


@pytest.mark.parametrize(
    ("unless", "command"),
    [
        ("renewed_by", ""),  # nobody records it, the accounts file declares it
        ("renewed_by or credits_granted", "lab credits_granted AMOUNT"),
        ("credits_granted_on", "lab credits_granted_on today"),
        ("agreed", "lab agreed true"),
        ("note", 'lab note "..."'),
    ],
)
def test_a_person_reads_how_to_record_that_it_is_done(unless, command):
    rule = replace(
        MISSING, condition=condition(VOCABULARY, deadline="accepted_on", unless=unless, steps=["on the day"])
    )

    expected = (Answer("When done", "record", command),) if command else ()
    assert expected == answers(rule, scene(DECLARED))
    assert answers(USED, scene(DECLARED)) == ()


def test_of_several_grants_the_command_names_the_one():
    told_of = scene(DECLARED)
    several = replace(told_of.account, grants=(*told_of.account.grants, Grant("other", "p")))
    rule = replace(
        MISSING, condition=condition(VOCABULARY, deadline="accepted_on", steps=["on the day"], unless="note")
    )

    [answer] = answers(rule, replace(told_of, account=several))
    assert answer.rest == f'lab note "..." --grant {told_of.facts.grant}'


# -- when it speaks again -------------------------------------------------------------------------------------


def comes_next(now, **fields):
    rule = replace(MISSING, condition=condition(VOCABULARY, **fields))
    here = scene(DECLARED, now=moment(now, BERLIN))
    coming = next_step(rule, here, here.now)
    return coming and (coming[0] - moment("2026-11-01 09:00", BERLIN), coming[1])


DAY = 86_400


def test_the_next_step_is_the_one_that_comes_if_nothing_changes():
    steps = ["1 week after", "2 weeks after"]
    fields = {"deadline": "accepted_on", "steps": steps}

    assert comes_next("2026-11-01 12:00", **fields) == (7 * DAY, "1 week after")
    assert comes_next("2026-11-08 09:00", **fields) == (14 * DAY, "2 weeks after")
    assert comes_next("2026-11-15 09:00", **fields) is None  # it only closes
    assert comes_next("2026-11-15 09:00", **fields, unless="agreed") is None
    assert comes_next("2026-11-01 12:00", **fields, ending="3 days after accepted_on") is None


def test_a_rule_that_has_not_begun_speaks_first_when_it_begins():
    fields = {"deadline": "accepted_on", "steps": ["1 day before"], "starting": "2 days after accepted_on"}

    assert comes_next("2026-11-01 12:00", **fields, unless="agreed") == (2 * DAY, "1 day before")


def test_a_moment_at_which_no_step_comes_is_looked_through():
    fields = {"deadline": "accepted_on", "steps": ["1 week after"], "starting": "2 days after accepted_on"}

    assert comes_next("2026-11-01 12:00", **fields, unless="agreed") == (7 * DAY, "1 week after")


def test_what_is_to_be_read_again_is_recorded_and_what_is_not_recorded_is_not():
    old = condition(
        VOCABULARY,
        deadline="6 weeks after latest of read_on(accepted_on), read_on(credits_left)",
        steps=["on the day"],
    )
    declared = condition(VOCABULARY, deadline="6 weeks after read_on(accepted_on)", steps=["on the day"])
    ended = condition(
        VOCABULARY, deadline="6 weeks after read_on(credits_left)", unless="agreed", steps=["on the day"]
    )
    seen = scene(DECLARED, moments=True)

    assert answers(replace(MISSING, condition=old), seen) == (
        Answer("When done", "record", "lab credits_left AMOUNT"),
    )
    assert answers(replace(MISSING, condition=declared), seen) == ()
    assert answers(replace(MISSING, condition=ended), seen)[0].rest == "lab agreed true"  # what ends it is first
    standing = (replace(MISSING, condition=old), told(Reason.STANDING, "on the day", None), seen)
    assert [each.rest for each in compose_standing([standing], seen, people="team").answers] == [
        "lab credits_left AMOUNT"
    ]


# -- what was standing at enrolment ---------------------------------------------------------------------------


def test_of_what_is_over_and_not_known_any_more_the_step_is_said():
    unknown = replace(RECORDED, grants={"g": {"credits_granted": None}})
    over = told(Reason.CLOSED, "80%", None)

    assert special("value", USED, over, scene(unknown)) == "80%"


def test_what_was_standing_is_one_message_with_a_row_each_and_one_letter():
    seen = scene(DECLARED, RECORDED, COSTS)
    found = [(USED, told(Reason.STANDING, "50%", None), seen), (MISSING, told(Reason.STANDING), seen)]
    message = compose_standing(found, seen, people="team")

    assert message.title == "Now watched · lab"
    assert message.say == "Already open when the grant was enrolled:"
    assert message.rows == (
        "Credits are running low: 80% at 50% for lab.",
        (
            "Credits have not arrived (22 November, today)."
            " Send the letter from a@example.edu, or record the credits."
        ),
    )
    assert message.letter.name == "not-allocated"
    assert message.answers == (
        Answer("Did the credits come, and how much?", "record", "lab credits_granted AMOUNT"),
    )
    assert (message.told, message.reason) == ("Told: team.", Reason.STANDING)


def test_what_was_standing_promises_no_commands_where_none_answers():
    seen = scene(DECLARED, RECORDED, COSTS)
    spent = compose_standing([(USED, told(Reason.STANDING, "50%", None), seen)], seen, people="team")
    asks = compose_standing([(MISSING, told(Reason.STANDING), seen)], seen, people="team")

    assert spent.next == "Do what is said there; earlier reminders are not repeated."
    assert asks.next.startswith("Answer what you know with the commands below")


def test_a_grant_that_is_over_is_named_as_ended_with_what_is_owed():
    over = replace(DECLARED, grants={"g": {"accepted_on": date(2025, 3, 1)}})
    seen = scene(over)
    message = compose_standing([(USED, told(Reason.STANDING, "50%", None), seen)], seen, people="team")

    assert (message.headline, message.say) == ("This grant ended on 1 March", "Still owed:")
    assert (message.letter, message.answers) == (None, ())


def test_a_program_without_an_end_is_watched_too():
    bare = Vocabulary(BUILT_IN)
    rule = replace(
        USED,
        title=parse_template("Title", bare),
        condition=condition(bare, threshold="credits_left", falls_to=["5"]),
    )
    here = locale()
    facts = assemble(bare, (), (), Expected("lab", here), "g", NOW)
    seen = Scene(LAB, Program("q", bare), facts, NOW)
    message = compose_standing([(rule, told(Reason.STANDING, "5", None), seen)], seen, people="team")

    assert (message.headline, message.rows) == ("Now watched", ("Title.",))


# -- laws -----------------------------------------------------------------------------------------------------

words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200)


@given(words, words, words)
def test_a_notification_has_one_line_of_at_most_150_characters(headline, about, asks):
    summary = Message(headline, about, Reason.OPENED, next=asks).summary

    assert len(summary) <= MOST_SUMMARY
    assert summary.splitlines() in ([summary], [])
    assert summary.startswith(" ".join(headline.split())[:100].strip()) or summary.endswith("…")


def test_a_summary_says_what_to_do_or_else_what_is_so():
    assert Message("A", "lab", Reason.OPENED, say="It is.", next="Do it.").summary == "A · lab. Do it."
    assert Message("A", "lab", Reason.RESOLVED, say="It is.").summary == "A · lab. It is."
    assert Message("A" * 200, "lab", Reason.OPENED).summary == "A" * 149 + "…"


@pytest.mark.parametrize("reason", [Reason.OPENED, Reason.ESCALATED, Reason.MOVED])
@pytest.mark.parametrize("readings", [(DECLARED,), (DECLARED, RECORDED, COSTS), (Reading("declared", NOW),)])
def test_the_next_action_begins_within_the_first_300_characters(reason, readings):
    message = say(MISSING, reason, *readings)
    whole = f"{message.title} {message.say} {message.next}"

    assert 0 < whole.index(message.next) < 300


# -- who hears ------------------------------------------------------------------------------------------------

POLICY = Policy(MISSING.condition.ladder)


@pytest.mark.parametrize(
    ("people", "step", "roles", "named"),
    [
        (PEOPLE, "1 week before", ("team",), "team (#lab-grants)"),
        (PEOPLE, "1 day after", ("team", "PI"), "team (#lab-grants) and PI (A. Researcher)"),
        (PEOPLE, "a step that is gone", ("team",), "team (#lab-grants)"),
        ({"pi": PEOPLE["pi"]}, "1 week before", ("PI",), "PI (A. Researcher)"),  # nobody is left, so all hear
        ({}, "1 week before", (), "nobody is named for this account"),
    ],
)
def test_roles_become_people(people, step, roles, named):
    heard = audience(replace(LAB, people=people), MISSING, POLICY, step)

    assert heard == Audience(roles, named)


def test_of_a_rule_that_is_gone_everybody_hears():
    assert audience(LAB, None, POLICY, "1 week before").roles == ("team", "PI")


SLACK, MAIL, OFFICE = "slack:#lab-grants", "mailto:a@example.edu", "mailto:office@example.edu"


@pytest.mark.parametrize(
    ("open_ways", "fallback", "destinations", "named"),
    [
        ((SLACK, MAIL), "", (SLACK, MAIL), "team (#lab-grants) and PI (A. Researcher)"),
        ((SLACK,), "", (SLACK,), "team (#lab-grants); PI (A. Researcher) cannot be reached"),
        ((), OFFICE, (OFFICE,), "team (#lab-grants) and PI (A. Researcher) cannot be reached"),
        ((), "", ("console",), "team (#lab-grants) and PI (A. Researcher) cannot be reached"),
    ],
    ids=["both", "only Slack", "nobody, but the fallback", "nobody"],
)
def test_people_become_destinations(open_ways, fallback, destinations, named):
    people = {"team": Person((SLACK,)), "pi": Person(("mailto:old@example.edu", MAIL), "A. Researcher")}
    ways = Ways(open_ways.__contains__, fallback)
    heard = audience(replace(LAB, people=people), MISSING, POLICY, "1 day after", ways)

    assert (heard.destinations, heard.people) == (destinations, named)


def test_who_is_not_asked_hears_if_nobody_of_those_asked_can_be_reached():
    people = {"team": Person((SLACK,)), "pi": Person((MAIL,), "A. Researcher")}
    heard = audience(replace(LAB, people=people), MISSING, POLICY, "1 week before", Ways([MAIL].__contains__))

    assert (heard.roles, heard.destinations) == (("PI",), (MAIL,))
    assert heard.people == "PI (A. Researcher); team (#lab-grants) cannot be reached"


def test_two_roles_with_one_address_hear_once():
    people = {"team": Person((SLACK,)), "pi": Person((SLACK,), "A. Researcher")}

    assert audience(replace(LAB, people=people), MISSING, POLICY, "1 day after", Ways([SLACK].__contains__)) == (
        Audience(("team", "PI"), "team (#lab-grants) and PI (A. Researcher)", (SLACK,))
    )


def test_a_rulebook_finds_a_rule_or_knows_that_it_is_gone():
    book = Rulebook({"p": PROGRAM})

    assert book.rule("p", "p/credits-used") is USED
    assert [book.rule("p", "p/gone"), book.rule("gone", "p/credits-used")] == [None, None]
    assert (book.rules, book.drafts) == ([MISSING, USED], {"not-allocated"})
