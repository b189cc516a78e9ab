"""``notifier enroll``: from the acceptance mail to a watched grant."""
