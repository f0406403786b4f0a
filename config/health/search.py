"""The search engine: whether it answers, how far its index is behind, and how it had drifted."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog.models import IndexCheck
from catalog.pages import notices
from catalog.search import Cause, breaker, indexing

from .parts import Part, State

MOST_STALE = 10_000  # Rows that the index may be behind before that is worth a word.
REBUILD = gettext_lazy("The worker makes a new index; manage.py rebuild_index makes one at once.")
ADVICE = {
    Cause.BROKEN: REBUILD,
    Cause.MISSING: REBUILD,
    Cause.DOWN: gettext_lazy("Start it, or set SEARCH_URL to where it runs."),
    Cause.SLOW: gettext_lazy("See whether it has too much to do, or too little memory."),
    Cause.KEY: gettext_lazy("Run manage.py search_keys and set the keys that it prints."),
    Cause.VERSION: gettext_lazy("Update it to Meilisearch 1.21 or newer."),
    Cause.FULL: gettext_lazy("Make room on its disk."),
    Cause.REFUSED: gettext_lazy("The log of the worker has what it said."),
}


def check() -> Part:
    """The engine being away is no reason to be down: the database answers in its place."""
    known = indexing.status()
    checked, trouble = known.pop("check"), known.pop("trouble")
    facts = {**known, **_drift(checked)}
    cause = known.get("cause") or breaker.cause()
    if cause:
        return _degraded(notices.of(Cause(str(cause))), str(ADVICE[Cause(str(cause))]), facts)
    if trouble:
        sentence = _("The index answers, but does not follow the catalog.")
        why = Cause(str(trouble))
        return _degraded(f"{sentence} {notices.REASONS[why]}", str(ADVICE[why]), facts)
    if int(str(known["stale"])) >= MOST_STALE:
        return _degraded(
            _("The index is far behind: what it finds is older than the catalog."),
            _("See that the worker runs, or run manage.py rebuild_index."),
            facts,
        )
    sentence = f"{_holds(int(str(known['documents'])))} {_compared(checked)}".strip()
    return Part(name="search", state=State.OK, sentence=sentence, facts=facts)


def _degraded(sentence: str, advice: str, facts: dict[str, Any]) -> Part:
    return Part(name="search", state=State.DEGRADED, sentence=sentence, advice=advice, facts=facts)


def _holds(documents: int) -> str:
    sentence = ngettext(
        "The index holds %(count)s model.", "The index holds %(count)s models.", documents
    )
    return sentence % {"count": f"{documents:,}"}


def _compared(checked: Any) -> str:
    if not isinstance(checked, IndexCheck):
        return ""
    minutes = round((timezone.now() - checked.checked_at).total_seconds() / 60)
    if not checked.drift:
        same = _("Compared with the catalog %(minutes)s minutes ago: nothing differed.")
        return same % {"minutes": minutes}
    sentence = ngettext(
        "Compared with the catalog %(minutes)s minutes ago: %(count)s model differed "
        "and was put right.",
        "Compared with the catalog %(minutes)s minutes ago: %(count)s models differed "
        "and were put right.",
        checked.drift,
    )
    return sentence % {"minutes": minutes, "count": f"{checked.drift:,}"}


def _drift(checked: Any) -> dict[str, object]:
    if not isinstance(checked, IndexCheck):
        return {}
    return {
        "compared": f"{checked.checked_at:%Y-%m-%d %H:%M}",
        "differed": f"{checked.missing:,} missing, {checked.outdated:,} outdated, "
        f"{checked.extra:,} extra",
        "ever repaired": f"{checked.repaired:,}",
    }
