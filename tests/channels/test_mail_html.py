"""A page that is readable by everybody: contrast, darkness, structure, nothing loaded from anywhere."""

import re
from dataclasses import replace

import pytest

from notifier.channels.mail.html import ACCENTS, STYLES, html
from notifier.channels.mail.outline import LOOKS, outline
from notifier.core.alert import Reason
from tests.channels.console_bench import typed
from tests.channels.contract import MESSAGE
from tests.channels.mail_reader import Page

PAGE = html(outline(MESSAGE, typed))
WHITE, CARD = "#ffffff", "#1d2126"


def luminance(colour):
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """WCAG 2.2, contrast ratio."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def colours(style, behind):
    said = dict(rule.split(":", 1) for rule in style.split(";") if rule)
    return said.get("color"), said.get("background-color", behind)


@pytest.mark.parametrize("name", STYLES)
def test_text_can_be_told_from_what_is_behind_it(name):
    for style, behind in zip(STYLES[name], (WHITE, CARD), strict=True):
        text, background = colours(style, behind)

        assert text is None or contrast(text, background) >= 4.5


@pytest.mark.parametrize("name", STYLES)
def test_what_changes_its_background_in_the_dark_changes_its_text_too(name):
    light, dark = STYLES[name]

    assert ("background-color" in light) == ("background-color" in dark)
    assert not re.search(r"(?<!-)color:", light) or re.search(r"(?<!-)color:", dark)
    assert "background-color" not in light or "background-color" in light.partition(";color:")[0] + light


@pytest.mark.parametrize("look", ACCENTS)
def test_the_next_action_can_be_read_on_its_tint(look):
    colour, tint, dark_colour, dark_tint = ACCENTS[look]

    assert contrast("#1c2026", tint) >= 4.5
    assert contrast("#f4f5f7", dark_tint) >= 4.5
    assert contrast(colour, WHITE) >= 3
    assert contrast(dark_colour, CARD) >= 3


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_look_of_its_own_kind(reason):
    page = outline(replace(MESSAGE, reason=reason), typed)

    assert page.look == LOOKS.get(reason, "open")
    assert page.look in ACCENTS
    assert ACCENTS[page.look][0] in html(page)


def test_nothing_is_loaded_and_nothing_runs():
    assert not re.search(
        r"<(img|svg|script|link|iframe|object|video|form)|url\(|@import|src=", PAGE, re.IGNORECASE
    )


def test_the_page_speaks_english_and_has_one_heading_of_the_first_level():
    assert '<html lang="en">' in PAGE
    assert PAGE.count("<h1") == 1
    assert PAGE.index("<h1") < PAGE.index("<h2")
    assert f"<title>{MESSAGE.title}</title>" in PAGE


def test_it_is_made_for_light_and_dark_and_for_telephones():
    assert '<meta name="color-scheme" content="light dark">' in PAGE
    assert "@media (prefers-color-scheme:dark)" in PAGE
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in PAGE


def test_tables_that_only_lay_out_are_not_announced():
    assert PAGE.count("<table") == PAGE.count('role="presentation"')


def test_the_whole_page_is_well_formed():
    assert Page(PAGE).strange == []
