"""The acceptance mail in our own short version, the shapes in which people save it, and how it is recognized."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

from notifier.enroll.acceptances.acceptance import Understood, understand
from notifier.enroll.acceptances.recognition import Recognition
from notifier.enroll.mails.reading import read_mail
from tests.enroll.forms import forms

HERE = Path(__file__).parent
BERLIN = ZoneInfo("Europe/Berlin")
PROGRAM = "openai-researcher-access"


@pytest.fixture(scope="session")
def printed() -> str:
    return (HERE / "acceptance.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def body(printed: str) -> str:
    return printed[printed.index("Hello,") :]


@pytest.fixture(scope="session")
def acceptance_mail() -> dict[str, Any]:
    with (HERE / "acceptance_mail.yaml").open(encoding="utf-8") as file:
        return YAML(typ="safe", pure=True).load(file)["acceptance_mail"]


@pytest.fixture(scope="session")
def recognition(acceptance_mail: dict[str, Any]) -> Recognition:
    return Recognition(
        PROGRAM,
        senders=tuple(acceptance_mail["from"]),
        phrases=tuple(acceptance_mail["phrases"]),
        patterns=acceptance_mail["find"],
    )


@pytest.fixture(scope="session")
def understood(printed: str, recognition: Recognition) -> Understood:
    return understand(read_mail(printed.encode(), BERLIN), [recognition])


@pytest.fixture(scope="session")
def shapes() -> dict[str, bytes]:
    """Every way in which the mail that was sent may lie on a disk."""
    return {form.name: form.raw for form in forms() if form.name.startswith(("copied:", "eml:"))}
