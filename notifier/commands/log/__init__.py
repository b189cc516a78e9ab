"""``notifier log``: what happened to an account, and whether the journal is as it was written."""
