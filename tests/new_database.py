"""A new database without running the migrations: it is given the schema that they made once, in this process.

Running them costs some 100 ms, and most tests of the flow, the service and the commands begin with a new database.
What they make is the same each time, but for the number that tells one database from another: that is drawn anew.
"""

from __future__ import annotations

import secrets
from functools import cache

from sqlalchemy import Connection, create_engine, inspect

from notifier.store import migrating

MIGRATE = migrating.migrate
DRAW = "UPDATE counter SET value = ? WHERE name = 'installation'"


@cache
def migrated() -> tuple[str, ...]:
    """The statements that make, in a new database, what the migrations make there."""
    with create_engine("sqlite://").begin() as connection:
        MIGRATE(connection)
        dump = connection.connection.driver_connection.iterdump()
        return tuple(statement for statement in dump if statement not in {"BEGIN TRANSACTION;", "COMMIT;"})


def migrate_quickly(connection: Connection) -> None:
    """What `migrating.migrate` promises; a database that has tables already is migrated as ever."""
    if inspect(connection).get_table_names():
        MIGRATE(connection)
        return
    for statement in migrated():
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(DRAW, (secrets.randbits(62),))
