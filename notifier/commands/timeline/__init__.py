"""``notifier timeline``: what will be told over each grant's whole life."""
