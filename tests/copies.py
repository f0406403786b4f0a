"""What whoever got hold of a copy of the database can read."""

from django.db import connection


def everything_in_the_database() -> str:
    """Every row of every table, as a copy of the database would show it."""
    with connection.cursor() as cursor:
        dumped = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            dumped += [repr(row) for row in cursor.fetchall()]
    return "\n".join(dumped)
