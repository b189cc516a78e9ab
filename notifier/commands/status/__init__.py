"""``notifier status``: how every grant stands."""
