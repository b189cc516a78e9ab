"""``notifier init``: a group's own rules, accounts file and settings."""
