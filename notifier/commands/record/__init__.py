"""``notifier record``: what people see, and taking it back."""
