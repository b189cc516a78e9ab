"""What can go wrong with the store.

Exception
└── StoreError   the database cannot be opened, read or written
    └── StoreLocked   another process runs on it
"""


class StoreError(Exception):
    """The database cannot be opened, read or written. The message is one sentence for a person."""


class StoreLocked(StoreError):
    """Another process runs on the database."""
