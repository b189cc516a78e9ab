"""The console's bench: a terminal that is a text in memory, a record and letters in a folder."""

import unicodedata
from io import StringIO

from rich.console import Console as Terminal

from notifier.channels.console import Console
from tests.channels.contract import Wrong


def typed(answer):
    """The command that gives *answer*."""
    return f"notifier {answer.verb} {answer.rest}"


class Sheet(StringIO):
    """A terminal's far end; it can be out of order."""

    broken = False

    def write(self, text):
        if self.broken:
            raise OSError(5, "Input/output error")
        text.encode()  # as a real stream does: half a character cannot be written
        return super().write(text)


class ConsoleBench:
    secrets = ()
    faults = {"a terminal that is gone": (lambda bench: bench.break_off(), Wrong())}
    to = "console"

    def __init__(self, folder, width=80, **terminal):
        self.record, self.letters, self.sheet = folder / "console.jsonl", folder / "letters", Sheet()
        self.terminal = Terminal(file=self.sheet, width=width, highlight=False, **terminal)

    @property
    def attempts(self):
        return len(self.record.read_text().splitlines()) if self.record.exists() else 0

    def channel(self):
        return Console(self.terminal, self.record, self.letters, typed)

    @property
    def text(self):
        return self.sheet.getvalue()

    def arrived(self):
        lines = [line.strip("│╭╮╰╯─ ") for line in self.text.splitlines()]
        return " ".join(" ".join(lines).split())

    def acts(self):
        return [letter for letter in self.text if letter != "\n" and unicodedata.category(letter)[0] == "C"]

    def break_off(self):
        self.sheet.broken = True

    def mend(self):
        self.sheet.broken = False

    def close(self):
        pass
