"""``notifier explain``: why a rule tells what it tells, or nothing."""
