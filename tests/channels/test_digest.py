"""A digest in each channel: its sections in order, its bars beside the words that say the same."""

import io
import json
import re

import pytest
from rich.console import Console as Terminal

from notifier.channels.console import panel
from notifier.channels.mail.html import html
from notifier.channels.mail.outline import outline
from notifier.channels.mail.text import text
from notifier.channels.slack.blocks import MOST_IN_ALL, bare, blocks, notification
from notifier.core.alert import Reason
from notifier.core.message import Line, Message, Section
from tests.channels.console_bench import typed
from tests.channels.mail_reader import Page
from tests.channels.slack_blocks import read, too_much

WORDS = "83% used, 168.60 USD of 1,000.00 USD left; access ends on 19 June 2027, in 205 days"
DIGEST = Message(
    headline="2 grants need you",
    about="digest of 26 November",
    reason=Reason.DIGEST,
    say="3 grants of 3 accounts are watched; 1 message comes in the next 60 days.",
    next="Start with borealis: Credits are running low.",
    told="This comes every Monday at 08:00.",
    sections=(
        Section(
            "Needs you (2)",
            lines=(
                Line("borealis", "Credits are running low", state=WORDS, share=0.831),
                Line("aurora", "Credits have not arrived", state="credits not recorded yet"),
            ),
        ),
        Section("Coming in 60 days (1)", lines=(Line("cirrus", "Free access ends", "1 December"),)),
        Section("Fine (1)", "1 grant: 1 running."),
    ),
)
BAR = "█████████████████░░░"


def test_slack_shows_each_section_as_a_list_below_its_heading():
    shown = read({"text": notification(DIGEST), "blocks": blocks(DIGEST, typed)})

    assert shown.startswith("2 grants need you · digest of 26 November. Start with borealis")
    assert (
        "Needs you (2) borealis · Credits are running low "
        f"{BAR} {WORDS} aurora · Credits have not arrived credits not recorded yet "
        "Coming in 60 days (1) 1 December · cirrus · Free access ends "
        "Fine (1): 1 grant: 1 running."
    ) in shown


def test_slack_says_it_all_in_mere_text_too():
    assert f"Needs you (2)\n- borealis · Credits are running low · {WORDS}" in bare(DIGEST, typed)
    assert "Fine (1): 1 grant: 1 running." in bare(DIGEST, typed)


def test_a_digest_too_long_for_slack_loses_its_last_sections_and_says_so():
    long = tuple(Line("x" * 400, "<&>" * 400, "y" * 400, "z" * 900, share=0.5) for _ in range(10))
    whole = Message(
        *("Much", "digest", Reason.DIGEST),
        sections=tuple(Section(f"Section {number}", "w" * 2_000, long) for number in range(4)),
    )

    made = blocks(whole, typed)

    assert too_much({"text": notification(whole), "blocks": made}) == []
    assert len(json.dumps(made, ensure_ascii=False)) <= MOST_IN_ALL + 2_000
    assert "Section 0" in read({"blocks": made})
    assert re.search(r"Left out, because .*: .*Section 3", read({"blocks": made}))


def test_a_mail_says_it_as_text():
    assert (
        "Needs you (2)\n-------------\n- borealis · Credits are running low\n"
        f"  {BAR}  {WORDS}\n- aurora · Credits have not arrived\n  credits not recorded yet\n\n"
        "Coming in 60 days (1)\n---------------------\n"
        "Date        For     What\n1 December  cirrus  Free access ends\n"
    ) in text(outline(DIGEST, typed))


def test_a_mail_draws_bars_that_screen_readers_pass_over():
    page = html(outline(DIGEST, typed))

    assert re.findall(r'<td class="(full|rest)"[^>]*width="(\d+)%"', page) == [("full", "83"), ("rest", "17")]
    assert page.count('aria-hidden="true"') == 1
    assert page.count("<h2") == 3
    assert f"borealis · Credits are running low {WORDS}" in Page(page).text
    assert "Date For What 1 December cirrus Free access ends" in Page(page).text


@pytest.mark.parametrize(("share", "cells"), [(0, 1), (0.001, 2), (0.999, 2), (1, 1), (1.5, 1), (-0.2, 1)])
def test_only_nothing_is_an_empty_bar_and_only_all_a_full_one(share, cells):
    message = Message(
        "All is well", "d", Reason.DIGEST, sections=(Section("a", lines=(Line("a", "b", share=share),)),)
    )

    assert len(re.findall(r'<td class="(?:full|rest)"', html(outline(message, typed)))) == cells


def test_the_console_shows_it_in_its_box():
    terminal = Terminal(file=io.StringIO(), width=130, color_system=None)
    with terminal.capture() as written:
        terminal.print(panel(DIGEST, width=130))
    shown = " ".join(written.get().replace("│", " ").split())

    assert f"Needs you (2) - borealis · Credits are running low {BAR} {WORDS}" in shown
    assert "- 1 December · cirrus · Free access ends" in shown
    assert "Fine (1): 1 grant: 1 running." in shown
