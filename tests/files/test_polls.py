"""What is polled of an account, as an accounts file says it: every form, and every mistake with its place."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.core.account import MAIN, Poll
from notifier.core.fact import Kind
from notifier.core.wanted import Wanted, load_wanted
from notifier.files.accounts import read_accounts
from notifier.files.asking import kinds, providers
from tests.files.test_accounts import LAB, PROGRAM, PROGRAMS, YEARS, faults, one

ANTHROPIC = (MAIN, "projects", "members", "keys")
SECRET = "sk-proj-Ab0Cd1Ef2Gh3Ij4Kl5Mn6Op7"


def polls(folder, lines, account=LAB):
    return one(folder, account + lines).account.sources


def key(folder, fields):
    [poll] = polls(folder, f"    key: {{env: LAB_KEY{fields}}}\n")
    return poll


def source(folder, *fields):
    """What comes of one entry of ``sources:``, which begins at line 7, column 7."""
    return polls(folder, "    sources:\n" + entry(*fields))


def entry(*fields):
    return "      - {" + ", ".join(fields) + "}\n"


HTTP = ("kind: http", "url: 'https://b.example.edu/lab'", "facts: {balance: {at: /left}}")


def test_every_source_that_needs_nothing_but_a_key_can_be_a_provider():
    assert list(providers()) == ["anthropic", "deepseek", "openai", "openrouter"]
    assert {"http", *providers()} <= set(kinds())


def test_a_key_alone_is_one_of_openai_and_reads_everything(tmp_path):
    poll = key(tmp_path, "")

    assert (poll.source, poll.key, poll.every, poll.url, poll.name) == ("openai", "LAB_KEY", 0, "", "")
    assert poll.parts[0] == MAIN


@pytest.mark.parametrize(
    ("fields", "poll"),
    [
        (", provider: anthropic", Poll("anthropic", "LAB_KEY", ANTHROPIC)),
        (", provider: anthropic, reads: [costs, keys]", Poll("anthropic", "LAB_KEY", (MAIN, "keys"))),
        (", provider: anthropic, reads: [keys, costs, keys]", Poll("anthropic", "LAB_KEY", (MAIN, "keys"))),
        (", provider: anthropic, reads: projects", Poll("anthropic", "LAB_KEY", ("projects",))),
        (", provider: openrouter", Poll("openrouter", "LAB_KEY")),
        (", provider: deepseek, every: 5 minutes", Poll("deepseek", "LAB_KEY", every=300)),
        (", provider: deepseek, every: 1 day", Poll("deepseek", "LAB_KEY", every=86_400)),
        (
            ", provider: deepseek, url: 'http://127.0.0.1:43/v1/'",
            Poll("deepseek", "LAB_KEY", url="http://127.0.0.1:43/v1"),
        ),
        (
            ", provider: deepseek, url: 'https://proxy.example.edu'",
            Poll("deepseek", "LAB_KEY", url="https://proxy.example.edu"),
        ),
    ],
)
def test_a_key_says_whose_it_is_what_it_reads_how_often_and_where(tmp_path, fields, poll):
    assert key(tmp_path, fields) == poll


def test_a_source_by_key_has_the_same_fields_and_a_name(tmp_path):
    [poll] = source(
        tmp_path, "kind: anthropic", "name: lists", "key: {env: K}", "reads: [projects]", "every: 2 hours"
    )

    assert poll == Poll("anthropic", "K", ("projects",), 7_200, name="lists")
    assert poll.readings == ("lists projects",)


def test_a_probe_is_off_unless_it_is_stated_and_then_comes_once_a_day(tmp_path):
    [poll] = polls(
        tmp_path, "    probe: {env: LAB_PROJECT_KEY, model: gpt-5-nano, url: 'https://eu.example.edu/v1'}\n"
    )

    assert poll == Poll(
        "openai-probe", "LAB_PROJECT_KEY", url="https://eu.example.edu/v1", settings='{"model": "gpt-5-nano"}'
    )


def test_a_probe_goes_where_the_key_of_the_account_goes_unless_it_says_otherwise(tmp_path):
    key = "    key: {env: LAB_KEY, url: 'https://eu.example.edu/v1'}\n"
    _, poll = polls(tmp_path, f"{key}    probe: {{env: LAB_PROJECT_KEY, model: gpt-5-nano}}\n")
    assert poll.url == "https://eu.example.edu/v1"


# -- http ---------------------------------------------------------------------------------------------------------


def wanted(folder, facts, account=LAB):
    lines = f"    sources: [{{kind: http, url: 'https://b.example.edu/lab?x=1', facts: {facts}}}]\n"
    [poll] = polls(folder, lines, account)
    return load_wanted(json.loads(poll.settings)["facts"])


def test_an_interface_says_where_it_is_and_how_its_key_travels(tmp_path):
    [bare] = source(tmp_path, *HTTP)
    [with_key] = source(tmp_path, *HTTP, "name: billing", "key: {env: B, header: X-Api-Key}", "every: 1 hour")

    assert (bare.source, bare.key, bare.url, bare.parts) == ("http", "", "https://b.example.edu/lab", (MAIN,))
    assert (with_key.key, with_key.name, with_key.every) == ("B", "billing", 3_600)
    assert json.loads(with_key.settings)["header"] == "X-Api-Key"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ("{balance: {at: /data/left}}", Wanted("balance", Kind.MONEY, "/data/left", "", "USD")),
        ("{spend_limit: {at: /a~1b, unit: cents, currency: EUR}}",
         Wanted("spend_limit", Kind.MONEY, "/a~1b", "cents", "EUR")),
        ("{last_spend_on: {at: /t, unit: seconds}}", Wanted("last_spend_on", Kind.DATE, "/t", "seconds")),
        ("{probe_said: {at: /said}}", Wanted("probe_said", Kind.TEXT, "/said")),
        ("{credits_granted: {at: /amount}}", Wanted("credits_granted", Kind.MONEY, "/amount", "", "USD", "1")),
        ("{credits_granted: {at: /amount, grant: '1'}}",
         Wanted("credits_granted", Kind.MONEY, "/amount", "", "USD", "1")),
        ("{summary_submitted_on: {at: /sent}}",
         Wanted("summary_submitted_on", Kind.DATE, "/sent", "", "", "1")),
    ],
)  # fmt: skip
def test_each_fact_says_where_it_stands_and_how_it_is_counted(tmp_path, facts, expected):
    assert wanted(tmp_path, facts) == (expected,)


def test_a_bare_amount_is_in_the_accounts_currency(tmp_path):
    [balance] = wanted(tmp_path, "{balance: {at: /left}}", LAB + "    currency: CHF\n")

    assert balance.currency == "CHF"


TWO = f"""\
version: 1
accounts:
  - id: lab
    grants:
      - {{id: a, program: {PROGRAM}, accepted_on: 2026-10-05}}
      - {{id: b, program: {PROGRAM}, accepted_on: 2026-10-05}}
"""  # six lines
NO_GRANT = "version: 1\naccounts:\n  - id: lab\n"


def test_of_several_grants_one_is_named(tmp_path):
    [granted] = wanted(tmp_path, "{credits_granted: {at: /amount, grant: b}}", TWO)

    assert granted.grant == "b"


def test_an_account_without_a_grant_has_facts_of_its_own(tmp_path):
    assert wanted(tmp_path, "{balance: {at: /left}}", NO_GRANT)[0].fact == "balance"


# -- mistakes -----------------------------------------------------------------------------------------------------

NAMES = "names a variable, such as LAB_OPENAI_ADMIN_KEY; the key itself never stands here"
THERE = "there are anthropic, deepseek, openai, openrouter"


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        (", provider: antropic", "35: there is no provider `antropic`; did you mean `anthropic`?"),
        (", provider: http", f"35: there is no provider `http`; {THERE}"),
        (", provider: openai-probe", "35: there is no provider `openai-probe`; did you mean `openai`?"),
        (
            ", provider: anthropic, reads: []",
            (
                "53: it names nothing; leave it out to read everything, or name some of"
                " costs, projects, members, keys"
            ),
        ),
        (", provider: deepseek, reads: [cost]", "53: there is no part `cost`; there are balance"),
        (", provider: anthropic, reads: [cost]", "54: there is no part `cost`; did you mean `costs`?"),
        (", provider: anthropic, reads: [[costs]]", "54: a single value is wanted here, not a list"),
        (", every: 1 minute", "32: '1 minute' is not between 5 minutes and 1 day, such as `1 hour`"),
        (", every: 2 days", "32: '2 days' is not between 5 minutes and 1 day, such as `1 hour`"),
        (", every: 3 working days", "32: '3 working days' is not between 5 minutes and 1 day, such as `1 hour`"),
        (", every: 1 month", "32: '1 month' has no fixed length; write days or weeks, such as 30 days"),
        (", read: [costs]", "25: `read` is not a field of `key`; did you mean `reads`?"),
        (", name: x", "25: `name` is not a field of `key`"),
        (", url: example.edu", "30: 'example.edu' is no address such as https://eu.api.openai.com/v1"),
        (", url: 'ftp://example.edu'", "30: 'ftp://example.edu' is no address such as https://eu.api.openai.com/v1"),
        (", url: 'https://[::1'", "30: 'https://[::1' is no address such as https://eu.api.openai.com/v1"),
        (", url: 'https://a:b'", "30: 'https://a:b' is no address such as https://eu.api.openai.com/v1"),
        (", url: 'https://a b.edu'", "30: 'https://a b.edu' is no address such as https://eu.api.openai.com/v1"),
        (", url: 'http://example.edu'",
         "30: 'http://example.edu' would send the key readable for everybody: use https"),
        (", url: 'http://127.0.0.1.example.edu'",
         "30: 'http://127.0.0.1.example.edu' would send the key readable for everybody: use https"),
        (", url: 'https://u:p@example.edu'",
         "30: an address holds no password, query or fragment here; a key goes into a variable"),
        (", url: 'https://example.edu?key=x'",
         "30: an address holds no password, query or fragment here; a key goes into a variable"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_key_is_said_with_its_place(tmp_path, fields, fault):
    assert faults(tmp_path, f"{LAB}    key: {{env: LAB_KEY{fields}}}\n") == [f"6:{fault}"]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("key: {provider: anthropic}", "6:10: `key` needs `env`"),
        ("key: [LAB_KEY]", f"6:10: `key: {{env: NAME}}` {NAMES}"),
        ("probe: LAB_KEY", f"6:12: `probe: {{env: NAME}}` {NAMES}"),
        ("probe: {env: K}", "6:12: `probe` needs `model`"),
        ("probe: {model: gpt-5}", "6:12: `probe` needs `env`"),
        ("probe: {env: K, model: gpt 5}", "6:28: 'gpt 5' is no name of a model such as gpt-5-nano"),
        ("probe: {env: K, model: m, every: 1 hour}", "6:31: `every` is not a field of `probe`"),
        ("sources: {kind: http}", None),
        ("sources: [x]", "6:15: a source is a mapping of fields, not a value"),
        ("sources: [{name: x}]", "6:15: a source needs `kind`"),
        ("sources: [{kind: htpp, facts: 1, key: 2, url: 3, reads: 4}]",
         "6:22: there is no kind of source `htpp`; did you mean `http`?"),
        ("sources: [{kind: openai-probe, key: {env: K}}]",
         "6:22: there is no kind of source `openai-probe`; did you mean `openai`?"),
        ("sources: [{kind: anthropic}]", "6:15: a source needs `key`"),
        ("sources: [{kind: anthropic, key: K}]", f"6:38: `key: {{env: NAME}}` {NAMES}"),
        ("sources: [{kind: anthropic, key: {env: K, header: X}}]", "6:47: `header` is not a field of `key`"),
        ("sources: [{kind: anthropic, key: {env: K}, facts: {}}]", "6:48: `facts` is not a field of a source"),
        ("sources: [{kind: anthropic, key: {env: K}, name: two words}]",
         "6:54: 'two words': an id has small letters, digits and hyphens; did you mean `two-words`?"),
        ("sources: [{kind: anthropic, key: {env: K}, name: recorded}]",
         "6:54: `recorded` is what the service calls readings of its own; give this one another name"),
        ("sources: [{kind: anthropic, key: {env: K}, name: openai}]",
         "6:54: `openai` is another kind of source; give this one another name"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_source_or_a_probe_is_said_with_its_place(tmp_path, line, fault):
    found = faults(tmp_path, f"{LAB}    {line}\n")

    assert found == [fault] if fault else len(found) == 2


ALONE = "`facts` names no fact, such as `balance: {at: /data/remaining}`"


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        (("kind: http", "url: 'https://a.edu'"), "9: a source needs `facts`"),
        (("kind: http", "facts: {balance: {at: /x}}"), "9: a source needs `url`"),
        (("kind: http", "url: 'https://a.edu'", "facts: {}"), f"51: {ALONE}"),
        (("kind: http", "url: 'https://a.edu'", "facts: [balance]"),
         "51: `facts` is a mapping of fields, not a list"),
        (("kind: http", "url: 'https://a.edu#x'", "facts: {balance: {at: /x}}"),
         "27: an address holds no password or fragment here; a key goes into a variable"),
        ((*HTTP, "reads: [x]"), "87: `reads` is not a field of a source"),
        ((*HTTP, "key: {header: X-Api-Key}"), "92: `key` needs `env`"),
        ((*HTTP, "key: {env: K, header: 'X Api'}"),
         "109: 'X Api' is no header that a key travels in, such as X-Api-Key"),
        ((*HTTP, "key: {env: K, header: TE}"), "109: 'TE' is no header that a key travels in, such as X-Api-Key"),
    ],
)  # fmt: skip
def test_a_mistake_in_an_interface_is_said_with_its_place(tmp_path, fields, fault):
    assert faults(tmp_path, LAB + "    sources:\n" + entry(*fields)) == [f"7:{fault}"]


WHERE = "    sources: [{kind: http, url: 'https://a.edu', facts: "  # what follows stands at column 57


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ("{balance: }", "58: `balance` needs `at`, a JSON pointer such as /data/remaining"),
        ("{balance: /left}", "67: `balance` is a mapping of fields, not a value"),
        ("{balance: {}}", "67: `balance` needs `at`"),
        ("{balance: {at: left}}", "72: 'left' is no JSON pointer such as /data/remaining; did you mean `/left`?"),
        ("{balance: {at: /a~b}}", "72: '/a~b': in a pointer ~ is written ~0, and a slash within a name ~1"),
        ("{balance: {at: /a, unit: cent}}", "82: there is no unit `cent`; did you mean `cents`?"),
        ("{balance: {at: /a, unit: seconds}}", "82: there is no unit `seconds`; there are cents"),
        ("{last_spend_on: {at: /a, unit: cents}}",
         "88: there is no unit `cents`; there are milliseconds, seconds"),
        ("{probe_said: {at: /a, unit: cents}}", "85: there is no unit `cents`; there are none"),
        ("{balance: {at: /a, currency: dollars}}", "86: 'dollars' is not a currency such as USD"),
        ("{probe_said: {at: /a, currency: USD}}", "79: `currency` is not a field of `probe_said`"),
        ("{balance: {at: /a, point: /b}}", "76: `point` is not a field of `balance`"),
        ("{balance: {at: /a, grant: '1'}}", "83: `balance` is a fact of the account, not of a grant"),
        ("{credits_granted: {at: /a, grant: '2'}}", "91: no grant `2` of this account has it"),
        ("{balanse: {at: /a}}", "58: there is no fact `balanse`; did you mean `balance`?"),
        ("{Balance: {at: /a}}", "58: there is no fact `Balance`; did you mean `balance`?"),
        ("{runway: {at: /a}}", "58: `runway` cannot be read from an answer: it follows from other facts"),
        ("{credits_used: {at: /a}}", "58: `credits_used` cannot be read from an answer: it follows from"),
        ("{credits_hint: {at: /a}}", "58: `credits_hint` cannot be read from an answer: it follows from"),
        ("{projects: {at: /a}}",
         "58: `projects` cannot be read from an answer: it is a list of items, and not a single value"),
        ("{costs: {at: /a}}", "58: `costs` cannot be read from an answer: it is a series of costs, and not a"),
        ("{granted_models: {at: /a}}", "58: `granted_models` cannot be read from an answer: it is a list of"),
        ("{labels: {at: /a}}", "58: `labels` cannot be read from an answer: it is a set of labels, and not"),
        ("{account_name: {at: /a}}", "58: `account_name` cannot be read from an answer: it is said in this file"),
        ("{enrolled_on: {at: /a}}", "58: `enrolled_on` cannot be read from an answer: it is said in this file"),
        ("{write_after: {at: /a}}",
         "58: `write_after` cannot be read from an answer: it is said in this file, or is a term of the program"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_wanted_fact_is_said_with_its_place(tmp_path, facts, fault):
    [found] = faults(tmp_path, f"{LAB}{WHERE}{facts}}}]\n")

    assert found.startswith(f"6:{fault}")


def test_of_several_grants_none_is_meant_by_chance(tmp_path):
    [found] = faults(tmp_path, f"{TWO}{WHERE}{{credits_granted: {{at: /a}}}}}}]\n")

    assert found == '7:58: `credits_granted` is a fact of a grant: say which, such as `grant: "a"`'


def test_an_account_without_a_grant_has_no_facts_of_grants(tmp_path):
    [found] = faults(tmp_path, f"{NO_GRANT}{WHERE}{{credits_granted: {{at: /a}}}}}}]\n")

    assert found == "4:58: `credits_granted` is a fact of a grant, and this account has none"


def test_all_mistakes_are_said_at_once(tmp_path):
    lines = (
        "    key: {env: K, provider: antropic, every: now}\n    probe: {env: K}\n"
        "    sources:\n      - {kind: http, url: x, every: 9, facts: {balanse: {at: y}, spend_limit: {at: z}}}\n"
    )

    assert [found.partition(": ")[0] for found in faults(tmp_path, LAB + lines)] == [
        "6:29", "6:46", "7:12", "9:27", "9:37", "9:48", "9:62", "9:84"
    ]  # fmt: skip


# -- what does not go together ------------------------------------------------------------------------------------

TOKEN = "key: {env: K}"


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        (("kind: deepseek", TOKEN), ("kind: deepseek", TOKEN),
         "a source is called `deepseek` here already; give this one another `name`"),
        (("kind: deepseek", TOKEN, "name: a"), ("kind: deepseek", TOKEN, "name: b"),
         "`balance` is read from `a` already; leave it out in one of the two"),
        (("kind: anthropic", TOKEN), ("kind: anthropic", TOKEN, "name: b", "reads: keys"),
         "`keys` is read from `anthropic` already; leave it out in one of the two"),
        (("kind: anthropic", TOKEN), ("kind: deepseek", TOKEN),
         "this account is an organization at anthropic; one at deepseek is another account"),
        (("kind: openrouter", TOKEN), HTTP,
         "`balance` is read from `openrouter` already; leave it out in one of the two"),
        (HTTP, ("kind: openrouter", TOKEN),
         "`balance` is read from `http` already; leave it out in one of the two"),
        (HTTP, (*HTTP, "name: again"), "`balance` is read from `http` already; leave it out in one of the two"),
    ],
)  # fmt: skip
def test_nothing_is_called_the_same_or_told_twice(tmp_path, first, second, why):
    assert faults(tmp_path, LAB + "    sources:\n" + entry(*first) + entry(*second)) == [f"8:9: {why}"]


def test_what_goes_together_stands_side_by_side(tmp_path):
    lines = "    key: {env: A, provider: anthropic, reads: [costs]}\n    sources:\n"
    lines += entry("kind: anthropic", "name: lists", "key: {env: B}", "reads: [projects, keys]") + entry(*HTTP)
    lines += entry(
        "kind: http", "name: grants", "url: 'https://c.example.edu'", "facts: {credits_granted: {at: /x}}"
    )

    assert [poll.readings for poll in polls(tmp_path, lines)] == [
        ("anthropic",),
        ("lists projects", "lists keys"),
        ("http",),
        ("grants",),
    ]


def test_a_probe_stands_beside_a_key_of_openai_and_of_no_other_provider(tmp_path):
    probe = "    probe: {env: B, model: m}\n"

    assert [poll.source for poll in polls(tmp_path, "    key: {env: A}\n" + probe)] == ["openai", "openai-probe"]
    assert faults(tmp_path, LAB + "    key: {env: A, provider: anthropic}\n" + probe) == [
        "7:12: this account is an organization at anthropic; one at openai is another account"
    ]


def test_what_a_key_reads_is_not_asked_for_elsewhere_too(tmp_path):
    limit = "    sources: [{kind: http, url: 'https://a.edu', facts: {spend_limit: {at: /x}}}]\n"

    assert faults(tmp_path, LAB + "    key: {env: A}\n" + limit) == [
        "7:15: `spend_limit` is read from `openai` already; leave it out in one of the two"
    ]
    assert len(polls(tmp_path, "    key: {env: A, reads: [costs]}\n" + limit)) == 2


# -- keys, and anything at all ------------------------------------------------------------------------------------

PLACES = [
    "key: {env: X}", "key: {env: K, provider: X}", "key: {env: K, reads: [X]}", "key: {env: K, every: X}",
    "key: {env: K, url: X}", "key: {env: K, url: 'https://example.edu/X'}", "key: {env: K, X: 1}", "probe: X",
    "probe: {env: X, model: m}", "probe: {env: K, model: X}", "sources: [X]", "sources: [{kind: X}]",
    "sources: [{kind: deepseek, key: X}]", "sources: [{kind: deepseek, name: X, key: {env: K}}]",
    "sources: [{kind: http, url: 'https://example.edu/?key=X', facts: {balance: {at: /a}}}]",
    "sources: [{kind: http, url: 'https://example.edu', key: {env: K, header: X}, facts: {balance: {at: /a}}}]",
    "sources: [{kind: http, url: 'https://example.edu', facts: {X: {at: /a}}}]",
    "sources: [{kind: http, url: 'https://example.edu', facts: {balance: {at: X}}}]",
    "sources: [{kind: http, url: 'https://example.edu', facts: {balance: {at: /a, unit: X}}}]",
    "sources: [{kind: http, url: 'https://example.edu', facts: {balance: {at: /a, grant: X}}}]",
]  # fmt: skip


@pytest.mark.parametrize("line", PLACES)
def test_a_pasted_key_is_refused_wherever_it_stands_and_never_shown(tmp_path, line):
    found = faults(tmp_path, f"{LAB}    {line.replace('X', SECRET)}\n")

    assert found
    assert SECRET[8:].lower() not in "".join(found).lower()


PIECES = [
    *(
        "key: ",
        "probe: ",
        "sources: ",
        "{",
        "}",
        "[",
        "]",
        ", ",
        ": ",
        "\n      ",
        "- ",
        "kind: ",
        "http",
        "openai",
    ),
    *(
        "anthropic",
        "name: ",
        "url: ",
        "'https://a.edu'",
        "env: ",
        "K",
        "model: ",
        "facts: ",
        "balance: ",
        "at: ",
        "/a",
    ),
    *("unit: ", "cents", "grant: ", "'1'", "reads: ", "costs", "every: ", "1 hour", "header: ", "~", "null"),
]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_whatever_stands_there_reading_it_never_raises(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "random-polls.yaml"
    path.write_text(f"{LAB}    {text}", encoding="utf-8")
    found = []
    declared = read_accounts([(path, "accounts.yaml")], PROGRAMS, YEARS, found)

    assert declared or found
