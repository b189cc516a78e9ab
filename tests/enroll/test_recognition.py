"""What a rules file says of its acceptance mail is data, and a mistake in it is named with its place."""

import pytest

from notifier.core.vocabulary import Kind
from notifier.enroll.acceptances.recognition import ASKS, Ask, recognition_of
from notifier.files.rulebook import read_rulebook

PROGRAM = """\
version: 1
program: fund
links: {balance: https://fund.example/balance}
facts:
  answer_within: {default: 10 working days}
  begins_on: {default: 2026-11-22}
rules: []
acceptance_mail:
"""
PHRASES = "  phrases: [approved]\n"


@pytest.fixture
def read(tmp_path):
    def read(mail):
        (tmp_path / "fund.yaml").write_text(PROGRAM + mail, encoding="utf-8")
        faults = []
        return read_rulebook(tmp_path, "rules", faults).programs["fund"], [str(fault) for fault in faults]

    return read


def test_what_a_program_says_itself_stands_beside_what_is_found(read):
    program, faults = read(PHRASES)

    assert faults == []
    recognition = recognition_of(program)
    assert recognition.ours == {
        "answer_within": "10 working days",
        "begins_on": "2026-11-22",
        "links.balance": "https://fund.example/balance",
    }
    assert recognition.kinds["answer_within"] is Kind.DURATION


def test_a_program_without_questions_of_its_own_asks_the_usual(read):
    assert recognition_of(read(PHRASES)[0]).asks == ASKS


def test_a_program_asks_what_its_file_says(read):
    program, faults = read(f"{PHRASES}  ask:\n    use_case: {{example: …, where: the portal}}\n")

    assert faults == []
    assert recognition_of(program).asks == (Ask("use_case", "…", "the portal"),)


def test_a_program_whose_file_does_not_say_how_is_never_recognized(read):
    program, _ = read("")

    assert recognition_of(program) is None


@pytest.mark.parametrize(
    ("mail", "expected"),
    [
        ("  from: a@b\n", "9:3: `acceptance_mail` needs `phrases`"),
        ("  phrases: ['  ']\n", "9:3: `acceptance_mail` needs `phrases`"),
        (f"{PHRASES}  phrase: x\n", "10:3: `phrase` is not a field of `acceptance_mail`; did you mean `phrases`?"),
        (f"{PHRASES}  find: {{use_case: '('}}\n", "10:20: is not a regular expression: missing )"),
        (f"{PHRASES}  find: {{use_case: 'a{{99999999999}}'}}\n", "10:20: is not a regular expression"),
        (f"{PHRASES}  find: {{use_case: weeks}}\n", "10:20: a pattern marks what is to be taken: `(?P<value>…)`"),
        (
            f"{PHRASES}  find: {{use_cas: '(?P<value>x)'}}\n",
            "10:10: there is no fact `use_cas` to find in a mail; did",
        ),
        (
            f"{PHRASES}  ask: {{use_cas: {{example: a, where: b}}}}\n",
            "10:9: `use_cas` is nothing that an accounts",
        ),
        (
            f"{PHRASES}  ask: {{credits_left: {{example: a, where: b}}}}\n",
            "10:9: `credits_left` is nothing that an",
        ),
        (f"{PHRASES}  ask: {{use_case: {{where: b}}}}\n", "10:19: a question needs `example`"),
        (f"{PHRASES}  ask: {{use_case: {{example: a, where: b, wher: c}}}}\n", "10:42: `wher` is not a field of"),
        (f"{PHRASES}  ask: {{use_case: the portal}}\n", "10:19: a question is a mapping of fields"),
    ],
)
def test_a_mistake_is_named_with_its_place(read, mail, expected):
    _, faults = read(mail)

    assert any(fault.startswith(f"rules/fund.yaml:{expected}") for fault in faults), faults
