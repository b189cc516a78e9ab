"""Every form in which people have the acceptance mail, built from our own short version of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from pathlib import Path

from tests.enroll.windows import WINDOWS, Window, names_of

PRINTED = (Path(__file__).parent / "acceptance.txt").read_text(encoding="utf-8")
LETTER = PRINTED[PRINTED.index("Hello,") :]
SENDER = "noreply@mail.smapply.net"
RECIPIENT = "a.researcher@example.edu"
SUBJECT = "OpenAI API Researcher Access Program Acceptance"
WHO = f"The OpenAI Team <{SENDER}>"
QUOTED = "\n".join(f"> {line}".rstrip() for line in LETTER.split("\n"))
FORWARDED_AT = datetime(2026, 10, 2, 8, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Form:
    """One form, and what has to be read from it in the zone of Berlin."""

    name: str
    raw: bytes
    own_zone: bool
    """Whether the original's date says its zone."""
    recipient: str | None = RECIPIENT
    levels: int = 1
    sent: str | None = "2024-03-11 13:57 CET"
    sender: str | None = SENDER
    subject: str | None = SUBJECT


def forms() -> list[Form]:
    """Every form."""
    return [*_copied(), *_raw(), *_inline(), *_languages(), *_attached(), *_twice(), *_boxes()]


def original(**headers: str) -> EmailMessage:
    """The mail as it was sent."""
    message = EmailMessage()
    message["From"] = WHO
    message["To"] = f'"Researcher, A." <{RECIPIENT}>'
    message["Subject"] = SUBJECT
    message["Date"] = datetime(2024, 3, 11, 12, 57, tzinfo=UTC)
    for name, value in headers.items():
        message.replace_header(name, value)
    return message


def plain(cte: str = "quoted-printable", charset: str = "utf-8") -> EmailMessage:
    """The mail as it was sent, in plain text."""
    message = original()
    message.set_content(LETTER, cte=cte, charset=charset)
    return message


def forward(text: str = "See below.\n", subject: str = f"Fwd: {SUBJECT}") -> EmailMessage:
    """A mail of somebody else, years later."""
    message = EmailMessage()
    message["From"] = "A. Researcher <a.researcher@example.edu>"
    message["To"] = "grants@example.edu"
    message["Subject"] = subject
    message["Date"] = FORWARDED_AT
    message.set_content(text, cte="8bit")
    return message


def html_letter() -> str:
    """The letter in HTML, with links and with what nobody sees."""
    text = "".join(f"<p>{escape(each)}</p>\n" for each in LETTER.split("\n\n"))
    for link in ("https://platform.openai.com/account/members", "https://forms.gle/SfPEkQYdLZWfYTjo8"):
        text = text.replace(f"&lt;{link}&gt;", f'<a href="{link}">here</a>')
    return (
        '<!-- <p>no</p> --><div style="display:none">granted access exclusively to GPT-9</div>'
        f"<style>p {{ color: red }}</style>{text}"
    )


def eml(message: EmailMessage) -> bytes:
    """Its bytes as a mail program saves them."""
    return message.as_bytes(policy=SMTP)


def head(names: str, values: list[str], line: str = "{name}: {value}") -> str:
    """The lines of a head."""
    pairs = zip(names_of(names), values, strict=True)
    return "\n".join(line.format(name=name, value=value) for name, value in pairs)


def quoted(text: str) -> str:
    """*text* as a reply quotes it."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _copied() -> Iterator[Form]:
    apple = head("From Subject Date To", [WHO, SUBJECT, "11 March 2024 at 13:57:00 CET", RECIPIENT])
    latin = PRINTED.replace("\u2019", "'").replace("\u2013", "-")
    web = f"Outlook\n\n{SUBJECT}\n\nFrom\t{WHO}\nDate\tMon 3/11/2024 1:57 PM\nTo\t{RECIPIENT} <{RECIPIENT}>\n\n"
    details = head(
        "from: to: date: subject:", [WHO, RECIPIENT, "Mar 11, 2024, 1:57 PM", SUBJECT], "{name}\t{value}"
    )
    texts = {
        "Gmail, printed": PRINTED.encode(),
        "Gmail, printed, CRLF": PRINTED.replace("\n", "\r\n").encode(),
        "Gmail, printed, lone CR": PRINTED.replace("\n", "\r").encode(),
        "Gmail, printed, byte order mark": PRINTED.encode("utf-8-sig"),
        "Gmail, printed, UTF-16": PRINTED.encode("utf-16"),
        "Gmail, printed, Latin-1": latin.encode("latin-1"),
        "Gmail, printed, Windows-1252": PRINTED.encode("cp1252"),
        "Gmail, printed, every line quoted": quoted(PRINTED).encode(),
        "Gmail, printed, quoted twice": quoted(quoted(PRINTED)).encode(),
        "Gmail, copied with its details": f"{SUBJECT}\n\n{details}\n\n{LETTER}".encode(),
        "Outlook on the web, printed": (web + LETTER).encode(),
        "Outlook, copied": f"{_outlook(WINDOWS[0])}\n\n{LETTER}".encode(),
    }
    for name, raw in texts.items():
        yield Form(f"copied: {name}", raw, own_zone=False)
    yield Form("copied: Apple Mail", f"{apple}\n\n{LETTER}".encode(), own_zone=True)
    page = f"<!DOCTYPE html><html><head><title>x</title></head><body>{_html_head()}{html_letter()}</body></html>"
    yield Form("copied: web page", page.encode(), own_zone=False)


def _raw() -> Iterator[Form]:
    html, both, latin, mixed = original(), original(), original(), original()
    html.set_content(html_letter(), subtype="html", cte="base64")
    both.set_content(LETTER, cte="quoted-printable")
    both.add_alternative(html_letter(), subtype="html")
    both.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="terms.pdf")
    latin.set_content(LETTER.replace("\u2019", "'").replace("\u2013", "-"), charset="iso-8859-1")
    mixed.set_content("This mail is in HTML.\n")
    mixed.add_alternative(html_letter(), subtype="html")
    *_, page = mixed.iter_parts()
    assert isinstance(page, EmailMessage)
    page.add_related(b"\x89PNG", "image", "png", cid="<logo>")
    encoded = original(From="=?utf-8?b?VGhlIE9wZW5BSSBUZWFt?= <noreply@mail.smapply.net>")
    encoded.set_content(LETTER)
    messages = {
        "quoted-printable": plain(),
        "base64": plain("base64"),
        "8bit": plain("8bit"),
        "Windows-1252": plain(charset="cp1252"),
        "Latin-1": latin,
        "HTML only": html,
        "plain, HTML and an attachment": both,
        "a stub and HTML with a picture": mixed,
        "encoded words": encoded,
    }
    for name, message in messages.items():
        yield Form(f"eml: {name}", eml(message), own_zone=True)
    raw = eml(plain("base64"))
    yield Form("eml: LF", raw.replace(b"\r\n", b"\n"), own_zone=True)
    yield Form("eml: lone CR", raw.replace(b"\r\n", b"\r"), own_zone=True)
    yield Form("eml: byte order mark", b"\xef\xbb\xbf" + raw, own_zone=True)
    yield Form("eml: UTF-16", raw.decode().encode("utf-16"), own_zone=True)


def _outlook(window: Window, line: str = "{name}: {value}") -> str:
    return head(window.outlook_head, [WHO, window.outlook_date, RECIPIENT, SUBJECT], line)


def _gmail(window: Window) -> str:
    lines = head(window.gmail_head, [WHO, window.gmail, SUBJECT, f"<{RECIPIENT}>"])
    return f"---------- {window.gmail_mark} ---------\n{lines}\n\n\n{LETTER}"


def _apple(window: Window) -> str:
    lines = head(window.apple_head, [WHO, SUBJECT, window.apple_date, RECIPIENT])
    return f"{window.apple_mark}\n\n{quoted(lines)}\n> \n{QUOTED}"


def _html_head() -> str:
    lines = [
        ("From", escape(WHO)),
        ("Sent", "Monday, March 11,\n 2024 1:57 PM"),
        ("To", RECIPIENT),
        ("Subject", SUBJECT),
    ]
    return "<div><hr>" + "".join(f"<b>{name}:</b> {value}<br>\n" for name, value in lines) + "</div>"


def _html_table() -> str:
    lines = [
        ("Subject", SUBJECT),
        ("Date", "Mon, 11 Mar 2024 12:57:00 +0000"),
        ("From", escape(WHO)),
        ("To", RECIPIENT),
    ]
    rows = "".join(f"<tr><th align='RIGHT' nowrap>{name}: </th><td>{value}</td></tr>\n" for name, value in lines)
    return (
        f"-------- Forwarded Message --------<table class='moz-email-headers-table'><tbody>{rows}</tbody></table>"
    )


def _forward_in_html(html: str) -> bytes:
    message = forward()
    message.set_content(f"<p>See below.</p>{html}", subtype="html")
    return eml(message)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))


def _inline() -> Iterator[Form]:
    english = WINDOWS[0]
    rule = "_" * 32
    texts = {
        "Outlook, a rule": f"See below.\n\n{rule}\n{_outlook(english)}\n\n{LETTER}",
        "Outlook, no rule": f"See below.\n\n{_outlook(english)}\n\n{LETTER}",
        "Outlook, bold": f"See below.\n\n{_outlook(english, '*{name}:* {value}')}\n\n{LETTER}",
        "Outlook, mailto": f"See below.\n\n{_outlook(english)}\n\n{LETTER}".replace(
            WHO, f"The OpenAI Team [mailto:{SENDER}]"
        ),
        "Outlook, quoted": quoted(f"{_outlook(english)}\n\n{LETTER}"),
        "Gmail, quoted": f"See below.\n\n{quoted(_gmail(english))}",
        "a reply below": f"{english.wrote.format(who=WHO)}\n\n{QUOTED}\n\nShall we start?\n",
        "a reply, wrapped": f"On Mon, Mar 11, 2024 at 1:57 PM The OpenAI Team <\n{SENDER}> wrote:\n\n{QUOTED}",
    }
    texts |= {
        "new Outlook, no empty line": f"{_outlook(WINDOWS[9])}\n{LETTER}",
        "a reply of Outlook, Dutch": f"Op 11/03/2024 13:57 heeft {WHO} geschreven:\n\n{_indented(LETTER)}",
        "a reply of Outlook, Polish": f"Dnia 11/03/2024, 13:57 użytkownik {WHO} napisał:\n\n{LETTER}",
    }
    for name, text in texts.items():
        recipient = None if "reply" in name else RECIPIENT
        yield Form(
            f"inline: {name}",
            eml(forward(text)),
            own_zone=False,
            levels=2,
            recipient=recipient,
            subject=SUBJECT if recipient else "",
        )
    zoned = f"See below.\n\n{_outlook(english)} (UTC+01:00) Amsterdam, Berlin\n\n{LETTER}".replace(
        "1:57 PM", "1:57 PM (UTC+01:00) Amsterdam, Berlin, Bern"
    ).replace(f"{SUBJECT} (UTC+01:00) Amsterdam, Berlin", SUBJECT)
    yield Form("inline: Outlook, a zone", eml(forward(zoned)), own_zone=True, levels=2)
    for name, html, own in (
        ("Outlook", f"{_html_head()}{html_letter()}", False),
        ("Thunderbird", f"{_html_table()}{html_letter()}", True),
    ):
        yield Form(f"inline, HTML: {name}", _forward_in_html(html), own_zone=own, levels=2)
    dateless = f"See below.\n\n---------- Forwarded message ---------\nFrom: {WHO}\nTo: {RECIPIENT}\n\n{LETTER}"
    yield Form("inline: without a date", eml(forward(dateless)), own_zone=True, levels=2, sent=None, subject="")


def _languages() -> Iterator[Form]:
    for window in WINDOWS:
        printed = f"A. Researcher <{RECIPIENT}>\n\n{SUBJECT}\n\n{window.count}\n\n{WHO}\nTo: {RECIPIENT}\n\n"
        printed = printed.replace("To", names_of(window.outlook_head)[2]) + f"{window.gmail}\n\n{LETTER}"
        yield Form(f"copied: Gmail, printed, {window.language}", printed.encode(), own_zone=False)
        thunderbird = head("Subject Date From To", [SUBJECT, "Mon, 11 Mar 2024 12:57:00 +0000", WHO, RECIPIENT])
        texts = {
            "Gmail": _gmail(window),
            "Outlook": f"{'_' * 32}\n{_outlook(window)}\n\n{LETTER}",
            "Outlook, classic": f"-----{window.original}-----\n{_outlook(window)}\n\n{LETTER}",
            "Apple Mail": _apple(window),
            "Thunderbird": f"-------- {window.thunderbird} --------\n{thunderbird}\n\n{LETTER}",
            "a reply": f"{window.wrote.format(who=WHO)}\n\n{QUOTED}",
        }
        for program, text in texts.items():
            own = program in {"Thunderbird", "Apple Mail"}
            yield Form(
                f"inline: {program}, {window.language}",
                eml(forward(f"See below.\n\n{text}")),
                own_zone=own,
                recipient=None if program == "a reply" else RECIPIENT,
                subject="" if program == "a reply" else SUBJECT,
                levels=2,
            )


def _attached() -> Iterator[Form]:
    as_mail, as_file, encoded = forward(), forward(), forward()
    as_mail.add_attachment(plain())
    as_file.add_attachment(eml(plain()), maintype="application", subtype="octet-stream", filename="Acceptance.eml")
    encoded.add_attachment(eml(plain()), maintype="application", subtype="octet-stream", filename="a.eml")
    raw = eml(encoded).replace(b"application/octet-stream", b"message/rfc822")
    yield Form("attached: message/rfc822", eml(as_mail), own_zone=True, levels=2)
    yield Form("attached: a file .eml", eml(as_file), own_zone=True, levels=2)
    yield Form("attached: message/rfc822 in base64", raw, own_zone=True, levels=2)
    bare = eml(as_mail).replace(b"See below.", b"")
    yield Form("attached: without a word", bare, own_zone=True, levels=2)


def _twice() -> Iterator[Form]:
    english = WINDOWS[0]
    again = head(
        "From Date Subject To", [f"A. <{RECIPIENT}>", "Fri, Oct 2, 2026 at 10:30 AM", "Fwd", "<g@example.edu>"]
    )
    inline = f"---------- Forwarded message ---------\n{again}\n\nSee below.\n\n{_gmail(english)}"
    yield Form("twice: inline in inline", eml(forward(inline)), own_zone=False, levels=3)
    replies = f"On Fri, Oct 2, 2026 at 10:30 AM A. <{RECIPIENT}> wrote:\n\n"
    text = replies + quoted(f"Yes.\n\n{english.wrote.format(who=WHO)}\n\n{QUOTED}")
    yield Form(
        "twice: a reply to a reply", eml(forward(text)), own_zone=False, levels=3, recipient=None, subject=""
    )
    inner, outer, mixed = forward(), forward(), forward()
    inner.add_attachment(plain())
    outer.add_attachment(inner)
    yield Form("twice: attachment in attachment", eml(outer), own_zone=True, levels=3)
    mixed.add_attachment(forward(_gmail(english)))
    yield Form("twice: inline in attachment", eml(mixed), own_zone=False, levels=3)
    held = forward(f"---------- Forwarded message ---------\n{again}\n\nSee the attachment.\n")
    held.add_attachment(plain())
    yield Form("twice: attachment beside inline", eml(held), own_zone=True)


def _boxes() -> Iterator[Form]:
    other = forward("Lunch?\n", "Lunch")
    line = b"From 1793@xxx Mon Mar 11 12:57:00 +0000 2024\n"
    letter = plain("8bit")
    letter.set_content(LETTER.replace("Good luck", "From now on: good luck"), cte="8bit")
    escaped = eml(letter).replace(b"\nFrom now", b"\n>From now")
    mails = [eml(other), escaped, eml(other)]
    box = b"\n".join(line + mail.replace(b"\r\n", b"\n") for mail in mails)
    yield Form("mbox: the second of three", box, own_zone=True)
    yield Form("mbox: CRLF", box.replace(b"\n", b"\r\n"), own_zone=True)
    yield Form("mbox: lone CR", box.replace(b"\n", b"\r"), own_zone=True)
    yield Form(
        "mbox: one mail, as Thunderbird keeps it",
        b"From - Mon Mar 11 13:57:00 2024\n" + eml(plain()),
        own_zone=True,
    )
