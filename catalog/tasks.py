"""Background work of the catalog. Every task may run twice, late or never."""

from celery import shared_task

from catalog.search import indexing


@shared_task(ignore_result=True, expires=60)  # type: ignore[untyped-decorator]
def index_stale_models() -> None:
    """Bring changed rows into the search index; the guarantee behind indexing.ring()."""
    indexing.sweep()


@shared_task(ignore_result=True, expires=600)  # type: ignore[untyped-decorator]
def check_index() -> None:
    """Compare the index with the database and repair it."""
    indexing.check_unless_busy()
