"""An update changes the letters of the values that differ, and nothing else in the file."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from notifier.enroll.acceptances.acceptance import Found, Understood
from notifier.enroll.acceptances.recognition import Ask
from notifier.enroll.accounts.answers import Answers
from notifier.enroll.accounts.file import EnrollError
from tests.enroll.facade import add_grant, update_grant

PROGRAM = "openai-researcher-access"
DAY = date(2024, 3, 11)
ASKS = tuple(
    Ask(name, "…", "where") for name in ("organization", "credits_requested", "use_case", "research_ends_on")
)
MAIL = Understood(PROGRAM, (Found("accepted_on", DAY, "Mon, Mar 11, 2024"),), ASKS, (), ())
KEPT_BY_HAND = """\
# Ours.   Do not reformat!
version: 1
accounts:
  - id: lab          # one
    people:
      pi: {name: A. Researcher,   reach: [mailto:a@example.edu]}   # who signs
      team:
        - "slack:#lab"
    grants:

      - id: "2024"   # the first
        program: openai-researcher-access
        accepted_on: 2024-03-11
        credits_requested:   '1000 USD'   # too little
        use_case: >-
          How models
          explain code

        # use_case stands above
        granted_models:
          - gpt-4    # ours
          - o1
        enrolled_on: 2024-03-12
        terms: {write_after: 3 weeks,   access_length: 12 months}
        # research_ends_on: YYYY-MM-DD   # the timeline
      - {id: "2025", program: openai-researcher-access, accepted_on: 2025-03-11}   # the second
    # organization: org-…   # Settings

# the end
"""


def _mail(**found):
    return replace(MAIL, found=(*MAIL.found, *(Found(name, value, "") for name, value in found.items())))


def _update(text, mail=MAIL, account="lab", grant=None, **answers):
    return update_grant(text, mail, account=account, grant=grant, zone_name="UTC", answers=Answers(**answers))


def _data(text):
    return YAML(typ="safe", pure=True).load(text)


@pytest.mark.parametrize(
    ("answers", "before", "after"),
    [
        ({"credits_requested": "5000 USD"}, "'1000 USD'   # too", "'5000 USD'   # too"),
        ({"use_case": "Why?"}, ">-\n          How models\n          explain code\n", "Why?\n"),
        ({"use_case": "it's: so"}, ">-\n          How models\n          explain code\n", "USE\n"),
        ({"pi_name": "B: Z"}, "name: A. Researcher,", 'name: "B: Z",'),
        ({"pi_position": "PhD student"}, "edu]}", "edu], position: PhD student}"),
        ({"pi_address": "b@example.edu"}, "mailto:a@example.edu", "mailto:b@example.edu"),
        ({"organization": "org-1"}, "# organization: org-…   # Settings", "organization: org-1"),
        (
            {"research_ends_on": date(2026, 1, 2)},
            "# research_ends_on: YYYY-MM-DD   # the timeline",
            "research_ends_on: 2026-01-02",
        ),
        ({"affiliation": "Example U"}, "lab          # one\n", "lab          # one\n    affiliation: Example U\n"),
    ],
)
def test_only_the_value_that_differs_is_written_anew(answers, before, after):
    after = after.replace("USE", '"it\'s: so"')

    assert _update(KEPT_BY_HAND, **answers) == KEPT_BY_HAND.replace(before, after)


@pytest.mark.parametrize(
    ("found", "before", "after"),
    [
        ({"write_after": "4 weeks"}, "3 weeks,", "4 weeks,"),
        ({"credits_promised_within": "2 weeks"}, "12 months}", "12 months, credits_promised_within: 2 weeks}"),
        ({"granted_models": ("gpt-4",)}, "          - o1\n", ""),
        ({"granted_models": ("gpt-4", "o3")}, "- o1", "- o3"),
        ({"granted_models": ("o1", "gpt-4", "o3")}, "- o1\n", "- o1\n          - o3\n"),
        ({"accepted_address": "a@b.edu"}, "2024-03-11\n", "2024-03-11\n        accepted_address: a@b.edu\n"),
    ],
)
def test_what_the_mail_says_otherwise_is_changed_too(found, before, after):
    if "granted_models" in found and found["granted_models"][0] == "o1":
        before, after = (
            "- gpt-4    # ours\n          - o1\n",
            "- o1    # ours\n          - gpt-4\n          - o3\n",
        )

    assert _update(KEPT_BY_HAND, _mail(**found)) == KEPT_BY_HAND.replace(before, after, 1)


def test_what_does_not_differ_changes_nothing():
    same = {"credits_requested": "1000.00 USD", "use_case": "How models explain code", "pi_name": "A. Researcher"}

    assert _update(KEPT_BY_HAND, _mail(granted_models=("o1", "gpt-4")), **same) == KEPT_BY_HAND


def test_a_grant_in_brackets_is_changed_within_them():
    text = _update(KEPT_BY_HAND, grant="2025", credits_requested="7 USD")

    expected = "accepted_on: 2024-03-11, credits_requested: 7 USD}   # the second"
    assert expected in text
    assert text.replace("2024-03-11, credits_requested: 7 USD}", "2025-03-11}") == KEPT_BY_HAND


def test_a_heading_goes_with_the_last_comment_under_it():
    text = add_grant(None, MAIL, account="lab", grant=None, enrolled_on=DAY, zone_name="UTC")

    some = _update(text, credits_requested="1 USD", use_case="x", organization="org-1")
    every = _update(some, research_ends_on=date(2026, 1, 2))

    assert (text.count("Not in the mail"), some.count("Not in the mail"), every.count("Not in the mail")) == (
        2,
        1,
        0,
    )
    assert "#" not in every[every.index("version") :]


def test_a_grant_on_the_account_itself_is_changed_there():
    text = f"accounts:\n- id: lab\n  program: {PROGRAM}\n  accepted_on: 2024-03-11   # x\n  key: {{env: K}}\n"

    after = _update(text, _mail(write_after="4 weeks"), organization="org-1", use_case="x")

    assert after == text.replace("- id: lab\n", "- id: lab\n  organization: org-1\n").replace(
        "# x\n", "# x\n  use_case: x\n  terms: {write_after: 4 weeks}\n"
    )


@pytest.mark.parametrize(
    ("there", "after"),
    [
        ("pi: mailto:a@b.c   # x", "pi: {reach: mailto:a@b.c, name: B}   # x"),
        ("pi: [mailto:a@b.c, slack:@a]", "pi: {reach: [mailto:a@b.c, slack:@a], name: B}"),
        ("pi:\n        - mailto:a@b.c  # x", "pi:\n        name: B\n        reach:\n        - mailto:a@b.c  # x"),
        ("pi:\n        reach: mailto:a@b.c", "pi:\n        reach: mailto:a@b.c\n        name: B"),
    ],
)
def test_a_person_of_whom_only_addresses_are_written_gets_a_name(there, after):
    text = (
        f"accounts:\n  - id: lab\n    people:\n      {{}}\n    program: {PROGRAM}\n    accepted_on: 2024-03-11\n"
    )

    assert _update(text.format(there), pi_name="B") == text.format(after)


def test_an_address_is_replaced_and_the_others_of_the_person_stay():
    grant = f"program: {PROGRAM}\n  accepted_on: 2024-03-11"
    text = f"accounts:\n- id: lab\n  people: {{pi: [slack:@a, mailto:a@b.c]}}\n  {grant}\n"

    assert _update(text, pi_address="B@b.c") == text.replace("mailto:a@b.c", "mailto:B@b.c")
    assert _update(text, pi_address="A@B.c") == text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("use_case: &x old\n  note: *x", 5),
        ("use_case: !!str old", 5),
        ("use_case: {a: b}", 5),
        ("use_case: [a, b]", 5),
        ("granted_models: [a,\n    b]", 6),
        ("granted_models: {a: b}", 5),
        ("terms: soon", 5),
    ],
)
def test_what_cannot_be_changed_alone_is_refused_with_its_line(text, line):
    text = f"accounts:\n- id: lab\n  program: {PROGRAM}\n  accepted_on: 2024-03-11\n  {text}\n"
    mail = _mail(granted_models=("a",), write_after="4 weeks")

    with pytest.raises(EnrollError, match=rf"^Line {line} is written in a form that is not changed here"):
        _update(text, mail, use_case="new")


def test_a_grant_that_is_not_there_is_not_made_up():
    with pytest.raises(EnrollError, match="There is no account 'clinic'"):
        _update(KEPT_BY_HAND, account="clinic")
    with pytest.raises(EnrollError, match=r"has no grant '2023'; there is 2024 \(accepted on 2024-03-11\), 2025"):
        _update(KEPT_BY_HAND, grant="2023")
    with pytest.raises(EnrollError, match="has no grant of openai-researcher-access, accepted on 2023-01-01"):
        _update(KEPT_BY_HAND, replace(MAIL, found=(Found("accepted_on", date(2023, 1, 1), ""),)))


COMMENTS = st.sampled_from(["", "  # ours", "   #x: y", " # use_case: no"])
LINES_BETWEEN = st.sampled_from(["", "\n", "  # between\n", "\n# far left\n\n", "        # deep: er\n"])
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: text.split() == [text])
WRITTEN = st.one_of(
    st.sampled_from(["old", "'o''ld'", '"o\\"ld"', "1000 USD", "12", "2024-01-02", "true", "a b  c", "# x", ""]),
    WORDS.map(lambda text: "'" + text.replace("'", "''") + "'").filter(str.isprintable),
)
GRANT = ("program: " + PROGRAM, "accepted_on: 2024-03-11", "VALUE", "id: lab", "labels: {a: b}")


@st.composite
def files(draw):
    """A file around one value of a grant: what stands before it, and what after it.

    The grant stands on its account or in a list, in brackets or in lines, between whatever comments.
    """
    fields, listed = draw(st.permutations(GRANT)), draw(st.booleans())
    above = "accounts:\n  - id: lab\n    grants:\n" if listed else "accounts:\n"
    column = 6 if listed else 2
    if draw(st.booleans()):
        comma = draw(st.sampled_from([", ", " ,  ", ",\n" + " " * (column + 3)]))
        text = f"{above}{' ' * column}- {{{comma.join(fields)}}}{draw(COMMENTS)}\n"
    else:
        several = [f"{draw(LINES_BETWEEN)}{' ' * (column + 2)}{each}{draw(COMMENTS)}\n" for each in fields]
        text = f"{above}{' ' * column}-\n{''.join(several)}{draw(LINES_BETWEEN)}"
    end = draw(st.sampled_from(["\n", "\r\n"]))
    text = f"{draw(LINES_BETWEEN)}{text}  - id: other\n    note: |\n      # use_case: no\n\n# end".replace(
        "\n", end
    )
    return draw(st.sampled_from(["", "\ufeff"])), *text.split("VALUE")


def _lab(text):
    """The other accounts, and the account's grant."""
    lab, *others = _data(text.removeprefix("\ufeff"))["accounts"]
    return others, *(lab.get("grants") or [lab])


@settings(deadline=None)  # a busy machine is no fault
@given(files(), WRITTEN, WORDS)
def test_around_a_changed_value_every_byte_stays(file, written, value):
    mark, before, after = file
    assume("{" not in before or not (written.startswith("#") or not written))
    text = f"{mark}{before}use_case: {written}{after}"
    others, held = _lab(text)

    changed = _update(text, use_case=value)

    assert changed.startswith(f"{mark}{before}use_case:")
    assert changed.endswith(after)
    wanted = held["use_case"] if str(held["use_case"]) == value else value
    assert _lab(changed) == (others, {**held, "use_case": wanted})


@settings(deadline=None)
@given(files(), WORDS)
def test_around_an_inserted_field_every_byte_stays(file, value):
    mark, before, after = file
    text = f"{mark}{before}currency: EUR{after}"
    others, held = _lab(text)

    changed = _update(text, use_case=value)

    common = next((at for at, (a, b) in enumerate(zip(text, changed, strict=False)) if a != b), len(text))
    assert changed.endswith(text[common:])
    assert len(changed) > len(text)
    assert _lab(changed) == (others, {**held, "use_case": value})


@settings(deadline=None)
@given(files(), st.sampled_from(["lab", "other", "new"]))
def test_around_an_added_grant_every_byte_stays(file, account):
    mark, before, after = file
    text = f"{mark}{before}currency: EUR{after}"
    assume("grants:" in before or account != "lab")  # beside a grant on the account itself there is no place
    mail = replace(MAIL, found=(Found("accepted_on", date(2025, 3, 11), ""),), asks=())

    changed = add_grant(text, mail, account=account, grant=None, enrolled_on=DAY, zone_name="UTC")

    common = next((at for at, (a, b) in enumerate(zip(text, changed, strict=False)) if a != b), len(text))
    assert text.removeprefix(changed[:common]) in {changed[len(changed) - len(text) + common :], ""}
    accounts = {each["id"]: each for each in _data(changed.removeprefix(mark))["accounts"]}
    assert accounts[account]["grants"][-1]["accepted_on"] == date(2025, 3, 11)
