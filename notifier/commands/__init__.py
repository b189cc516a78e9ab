"""One file per command; `notifier.cli` imports each when it is called."""
