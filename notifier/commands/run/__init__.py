"""``notifier run``."""
