"""A grant is added to the accounts file; everything that a person wrote there stays as it is."""

import difflib
from dataclasses import replace
from datetime import date
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from notifier.enroll.acceptances.recognition import Ask
from notifier.enroll.accounts.answers import Answers
from notifier.enroll.accounts.file import AccountsFileError, EnrollError
from notifier.enroll.accounts.refusals import AlreadyEnrolled
from tests.enroll.facade import add_grant

TODAY = date(2026, 11, 22)
GRANT = {
    "id": "2024",
    "program": "openai-researcher-access",
    "accepted_on": date(2024, 3, 11),
    "accepted_address": "a.researcher@example.edu",
    "granted_models": ["gpt-4"],
    "enrolled_on": TODAY,
    "terms": {"write_after": "3 weeks", "credits_promised_within": "2 weeks", "access_length": "12 months"},
}
PEOPLE = {"pi": {"reach": ["mailto:a.researcher@example.edu"]}}
ASKS = (
    Ask("organization", "org-…", "Settings, Organization, General"),
    Ask("credits_requested", "… USD", "the amount asked for in your application"),
    Ask("use_case", "…", "one sentence from your application"),
    Ask("research_ends_on", "YYYY-MM-DD", "the timeline in your application"),
)
KEPT_BY_HAND = """\
# Our accounts.   Do not reformat!
version: 1
defaults: {time_zone:  Europe/Berlin, tell_at: '09:00'}   # two blanks, single quotes
accounts:

  # the first one
  - id: lab          # ours
    organization: org-abc123
    key: {env: LAB_KEY}     # read only
    note: |
      A block of text

    grants:
      - id: "2023"
        program: openai-researcher-access   # the old one
        accepted_on: 2023-02-01
        # credits_requested: 500 USD

        # until somebody finds the form
    projects:
      thesis-7: {owner: pi,
                 monthly_budget: 80 USD}

  - id: clinic   # theirs
    currency: EUR
    # nothing granted yet

# the end
"""


@pytest.fixture(scope="module")
def understood(understood):
    """The acceptance mail; what is asked for besides does not depend on the program."""
    return replace(understood, asks=ASKS)


def _add(existing, understood, account="lab", grant=None, **answers):
    given = Answers(**answers)
    return add_grant(
        existing,
        understood,
        account=account,
        grant=grant,
        enrolled_on=TODAY,
        zone_name="Europe/Berlin",
        answers=given,
    )


def _data(text):
    return YAML(typ="safe", pure=True).load(text)


def _added_lines(before, after):
    lines = list(difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True)))
    assert not [line for line in lines if line.startswith("-")]
    return [line[2:].rstrip("\r\n") for line in lines if line.startswith("+")]


def _accepted_on(understood, day):
    found = [replace(each, value=day) if each.name == "accepted_on" else each for each in understood.found]
    return replace(understood, found=tuple(found))


def test_a_new_file_holds_the_account_its_grant_and_what_is_missing(understood):
    expected = dedent("""\
        version: 1
        defaults:
          time_zone: Europe/Berlin
          tell_at: "09:00"
        accounts:
          - id: lab
            people:
              pi: {reach: [mailto:a.researcher@example.edu]}
            grants:
              - id: "2024"
                program: openai-researcher-access
                accepted_on: 2024-03-11
                accepted_address: a.researcher@example.edu
                granted_models: [gpt-4]
                enrolled_on: 2026-11-22
                terms: {write_after: 3 weeks, credits_promised_within: 2 weeks, access_length: 12 months}
                # Not in the mail; fill in, and remove the "# " in front:
                # credits_requested: … USD   # the amount asked for in your application
                # use_case: …   # one sentence from your application
                # research_ends_on: YYYY-MM-DD   # the timeline in your application
            # Not in the mail; fill in, and remove the "# " in front:
            # organization: org-…   # Settings, Organization, General
    """)

    text = _add(None, understood)

    assert text.startswith("# ")
    assert text[text.index("version:") :] == expected


def test_what_is_missing_becomes_part_of_the_grant_when_uncommented(understood):
    text = _add(None, understood)

    for name in understood.missing:
        text = text.replace(f"# {name}:", f"{name}:")
    account = _data(text)["accounts"][0]

    assert account["organization"] == "org-…"
    assert list(account["grants"][0])[-3:] == ["credits_requested", "use_case", "research_ends_on"]


def test_a_second_grant_stands_after_the_first_and_its_comments(understood):
    added = _added_lines(KEPT_BY_HAND, after := _add(KEPT_BY_HAND, understood))
    grants = _data(after)["accounts"][0]["grants"]

    assert grants[1] == GRANT
    assert added[0] == '      - id: "2024"'
    assert "# organization" not in "\n".join(added)
    assert after.index("until somebody") < after.index('id: "2024"') < after.index("projects:")


def test_an_account_without_grants_gets_its_first(understood):
    added = _added_lines(KEPT_BY_HAND, after := _add(KEPT_BY_HAND, understood, account="clinic"))

    assert _data(after)["accounts"][1] == {"id": "clinic", "currency": "EUR", "grants": [GRANT]}
    assert added[:2] == ["    grants:", '      - id: "2024"']
    assert added[-1] == "    # organization: org-…   # Settings, Organization, General"


def test_a_new_account_stands_after_the_others(understood):
    _added_lines(KEPT_BY_HAND, after := _add(KEPT_BY_HAND, understood, account="new"))

    assert _data(after)["accounts"][2] == {"id": "new", "people": PEOPLE, "grants": [GRANT]}
    assert after.endswith("\n# the end\n")


def test_a_comment_below_stays_below(understood):
    after = _add("accounts:\n  - id: lab\n    organization:\n\n# the end\n", understood)

    assert after.endswith("\n\n# the end\n")


def test_windows_line_ends_and_a_byte_order_mark_stay(understood):
    before = "\ufeff" + KEPT_BY_HAND.replace("\n", "\r\n")

    after = _add(before, understood)

    _added_lines(before, after)
    assert after.startswith("\ufeff# Our")
    assert after.count("\n") == after.count("\r\n")


@pytest.mark.parametrize(
    "before",
    [
        "",
        "# only a comment",
        "version: 1\n",
        "accounts:\n",
        "accounts:   # none yet\nversion: 1\n",
        "accounts: []   # none yet\n",
        "accounts: ~\ndefaults: {}\n",
        "accounts:\n- id: lab\n",
        "accounts:\n- id: lab\n  grants: []\n- id: other\n",
        "accounts:\n- id: lab\n  grants:\n  # soon\n  labels: {}\n",
        "accounts:\n  - grants:\n    - {id: '1', program: x}\n    id: lab",
        "accounts:\n    -   id: lab\n        grants:\n            -   id: '1'\n",
        "accounts:\n  - id: lab\n    note: >-\n      folded\n\n\n  # deeper than nothing\n",
        "---\naccounts:\n  - id: lab\n...\n",
        "accounts:\n  - id: lab\n    note: |\n      text\n  - id: other\n",
    ],
)
@pytest.mark.parametrize("account", ["lab", "other"])
def test_the_grant_finds_its_place_in_every_style(understood, before, account):
    after = _add(before, understood, account=account)

    held = [each for each in (_data(before) or {}).get("accounts") or [] if each["id"] == account]
    accounts = {each["id"]: each for each in _data(after)["accounts"]}
    assert accounts[account]["grants"][-1] == GRANT
    assert len(accounts[account]["grants"]) == len((held and held[0].get("grants")) or []) + 1


def test_a_grant_takes_the_year_of_acceptance_and_counts_on(understood):
    later = _accepted_on(understood, date(2024, 10, 1))

    text = _add(_add(_add(None, understood), later), _accepted_on(understood, date(2025, 1, 1)))

    assert [grant["id"] for grant in _data(text)["accounts"][0]["grants"]] == ["2024", "2024-2", "2025"]
    assert text.count("# organization:") == 1


def test_a_grant_may_be_named(understood):
    assert _data(_add(None, understood, grant="pilot"))["accounts"][0]["grants"][0]["id"] == "pilot"


def test_a_name_that_another_grant_has_is_refused_with_a_free_one(understood):
    with pytest.raises(EnrollError, match="has another grant '2023'; name this one '2023-2'"):
        _add(KEPT_BY_HAND, understood, grant="2023")


def test_the_same_grant_again_is_refused_and_what_differs_is_named(understood):
    text = _add(None, understood).replace("3 weeks", "4 weeks").replace("[gpt-4]", "[gpt-4, o1]")

    with pytest.raises(AlreadyEnrolled) as refused:
        _add(text, understood, grant="another")

    assert str(refused.value).splitlines()[1:] == [
        "  granted_models: [gpt-4, o1] in the file, [gpt-4] in the mail",
        "  terms.write_after: 4 weeks in the file, 3 weeks in the mail",
    ]


def test_the_same_grant_without_a_difference_says_so(understood):
    with pytest.raises(AlreadyEnrolled, match=r"already\. Nothing differs\."):
        _add(_add(None, understood), understood)


def test_the_same_mail_for_another_account_is_another_grant(understood):
    assert _data(_add(_add(None, understood), understood, account="b"))["accounts"][1]["grants"] == [GRANT]


ON_ITSELF = "accounts:\n  - id: lab\n    program: openai-researcher-access\n    accepted_on: {}\n"


def test_a_grant_that_stands_on_the_account_itself_is_known(understood):
    with pytest.raises(AlreadyEnrolled):
        _add(ON_ITSELF.format("2024-03-11"), understood)


def test_a_second_grant_beside_one_on_the_account_is_refused_with_the_lines_to_write(understood):
    with pytest.raises(EnrollError, match="Line 2: this account holds its one grant on itself") as refused:
        _add(ON_ITSELF.format("2023-03-11   # by hand"), understood)

    assert str(refused.value).split("\n\n")[1] == dedent("""\
        grants:
          - id: "1"
            program: openai-researcher-access
            accepted_on: 2023-03-11""").replace("\n", "\n    ").join(["    ", ""])


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("accounts:\n  - id: lab\n   x: 1\n", (3, 4), "block mapping|expected"),
        ("accounts:\n  - id: lab\n    id: lab\n", (3, 5), "duplicate key"),
        ("accounts: lab\n", (1, 11), "a list of accounts is expected here"),
        ("accounts:\n  - lab\n", (2, 5), "an account is expected here"),
        ("accounts:\n  - labels: {}\n", (2, 5), "no `id:`"),
        ("accounts:\n  - id: lab\n    grants: {}\n", (3, 13), "a list of grants is expected here"),
        ("accounts:\n  - id: lab\n    grants: [x]\n", (3, 14), "a grant is expected here"),
        ("version: 2\n", (1, 10), "version 2 is not known"),
        ("- a\n", (1, 1), "are expected here"),
        ("x: 1\ny: a\x07\n", (2, 5), "a character that YAML does not allow"),
        ("x: 1\ny: [1, 2024-02-31]\n", (2, 8), "day is out of range"),
        ("x: {1: [a: b: c, 2024-02-31]}\n", (1, 13), "mapping values|expected"),
        ('x: ["[", 2024-02-31]\n', (1, 10), "day is out of range"),
        ("[" * 1_000, (1, 1), "nested too deeply"),
        ("x: 1\n---\ny: 1\n", (2, 1), "another document"),
        ("x: !python/object:os.system 1\n", (1, 4), "constructor"),
    ],
)
def test_a_faulty_file_is_refused_with_its_place(understood, text, place, expected):
    with pytest.raises(AccountsFileError, match=expected) as refused:
        _add(text, understood)

    assert (refused.value.line, refused.value.column) == place
    assert str(refused.value).startswith(f"line {place[0]}, column {place[1]}: ")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("accounts: [{id: lab}]\n", "accounts: [{id: lab, grants: [{GRANT}]}]\n"),
        ("accounts:\n  - {id: lab}   # ours\n", "accounts:\n  - {id: lab, grants: [{GRANT}]}   # ours\n"),
        ("accounts: [{id: b}, ]  # all\n", "accounts: [{id: b}, {id: lab, PEOPLE, grants: [{GRANT}]}, ]  # all\n"),
        ("{version: 1}\n", "{version: 1, accounts: [{id: lab, PEOPLE, grants: [{GRANT}]}]}\n"),
        ("{accounts: }", "{accounts: [{id: lab, PEOPLE, grants: [{GRANT}]}] }"),
        ("accounts: [{id: lab, grants: []}]", "accounts: [{id: lab, grants: [{GRANT}]}]"),
        (
            "accounts:\n- id: lab\n  grants: [\n    {id: a}   # the first\n  ]\n  organization: o\n",
            "accounts:\n- id: lab\n  grants: [\n    {id: a}, {GRANT}   # the first\n  ]\n  organization: o\n",
        ),
    ],
)
def test_what_is_written_in_brackets_takes_the_grant_into_its_brackets(understood, before, after):
    grant = (
        'id: "2024", program: openai-researcher-access, accepted_on: 2024-03-11, '
        "accepted_address: a.researcher@example.edu, granted_models: [gpt-4], enrolled_on: 2026-11-22, "
        "terms: {write_after: 3 weeks, credits_promised_within: 2 weeks, access_length: 12 months}"
    )
    people = "people: {pi: {reach: [mailto:a.researcher@example.edu]}}"

    assert _add(before, understood) == after.replace("GRANT", grant).replace("PEOPLE", people)


def test_a_place_that_an_anchor_makes_special_is_left_alone(understood):
    shared = "accounts:\n  - id: a\n    grants: &g\n      - id: x\n  - id: lab\n    grants: *g\n"

    with pytest.raises(EnrollError, match="without changing the rest"):
        _add(shared, understood)


def test_a_mail_without_a_date_cannot_be_enrolled(understood):
    with pytest.raises(EnrollError, match="no date of acceptance"):
        _add(None, _accepted_on(understood, None))


def test_a_mail_without_an_address_names_it_as_missing(understood):
    found = tuple(each for each in understood.found if each.name != "accepted_address")
    asks = (Ask("accepted_address", "…", "the To: line"), *understood.asks)

    text = _add(None, replace(understood, found=found, asks=asks))

    assert "people" not in _data(text)["accounts"][0]
    assert "        # accepted_address: …   # the To: line\n" in text


@settings(deadline=None)  # a busy machine is no fault
@given(st.text())
def test_whatever_the_mail_says_comes_back_from_the_file_as_it_was(understood, words):
    found = [replace(each, value=words) if each.name == "write_after" else each for each in understood.found]
    hostile = replace(understood, found=tuple(found))

    try:
        text = _add(KEPT_BY_HAND, hostile)
    except EnrollError:
        return  # some characters cannot stand in a YAML file at all
    assert _data(text)["accounts"][0]["grants"][1]["terms"]["write_after"] == words
    assert _data(text)["accounts"][1:] == _data(KEPT_BY_HAND)["accounts"][1:]


def test_an_answer_is_written_where_its_comment_would_stand(understood):
    text = _add(
        None, understood, organization="org-1", credits_requested="5000 USD", affiliation="Example University"
    )
    account = _data(text)["accounts"][0]

    assert list(account) == ["id", "organization", "affiliation", "people", "grants"]
    assert account["grants"][0]["credits_requested"] == "5000 USD"
    assert [
        line.strip().partition(":")[0] for line in text.splitlines() if line.startswith("       ") and "#" in line
    ] == [
        '# Not in the mail; fill in, and remove the "# " in front',
        "# use_case",
        "# research_ends_on",
    ]
    assert "# organization" not in text


def test_the_one_who_signs_is_written_as_the_pi_and_wins_over_the_address_of_the_mail(understood):
    text = _add(None, understood, pi_name="A. Researcher", pi_position="PhD student", pi_address="pi@example.edu")

    assert "      pi: {name: A. Researcher, position: PhD student, reach: [mailto:pi@example.edu]}\n" in text


def test_what_is_missing_of_the_pi_is_named_where_it_belongs(understood):
    asks = (*understood.asks, Ask("pi_name", "…", "who signs"), Ask("affiliation", "…", "your institution"))

    text = _add(None, replace(understood, asks=asks))
    filled = _data(
        text.replace("# name: …   # who signs", "name: A. Researcher").replace("# affiliation:", "affiliation:")
    )

    assert filled["accounts"][0]["people"]["pi"]["name"] == "A. Researcher"
    assert filled["accounts"][0]["affiliation"] == "…"


def test_the_same_grant_again_is_compared_with_the_answers_too(understood):
    text = _add(None, understood, credits_requested="1000 USD", organization="org-1", pi_name="A. Researcher")

    with pytest.raises(AlreadyEnrolled) as refused:
        _add(
            text, understood, credits_requested="5000", organization="org-1", use_case="x", pi_name="B. Researcher"
        )

    assert refused.value.grant == "2024"
    assert refused.value.differences == (
        ("people.pi.name", "A. Researcher", "B. Researcher"),
        ("credits_requested", "1000 USD", "5000"),
        ("use_case", None, "x"),
    )
    assert "  credits_requested: 1000 USD in the file, 5000 in your answer" in str(refused.value)


@pytest.mark.parametrize("there", ["5000", "5000.00", "5000 usd", "'5000 USD'", "5000 USD   # as asked"])
def test_the_same_amount_written_otherwise_is_no_difference(understood, there):
    text = _add(None, understood, credits_requested="5000 USD").replace("5000 USD", there)

    with pytest.raises(AlreadyEnrolled, match="Nothing differs"):
        _add(text, understood, credits_requested="5000 USD")


def test_an_answer_that_the_account_contradicts_is_not_passed_over(understood):
    with pytest.raises(EnrollError, match="organization: org-abc123 in the file, org-2 in your answer"):
        _add(KEPT_BY_HAND, understood, organization="org-2")


def test_an_answer_that_the_account_lacks_is_written_with_the_grant(understood):
    added = _added_lines(KEPT_BY_HAND, after := _add(KEPT_BY_HAND, understood, affiliation="Example University"))

    assert added[0] == "    affiliation: Example University"
    assert _data(after)["accounts"][0]["affiliation"] == "Example University"
