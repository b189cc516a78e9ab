"""``python -m notifier``."""

import gc

# Imports and parsing make many objects and hardly any garbage: looking for it is a tenth of a short command.
gc.set_threshold(50_000)

from notifier.cli import main  # noqa: E402  the threshold comes first

main(prog_name="python -m notifier")
