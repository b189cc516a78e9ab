"""A file with mails in it, however it was saved or forwarded, into the mails that stand in it."""
