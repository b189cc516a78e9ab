"""Files made to break or to exhaust whoever reads them, and the mutations that make more of them."""

import random
from collections.abc import Callable
from functools import partial

from tests.enroll.forms import LETTER, PRINTED, WHO, eml, forward, plain, quoted

HEAD = b"From: a@example.org\nTo: b@example.org\nDate: Mon, 11 Mar 2024 18:57:00 +0000\nMIME-Version: 1.0\n"
MULTIPART = HEAD + b'Content-Type: multipart/mixed; boundary="b"\n\n'
MEGABYTE = 1_000_000
BLOCK = "From: a@b.example\nSent: Monday, March 11, 2024 1:57 PM\nTo: c@d.example\nSubject: x\n"


def _html(piece: str, size: int = 2 * MEGABYTE) -> bytes:
    return HEAD + b"Content-Type: text/html\n\n" + piece.encode() * (size // len(piece.encode()))


def _text(piece: str, size: int = 2 * MEGABYTE) -> bytes:
    return piece.encode() * (size // len(piece.encode()))


def _nested_attachments(depth: int) -> bytes:
    return b"".join(HEAD + b"Content-Type: message/rfc822\n\n" for _ in range(depth)) + eml(plain())


def _nested_multiparts(depth: int) -> bytes:
    opened = [
        f'Content-Type: multipart/mixed; boundary="b{number}"\n\n--b{number}\n'.encode() for number in range(depth)
    ]
    return HEAD + b"".join(opened) + b"Content-Type: text/plain\n\n" + LETTER.encode()


def _encoded_in_each_other(depth: int) -> bytes:
    raw = eml(plain())
    for _ in range(depth):
        outer = forward()
        outer.add_attachment(raw, maintype="application", subtype="octet-stream", filename="mail.eml")
        raw = eml(outer)
    return raw


def _quoted_in_each_other(depth: int) -> bytes:
    lines = [f"{'> ' * number}On Mon, Mar 11, 2024 at 1:57 PM {WHO} wrote:" for number in range(depth)]
    return "\n".join([*lines, "> " * depth + "Hello"]).encode()


def _attachment(size: int) -> bytes:
    message = plain()
    message.add_attachment(b"x" * size, maintype="application", subtype="zip", filename="x.zip")
    return eml(message)


MONSTERS: dict[str, Callable[[], bytes]] = {
    "10 MB of one line": lambda: b"x" * 10 * MEGABYTE,
    "10 MB of short lines": lambda: b"x\n" * 5 * MEGABYTE,
    "10 MB mail of one line": lambda: HEAD + b"\n" + b"x" * 10 * MEGABYTE,
    "10 MB attachment": partial(_attachment, 7 * MEGABYTE),
    "10 MB of HTML tags": partial(_html, "<b>", 10 * MEGABYTE),
    "10 MB of blanks": lambda: b" " * 10 * MEGABYTE + b"x",
    "10 MB of NULs": lambda: HEAD + b"\n" + b"\0" * 10 * MEGABYTE,
    "1,000 attachments in each other": lambda: _nested_attachments(1_000),
    "30 attachments in each other": lambda: _nested_attachments(30),
    "1,000 multiparts in each other": lambda: _nested_multiparts(1_000),
    "50 multiparts in each other": lambda: _nested_multiparts(50),
    "20 encoded attachments in each other": lambda: _encoded_in_each_other(20),
    "1,000 quotations in each other": lambda: _quoted_in_each_other(1_000),
    "31 quotations in each other": lambda: _quoted_in_each_other(31),
    "1,000 marks": lambda: b"---------- Forwarded message ---------\nFrom: a@b.example\n" * 1_000,
    "10,000 Outlook heads": (BLOCK * 4_900).encode,
    "a line of a million >": lambda: b">" * MEGABYTE + b"\n" + b"> " * 500_000,
    "20,000 lines of >": lambda: (b">" * 90 + b" x\n") * 19_000,
    "100,000 From lines": lambda: b"From a Mon Mar 11 12:57:00 2024\nSubject: x\n\n" * 100_000,
    "2,000 small mails": lambda: (b"From a Mon Mar 11 12:57:00 2024\n" + HEAD + b"\nHello\n\n") * 2_000,
    "2,000 mails that are none": lambda: (b"From a Mon Mar 11 12:57:00 2024\nX: \0\n\n\0\n\n") * 2_000,
    "100,000 headers": lambda: HEAD + b"X-A: b\n" * 100_000 + b"\nx",
    "100,000 continuation lines": lambda: HEAD + b"Subject: x\n" + b" y\n" * 100_000 + b"\nx",
    "1,000 dates": lambda: HEAD + b"Date: Mon, 11 Mar 2024 18:57:00 +0000\n" * 1_000 + b"\nx",
    "a header of a megabyte": lambda: HEAD + b"X-A: " + b"y" * MEGABYTE + b"\n\nx",
    "encoded words": lambda: HEAD + b"Subject: " + b"=?utf-8?q?=3D?= " * 120 + b"\n\nx",
    "comments in an address": lambda: HEAD.replace(b"b@example.org", b"(" * 1_900) + b"\nx",
    "15,000 parts": lambda: MULTIPART + b"--b\n\nx\n" * 15_000,
    "100,000 parts": lambda: MULTIPART + b"--b\n\nx\n" * 100_000,
    "100,000 attached mails": lambda: MULTIPART + b"--b\nContent-Type: message/rfc822\n\nA: b\n\nx\n" * 60_000,
    "long part headers": lambda: (
        MULTIPART + (b"--b\nContent-Type: text/plain" + b"; a=b" * 300 + b"\n\nx\n") * 1_000
    ),
    "a boundary that never comes": lambda: (
        HEAD + b'Content-Type: multipart/mixed; boundary="zz"\n\n' + b"--z\n" * 90_000
    ),
    "an empty boundary": lambda: HEAD + b'Content-Type: multipart/mixed; boundary=""\n\n' + b"--\n" * 90_000,
    "a boundary of 70,000 characters": lambda: (
        HEAD + b"Content-Type: multipart/mixed; boundary=" + b"b" * 70_000 + b"\n\n"
    ),
    "a slow charset": lambda: HEAD + b"Content-Type: text/plain; charset=punycode\n\n-" + b"a" * MEGABYTE,
    "uuencoded": lambda: HEAD + b"Content-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n" + b"M" * MEGABYTE,
    "100,000 open tags": lambda: _html("<div>", 500_000),
    "100,000 hidden tags": lambda: _html("<div hidden>"),
    "100,000 open links": lambda: _html('<a href="https://example.org/">x'),
    "100,000 closed links": lambda: _html('<a href="https://example.org/">x</a>'),
    "an unclosed comment": lambda: _html("<!-- "),
    "an unclosed style": lambda: HEAD + b"Content-Type: text/html\n\n<style>" + b"x</styl" * 200_000,
    "an unclosed text area": lambda: _html("<textarea><title>"),
    **{
        f"HTML {piece}": partial(_html, piece)
        for piece in (
            "<",
            "</",
            "<!",
            "<?",
            "<!--x>",
            "<![a>",
            "<![CDATA[",
            "<a x='>",
            "<a ",
            "x</a>",
            "<p>",
            "&#",
            "&a;",
        )
    },
    "half dates": lambda: _text("Mar 11, 2024 "),
    "half dates on lines": lambda: _text("Mar 11, 2024 at \n", 300_000),
    "dates on lines": lambda: _text("Mon, Mar 11, 2024 at 1:57 PM ,\n", 600_000),
    "numbers on lines": lambda: _text("1 . 1 . 1 . 1 . 1 . 1 . 1 . 1 . 1 . 1 . 1 :\n", 800_000),
    "verbs on lines": lambda: _text("On " + "11 mar " * 35 + "wrote:\n"),
    "verbs and brackets on lines": lambda: _text("<a@" * 90 + "wrote>:\n"),
    "half addresses": lambda: _text("a <"),
    "addresses": lambda: _text("a@b.example,"),
    "quotes": lambda: HEAD.replace(b"a@example.org", b'"\\' * 900) + b"\nx",
    "dashes": lambda: _text("-" * 140 + "\n"),
    "dashes and words": lambda: _text("-- " * 45 + "\n"),
    "labels": lambda: _text("To: \n", 90_000),
    "labels in all languages": lambda: _text("Von: x\nDate: y\n发件人\uff1az\nTo: \n", 200_000),
    "blank lines": lambda: _text("\n", 15_000) + PRINTED.encode(),
    "blanks in a line": lambda: _text("Date:" + " " * 250 + "\n"),
    "lone surrogates": lambda: HEAD + b"Content-Type: text/html\n\n" + b"&#xD800;&#xDFFF;" * 10_000,
    "surrogates in UTF-8": lambda: b"\xed\xa0\x80" * 10_000,
    "half of UTF-16": lambda: b"\xff\xfe" + b"\xd8" * 10_001,
    "a letter quoted 1,000 times": lambda: "\n".join(">" * 1_000 + line for line in PRINTED.split("\n")).encode(),
    "a letter quoted 20 times": lambda: _quoted(20).encode(),
}


def _quoted(times: int) -> str:
    text = PRINTED
    for _ in range(times):
        text = quoted(text)
    return text


PIECES = (
    *(
        b"From: ",
        b"To: <",
        b"Date: ",
        b"Sent: ",
        b"Von: ",
        b"Subject: =?utf-8?b?4?=",
        b"\n",
        b"\n\n",
        b"\r",
        b"\r\n",
        b">",
    ),
    *(
        b"Content-Type: multipart/mixed; boundary=b\n\n",
        b"Content-Type: text/html; charset=\x00\n",
        b"--b\n",
        b"--b--",
    ),
    *(b"Content-Type: ;;=;", b"Content-Transfer-Encoding: base64\n", b"Content-Transfer-Encoding: x-uuencode\n"),
    *(b"Content-Type: message/rfc822\n\n", b"---------- Forwarded message ---------\n", b" wrote:\n", b"> On "),
    *(
        b"<a href=\x1b[2J>",
        b"&#xD800;",
        b"<!--",
        b"<style>",
        b"<pre>",
        b"\x00",
        b"\xff\xfe",
        b"\xe2\x80\xae",
        b"=",
    ),
    *(
        b"From a Mon Mar 11 12:57:00 2024\n",
        b"99/99/9999 99:99",
        b"31.12.9999 23:59 UTC-14",
        b"11.03.24",
        b"-0000",
    ),
    *(
        b"0000-00-00 00:00",
        b" (UTC+01:00) Amsterdam",
        b" GMT+99",
        b"begin 644 x\n",
        b"\xf0\x9f\x98\x80",
        b"\xd9\xa3",
    ),
)


def mutated(raws: list[bytes], chance: random.Random) -> bytes:
    """One of *raws* with a few things done to it that happen to files, or are done to them."""
    raw = chance.choice(raws)
    for _ in range(chance.randint(1, 6)):
        raw = chance.choice(_MUTATIONS)(raw, raws, chance)[:MEGABYTE]
    return raw


def _place(raw: bytes, chance: random.Random) -> int:
    return chance.randint(0, len(raw))


def _slice(raw: bytes, chance: random.Random) -> tuple[int, int]:
    start = _place(raw, chance)
    return start, min(len(raw), start + chance.choice((1, 10, 100, 1_000)))


def _inserted(raw: bytes, _: list[bytes], chance: random.Random) -> bytes:
    place = _place(raw, chance)
    return raw[:place] + chance.choice(PIECES) * chance.choice((1, 1, 2, 50)) + raw[place:]


def _in_the_head(raw: bytes, _: list[bytes], chance: random.Random) -> bytes:
    place = chance.randint(0, min(len(raw), 600))
    return raw[:place] + chance.choice(PIECES) + raw[place:]


def _cut(raw: bytes, _: list[bytes], chance: random.Random) -> bytes:
    start, end = _slice(raw, chance)
    return raw[:start] + raw[end:]


def _ended(raw: bytes, _: list[bytes], chance: random.Random) -> bytes:
    return raw[: _place(raw, chance)]


def _repeated(raw: bytes, _: list[bytes], chance: random.Random) -> bytes:
    start, end = _slice(raw, chance)
    return raw[:start] + raw[start:end] * chance.choice((2, 10, 200)) + raw[end:]


def _spoilt(raw: bytes, _: list[bytes], chance: random.Random) -> bytes:
    spoilt = bytearray(raw)
    for __ in range(min(len(raw), chance.choice((1, 5, 50)))):
        spoilt[chance.randrange(len(raw))] = chance.randrange(256)
    return bytes(spoilt)


def _crossed(raw: bytes, raws: list[bytes], chance: random.Random) -> bytes:
    other = chance.choice(raws)
    return raw[: _place(raw, chance)] + other[_place(other, chance) :]


def _quoting(raw: bytes, _: list[bytes], chance: random.Random) -> bytes:
    return raw.replace(b"\n", b"\n" + b"> " * chance.randint(1, 3))


def _replaced(raw: bytes, _: list[bytes], chance: random.Random) -> bytes:
    lines = raw.split(b"\n")
    lines[chance.randrange(len(lines))] = chance.choice(PIECES)
    return b"\n".join(lines)


def _random(_: bytes, __: list[bytes], chance: random.Random) -> bytes:
    return chance.randbytes(chance.choice((3, 50, 5_000)))


_MUTATIONS = (
    *(_inserted, _inserted, _in_the_head, _in_the_head, _in_the_head, _cut, _ended, _repeated, _spoilt, _crossed),
    *(_quoting, _replaced, _replaced),
    _random,
)
