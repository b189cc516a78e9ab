"""An office's list: one row for each grant, and what becomes of each."""
