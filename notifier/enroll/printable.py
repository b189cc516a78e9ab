"""Text of strangers on a terminal."""


def printable(text: str) -> str:
    r"""Write out, as `\x1b`, what would move a cursor or turn the writing."""
    return "".join(character if character.isprintable() else _written_out(character) for character in text)


def _written_out(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")
