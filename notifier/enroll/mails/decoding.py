"""Bytes of a mail into text, whatever they claim to be."""

import codecs

# Closed on purpose: `idna`, `punycode` and the like are codecs too, and take minutes over a megabyte.
_CHARSETS = frozenset(
    {"ascii", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1250", "cp1252", "iso8859-1", "iso8859-2"}
    | {"iso8859-15", "koi8-r", "gb18030", "gb2312", "gbk", "big5", "shift_jis", "iso2022_jp", "euc_kr"}
)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def text_from(raw: bytes, charset: str | None = None) -> str:
    r"""Decode *raw* by its byte order mark, then by *charset*, then as UTF-8, else as Windows Latin.

    Never fails: what cannot be decoded becomes `�`. Line ends become `\n`.
    """
    marked = next((name for mark, name in _MARKS if raw.startswith(mark)), None)
    text = raw.decode(marked, "replace") if marked else _unmarked(raw, _known(charset))
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _unmarked(raw: bytes, charset: str | None) -> str:
    if charset and charset != "ascii":  # many programs say ASCII and send something else
        return raw.decode(charset, "replace")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        # A superset of the printable part of Latin-1: its quotes and dashes are what mails contain.
        return raw.decode("cp1252", "replace")


def _known(charset: str | None) -> str | None:
    try:
        name = codecs.lookup(charset).name if charset else None
    except (LookupError, ValueError):  # unknown, or a NUL in the name
        return None
    return name if name in _CHARSETS else None
