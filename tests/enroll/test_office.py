"""An office's list is read as spreadsheets save it, and a cell is taken only if it can be read in one way."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.enroll.accounts.ids import as_id, is_id
from notifier.enroll.office.cells import amount_of, day_of, plain
from notifier.enroll.office.rows import HeaderError, OfficeError, read_office


def _cells(raw):
    return [dict(row.cells) for row in read_office(raw)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_spreadsheet_saves_the_same_list(encoding, separator, line_end):
    rows = [["account", "Accepted On", "use-case"], ["Zürich 7", "2026-03-31", f'"x{separator}y"']]
    text = line_end.join(separator.join(row) for row in rows)

    assert _cells(text.encode(encoding)) == [
        {"account": "Zürich 7", "accepted_on": "2026-03-31", "use_case": " ".join(f"x{separator}y".split())}
    ]


@pytest.mark.parametrize(
    "header",
    ["Account,ACCEPTED_ON,Use Case", " account , accepted  on,use-case", "sep=,\naccount,accepted on,USE_CASE"],
)
def test_case_blanks_and_hyphens_of_a_header_do_not_matter(header):
    assert _cells(f"{header}\nlab,2026-03-31,x".encode())[0].keys() == {"account", "accepted_on", "use_case"}


def test_a_label_is_a_column_of_its_own():
    assert _cells(b"account,accepted_on,Label.Funding Body\na,b,c")[0]["label.funding_body"] == "c"


def test_rows_are_counted_as_the_spreadsheet_counts_them():
    raw = b'account,accepted_on\n"two\nlines",x\n\n,\nlab,y\n'

    assert [row.number for row in read_office(raw)] == [2, 5]


def test_every_fault_of_a_header_is_named_at_once_with_what_was_probably_meant():
    with pytest.raises(HeaderError) as refused:
        read_office(b"acount,Accepted_on,organisation,accepted on,shoe size,labels\nx,y,z\n")

    assert refused.value.faults == [
        (1, 1, 'column "acount" is not known; did you mean `account`?'),
        (1, 3, 'column "organisation" is not known; did you mean `organization`?'),
        (1, 4, 'column "accepted on" stands here twice'),
        (1, 5, 'column "shoe size" is not known; --help lists the columns'),
        (1, 6, 'column "labels" is not known; did you mean `label.department`?'),
    ]


def test_a_column_that_is_needed_is_missed():
    with pytest.raises(HeaderError, match="there is no column accepted_on"):
        read_office(b"account,team\n")


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "The list is empty"),
        (b"\n ; ;\n", "The list is empty"),
        (b"PK\x03\x04rest", "This is a spreadsheet. Save it as CSV"),
        (b"account\x00,accepted_on", "This is no text"),
        (b'account,accepted_on\n"x,y\n', "Line 2 is no CSV"),
        (b'account,accepted_on\n"x"y,z\n', "Line 2 is no CSV"),
        (b"account,accepted_on\n" + b"x" * 200_000 + b",y", "Line 2 is no CSV"),
        (b"x" * 16_000_001, "at most 16,000,000 are read"),
    ],
)
def test_what_is_no_list_is_refused(raw, why):
    with pytest.raises(OfficeError, match=why):
        read_office(raw)


def test_a_cell_beyond_the_columns_is_noticed():
    assert [row.over for row in read_office(b"account,accepted_on,\na,b,,\na,b,c,d\n")] == [0, 2]


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_the_file_holds_it_is_read_or_refused(raw):
    try:
        rows = read_office(b"account;accepted_on\n" + raw)
    except (OfficeError, HeaderError):
        return
    assert all(row.number > 1 for row in rows)


@pytest.mark.parametrize("text", ["2026-03-31", "31.03.2026", "31.3.2026", "31. 3. 2026", "2026-03-31 00:00:00"])
def test_a_date_may_be_written_as_iso_or_with_dots(text):
    assert day_of(text) == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("31.02.2026", '"31.02.2026" is not a date such as 2026-03-31: there is no such day'),
        ("03/04/2026", "can be read in two ways; write 2026-04-03 or 2026-03-04"),
        ("3/31/26", "is not written as everybody reads it; write 2026-03-31"),
        ("4/4/2026", "is not written as everybody reads it; write 2026-04-04"),
        ("31/31/2026", "is not a date such as 2026-03-31"),
        ("46112", "is a number of days"),
        ("2026-03-31 14:00", "is not a date"),
        ("31.03.26", "is not a date"),
        ("soon", "is not a date"),
        ("31.03.1026", "lies outside the years"),
    ],
)
def test_a_date_that_two_people_read_otherwise_is_refused(text, why):
    with pytest.raises(ValueError) as refused:
        day_of(text)

    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("5000", "5000 EUR"),
        ("5000 USD", "5000 USD"),
        ("usd 5000", "5000 USD"),
        ("5000.50", "5000.50 EUR"),
        ("5000,5", "5000.50 EUR"),
        ("5,000.00", "5000 EUR"),
        ("5.000,00 usd", "5000 USD"),
        ("1,234,567", "1234567 EUR"),
        ("5 000", "5000 EUR"),
        ("1'234.50", "1234.50 EUR"),
        ("0.50", "0.50 EUR"),
    ],
)
def test_an_amount_is_read_where_one_reading_is_possible(text, amount):
    assert amount_of(text, "EUR") == amount


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("5,000", "can be read in two ways; write 5000 or 5,"),
        ("5.250 USD", "can be read in two ways; write 5250 or 5.25,"),
        ("$5000", "is not an amount such as 5000 USD"),
        ("5000 €", "is not an amount such as 5000 USD"),
        ("-5", "is not an amount"),
        ("1,23,4", "is not an amount"),
        ("1.2.3", "is not an amount"),
        ("EUR 5 USD", "is not an amount"),
        ("9" * 20, "anybody is granted"),
        ("0.125 4", "is not an amount"),
        ("12.3456", "more than two decimals"),
    ],
)
def test_an_amount_with_two_readings_is_refused(text, why):
    with pytest.raises(ValueError) as refused:
        amount_of(text, "EUR")

    assert why in str(refused.value)


@given(st.text(max_size=20))
def test_no_text_is_an_amount_or_a_date_by_accident(text):
    for read in (day_of, lambda each: amount_of(each, "EUR")):
        try:
            read(text)
        except ValueError:
            continue
        assert any(letter.isdigit() for letter in text)


def test_a_character_that_nobody_sees_is_refused_and_blanks_are_made_one():
    assert plain(" a\u00a0 b\tc\n d") == "a b c d"
    assert plain("\u0915\u094d\u200d\u0937") == "\u0915\u094d\u200d\u0937"
    for hostile in ("a\x1b[2J", "a\u202eb", "a\u200bb", "a\x00"):
        with pytest.raises(ValueError, match="cannot be seen"):
            plain(hostile)
    with pytest.raises(ValueError, match="has 2,001 characters"):
        plain("x" * 2_001)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Chemistry, group 3", "chemistry-group-3"),
        ("Zürich_7", "zurich-7"),
        ("Große Straße", "grosse-strasse"),
        ("化学", ""),
    ],
)
def test_a_name_becomes_an_id(name, made):
    assert as_id(name) == made


@given(st.text())
def test_whatever_a_name_becomes_is_an_id_or_nothing(name):
    assert not as_id(name) or is_id(as_id(name))
