"""The acceptance mail in our own short version, the shapes in which people save it, and how it is recognized."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from ruamel.yaml import YAML

from notifier.enroll.acceptance import Understood, understand
from notifier.enroll.mail import read_mail
from notifier.enroll.recognition import Recognition

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
def acceptance_mail() -> dict[str, object]:
    with (HERE / "acceptance_mail.yaml").open(encoding="utf-8") as file:
        return YAML(typ="safe", pure=True).load(file)["acceptance_mail"]


@pytest.fixture(scope="session")
def recognition(acceptance_mail: dict[str, object]) -> Recognition:
    return Recognition.from_data(PROGRAM, acceptance_mail)


@pytest.fixture(scope="session")
def understood(printed: str, recognition: Recognition) -> Understood:
    return understand(read_mail(printed.encode(), BERLIN), [recognition])


@pytest.fixture(scope="session")
def envelope() -> Callable[[], EmailMessage]:
    def empty() -> EmailMessage:
        message = EmailMessage()
        message["From"] = "The OpenAI Team <noreply@mail.smapply.net>"
        message["To"] = '"Researcher, A." <a.researcher@example.edu>'
        message["Subject"] = "OpenAI API Researcher Access Program Acceptance"
        message["Date"] = datetime(2024, 3, 11, 12, 57, tzinfo=UTC)
        return message

    return empty


@pytest.fixture(scope="session")
def html(body: str) -> str:
    paragraphs = "".join(f"<p>{escape(each)}</p>\n" for each in body.split("\n\n"))
    linked = paragraphs
    for link in ("https://platform.openai.com/account/members", "https://forms.gle/SfPEkQYdLZWfYTjo8"):
        linked = linked.replace(f"&lt;{link}&gt;", f'<a href="{link}">here</a>')
    return (
        "<!DOCTYPE html><html><head><title>not seen</title><style>p { color: red }</style></head><body>"
        '<!-- <p>no</p> --><div style="display:none">granted access exclusively to GPT-9</div>'
        f"{linked}</body></html>"
    )


@pytest.fixture(scope="session")
def shapes(printed: str, body: str, html: str, envelope: Callable[[], EmailMessage]) -> dict[str, bytes]:
    """Every way in which the same mail may lie on a disk."""

    def eml(**how: str) -> bytes:
        message = envelope()
        message.set_content(body, **how)
        return message.as_bytes(policy=SMTP)

    only_html, both = envelope(), envelope()
    only_html.set_content(html, subtype="html", cte="base64")
    both.set_content(body, cte="quoted-printable")
    both.add_alternative(html, subtype="html")
    both.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="terms.pdf")
    latin = printed.replace("\u2019", "'").replace("\u2013", "-")
    return {
        "copied": printed.encode(),
        "copied, CRLF": printed.replace("\n", "\r\n").encode(),
        "copied, byte order mark": printed.encode("utf-8-sig"),
        "copied, Latin-1": latin.encode("latin-1"),
        "copied, Windows": printed.encode("cp1252"),
        "copied, UTF-16": printed.encode("utf-16"),
        "copied, narrow blank before PM": printed.replace(" PM", "\u202fPM").encode(),
        "eml, quoted-printable": eml(cte="quoted-printable"),
        "eml, base64": eml(cte="base64"),
        "eml, 8bit": eml(cte="8bit"),
        "eml, Windows charset": eml(charset="cp1252", cte="quoted-printable"),
        "eml, LF": eml(cte="base64").replace(b"\r\n", b"\n"),
        "eml, byte order mark": b"\xef\xbb\xbf" + eml(cte="base64"),
        "eml, plain and HTML and attachment": both.as_bytes(policy=SMTP),
        "eml, HTML only": only_html.as_bytes(policy=SMTP),
    }
