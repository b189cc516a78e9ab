"""Rules files in a folder, written line by line so that a test can say where a mistake stands."""

from notifier.files.rulebook import read_rulebook

# Eight lines; `rules:` is the ninth, so a rule begins at line 10.
HEAD = """\
version: 1
program: demo
contacts: {general: help@example.edu}
links: {balance: https://example.edu/balance}
facts:
  write_after: {default: 3 weeks}
  ends_on: {is: 12 months after accepted_on}
  summary_on: {type: date, ask: When did you send it?}
rules:
"""
RULE = {"title": "Late", "deadline": "ends_on", "steps": "[1 week before, on the day]", "tell": "[team]"}
DRAFT = "To: help@example.edu\nSubject: Where are they?\n\nHello {{ pi_name }},\nplease look.\n"


def rule(**fields):
    """A rule as lines of a file: `id` at line 10, `RULE` from line 11 on, what is added behind it."""
    said = {**RULE, **fields}
    lines = [f"    {name}: {text}" for name, text in said.items() if text is not None]
    return "\n".join(["  - id: late", *lines]) + "\n"


def book(folder, drafts=None, **files):
    """The rulebook of *folder* with these files in it, and its faults as they are printed, sorted."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    for name, text in ({"ask": DRAFT} if drafts is None else drafts).items():
        (folder / "drafts").mkdir(exist_ok=True)
        (folder / "drafts" / f"{name}.txt").write_text(text, encoding="utf-8")
    faults = []
    return read_rulebook(folder, "rules", faults), [str(fault) for fault in sorted(faults)]
