"""Counts rows for paging without reading a large table for it."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import QuerySet
from django.utils.functional import cached_property

EXACT_UP_TO = 50_000


class EstimatingPaginator(Paginator):  # type: ignore[type-arg]
    """Takes PostgreSQL's own estimate of a whole large table; counts all else."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if not isinstance(rows, QuerySet) or rows.query.where or rows.query.is_sliced:
            return super().count
        estimate = _estimated_rows(rows.model._meta.db_table)
        return estimate if estimate > EXACT_UP_TO else super().count

    def page(self, number: Any) -> Page:  # type: ignore[type-arg]
        """Skips to a late page on ids alone, and reads whole rows of that page only."""
        rows = self.object_list
        if not isinstance(rows, QuerySet):
            return super().page(number)
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        chosen = rows.values_list("pk", flat=True)[start : start + self.per_page]
        ids = list(chosen) if self.count else []
        return Page(rows.filter(pk__in=ids), number, self)


def _estimated_rows(table: str) -> int:
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
        (rows,) = cursor.fetchone()
    return int(rows)
