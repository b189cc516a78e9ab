"""``notifier doctor``."""
