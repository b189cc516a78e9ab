"""What is read can be written again, and reads the same: nothing else is explained than is judged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.language.printer import written
from notifier.core.language.types import understand
from notifier.core.vocabulary import BUILT_IN, Kind, Vocabulary

BOOKS = Vocabulary(BUILT_IN)
ANY = tuple(Kind)


def again(text, vocabulary=BOOKS, *kinds):
    """*text* read and written, which must read the same."""
    node = understand(text, vocabulary, *kinds)
    said = written(node, vocabulary)
    assert understand(said, vocabulary, *kinds) == node, said
    return said


@pytest.mark.parametrize(
    "text",
    [
        "credits_granted",
        "not credits_granted",
        "credits_used / credits_granted",
        "3 weeks after accepted_on",
        "2 weeks before 1 month before accepted_on",
        "earliest of research_ends_on, credits_expire_on, 12 months after accepted_on",
        "3 weeks after (earliest of accepted_on, enrolled_on)",
        "credits_used / credits_granted >= 80% and credits_left < 200 USD or organization == 'x'",
        "(organization or use_case) and renewed_by",
        "not (organization and use_case)",
        "organization != 'x'",
        "'a' in granted_models",
        "'a' not in granted_models",
        "10 - (2 - 1) - 3",
        "2 * (3 + 4) / 5",
        "2 / (3 / 4)",
        "2 - (3 - 4)",
        "credits_left * (3 * 4)",
        "credits_left / (2 * 3)",
        "-5 USD + credits_left",
        "-(credits_left - 5)",
        "spend(last 4 weeks) > 5.5",
        "spend(this month) + spend(yesterday)",
        "spend(since accepted_on)",
        "any(members)",
        "count(members, not member.is_service_account) > 3",
        "any(projects, project.spend(this month) > project.monthly_budget)",
        "any(papers, paper.planned_on < 2 weeks after accepted_on and not paper.submitted_on)",
        "labels.team == 'bots'",
        "read_on(credits_left)",
        "latest of read_on(credits_left), credits_granted_on",
        "2026-11-22",
        "5 working days after accepted_on",
        "account.credits_left",
        "yes",
    ],
)  # fmt: skip
def test_it_is_written_as_people_write_it(text):
    assert again(text, BOOKS, *ANY).replace('"', "'") == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0.8 * credits_granted", "80% * credits_granted"),
        ("14 days after accepted_on", "2 weeks after accepted_on"),
        ("99999 years after accepted_on", "99999 years after accepted_on"),
        ("1y after accepted_on", "12 months after accepted_on"),
        ("grant.renewed_by", "renewed_by"),
        ("((credits_left))", "credits_left"),
        ("1_000USD < credits_left", "1000 USD < credits_left"),
        ("false", "no"),
        ("12.5", "12.5"),
        ("credits_left < 12.5", "credits_left < 12.5"),
        ("'say \"x\"' == use_case", "'say \"x\"' == use_case"),
        ("not not use_case", "not not use_case"),
        ("not (organization != 'x')", 'not organization != "x"'),
        ("any(members, yes)", "any(members)"),
    ],
)
def test_there_is_one_way_of_writing(text, said):
    assert again(text, BOOKS, *ANY) == said


def test_the_facts_of_an_item_have_its_name():
    scope = BOOKS.scoped("projects")

    assert again(
        "project.spend(last 7 days) > 2 * project.monthly_budget and any(papers, paper.title)", scope
    ) == ("project.spend(last 1 week) > 2 * project.monthly_budget and any(papers, paper.title)")


NUMBERS = st.one_of(
    st.integers(0, 10**9).map(str),
    st.decimals(0, 10**6, places=4).map(str),
    st.decimals(0, 1_000, places=2).map(lambda share: f"{share}%"),
    st.just("count(members, member.role == 'owner')"),
)
AMOUNTS = st.one_of(
    st.sampled_from(["credits_left", "spend(this month)", "spend(last 9 days)", "spend_limit"]),
    st.decimals(0, 10**6, places=2).map(lambda amount: f"{amount} USD"),
)
DURATIONS = st.one_of(
    st.sampled_from(["runway", "P3W", "5 working days"]),
    st.tuples(st.integers(0, 99_999), st.sampled_from(["d", "weeks", "months", "y", "working days"])).map(
        lambda length: f"{length[0]} {length[1]}"
    ),
)
DAYS = st.sampled_from(["accepted_on", "2026-02-28", "read_on(credits_left)", "credits_expire_on"])
TEXTS = st.sampled_from(["organization", "'it is'", '"it\'s"', "labels.group", "'x'"])


def moved(days):
    def listed(several):
        return f"({several[0]} of {', '.join(several[1])})"

    extremes = st.tuples(st.sampled_from(["earliest", "latest"]), st.lists(days, min_size=1, max_size=3)).map(
        listed
    )
    steps = st.tuples(DURATIONS, st.sampled_from(["after", "before"]), days).map(
        lambda parts: f"{parts[0]} {parts[1]} {parts[2]}"
    )
    return st.one_of(extremes, steps)


def computed(measures):
    signs = st.sampled_from(["+", "-"])
    two = st.tuples(measures, signs, measures).map(lambda parts: f"({' '.join(parts)})")
    bare_ones = st.tuples(measures, signs, measures).map(" ".join)
    quotients = st.tuples(NUMBERS, st.sampled_from(["*", "/"]), NUMBERS).map(lambda parts: f"({' '.join(parts)})")
    by = st.one_of(NUMBERS, quotients)
    scaled = st.tuples(measures, st.sampled_from(["*", "/"]), by).map(lambda parts: f"({' '.join(parts)})")
    return st.one_of(two, bare_ones.map(lambda text: f"({text})"), scaled, measures.map(lambda text: f"-({text})"))


DATES = st.recursive(DAYS, moved, max_leaves=5)
MEASURES = st.recursive(st.one_of(AMOUNTS, NUMBERS), computed, max_leaves=6)
SIGN = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
ASKED = st.one_of(
    st.tuples(DATES, SIGN, DATES).map(" ".join),
    st.tuples(MEASURES, SIGN, MEASURES).map(" ".join),
    st.tuples(DURATIONS, SIGN, DURATIONS).map(" ".join),
    st.tuples(TEXTS, st.sampled_from(["==", "!="]), TEXTS).map(" ".join),
    st.tuples(TEXTS, st.sampled_from(["in", "not in"]), st.just("granted_models")).map(" ".join),
    st.sampled_from(["credits_granted", "active", "any(members, member.is_service_account)", "yes", "use_case"]),
    DATES.map(lambda date: f"({date})"),
)


def joined(truths):
    return st.one_of(
        st.lists(truths, min_size=2, max_size=3).map(" and ".join),
        st.lists(truths, min_size=2, max_size=3).map(" or ".join),
        truths.map(lambda text: f"not ({text})"),
        truths.map(lambda text: f"({text})"),
        truths.map(lambda text: f"count(papers, {text}) > 1"),
    )


@given(st.recursive(ASKED, joined, max_leaves=8))
def test_whatever_is_asked_reads_the_same_when_it_is_written_again(text):
    try:
        node = understand(text, BOOKS)
    except ValueError:  # `3 * 5 USD / …`: no such thing, or too long
        return
    assert understand(written(node, BOOKS), BOOKS) == node


@given(DATES)
def test_whatever_date_is_meant_reads_the_same(text):
    again(text, BOOKS, Kind.DATE)
