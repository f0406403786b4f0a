"""Background work of the catalog. Every task may run twice, late or never."""

from celery import shared_task

from catalog.saved import alerts, forgetting
from catalog.search import indexing
from catalog.sources import copies

REBUILD_SECONDS = 3600  # A sweep may find that the whole index is due.


@shared_task(  # type: ignore[untyped-decorator]
    ignore_result=True, expires=60, soft_time_limit=REBUILD_SECONDS, time_limit=REBUILD_SECONDS + 60
)
def index_stale_models() -> None:
    """Bring changed rows into the search index; the guarantee behind indexing.ring()."""
    indexing.sweep()


@shared_task(  # type: ignore[untyped-decorator]
    ignore_result=True,
    expires=600,
    soft_time_limit=REBUILD_SECONDS,
    time_limit=REBUILD_SECONDS + 60,
)
def check_index() -> None:
    """Compare the index with the database and repair it."""
    indexing.check_unless_busy()


@shared_task(ignore_result=True, expires=60)  # type: ignore[untyped-decorator]
def look_for_new_matches() -> None:
    """Look at the saved searches that are due, and make e-mails of what was found."""
    from catalog.saved import looking  # noqa: PLC0415 - numpy takes 10 MB in every process

    looking.look_at_due()
    alerts.make_due_mails()


@shared_task(ignore_result=True, expires=60)  # type: ignore[untyped-decorator]
def send_alerts() -> None:
    """Send the e-mails and call the webhooks that are due."""
    alerts.send_due()


@shared_task(ignore_result=True, expires=3600)  # type: ignore[untyped-decorator]
def forget_old_alerts() -> None:
    """Remove matches and alerts that nobody needs any more."""
    forgetting.forget()


@shared_task(ignore_result=True, expires=600)  # type: ignore[untyped-decorator]
def group_copies() -> None:
    """Point copies at their originals after what was changed by hand; an import does it itself."""
    copies.resolve_if_changed()


@shared_task(ignore_result=True, expires=60)  # type: ignore[untyped-decorator]
def keep_vectors() -> None:
    """Bring the vectors of changed models in step, or have many of them made."""
    from catalog.search.vectors import building  # noqa: PLC0415 - the same

    building.sweep()
