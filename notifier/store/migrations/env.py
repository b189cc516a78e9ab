"""What Alembic runs: the migrations that are due, on the connection that `notifier.store.migrating` hands over."""

from __future__ import annotations

from alembic import context

from notifier.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite can, where the transaction is begun by hand
)
with context.begin_transaction():
    context.run_migrations()
