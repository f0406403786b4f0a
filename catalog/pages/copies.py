"""The copies of a model that stand folded under its line."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.conversions import labels
from catalog.models import AIModel
from catalog.models.by_ids import ByIds

from . import figures
from .lines import Copies, Copy, Row
from .rows import url_maker

MOST_KINDS = 4
MOST_SHOWN = 40
COLUMNS = ("pk", "publisher__slug", "name", "runs", "downloads")
_BY_IDS = ByIds(lambda ids: AIModel.objects.filter(pk__in=ids).still_listed().values_list(*COLUMNS))


def under(found: Iterable[Row], variants: Mapping[int, Sequence[int]], all_url: str) -> list[Row]:
    """The lines with the copies that were found with them; in one query, if there are any.

    `all_url` is the same search with a line for every copy.
    """
    if not variants:
        return list(found)
    known = _read([id for ids in variants.values() for id in ids])
    return [
        row._replace(copies=_copies([known[id] for id in ids if id in known], all_url))
        if (ids := variants.get(row.id))
        else row
        for row in found
    ]


def _read(ids: list[int]) -> dict[int, Copy]:
    url, said = url_maker(), (_("runs"), _("downloads"))
    return {
        pk: Copy(
            owner, name, url(owner, name), ", ".join(labels(name)), _used(runs, downloads, said)
        )
        for pk, owner, name, runs, downloads in _BY_IDS(ids)
    }


def _used(runs: int | None, downloads: int | None, said: tuple[str, str]) -> str:
    if runs is not None:
        return f"{figures.compact(runs)} {said[0]}"
    return f"{figures.compact(downloads)} {said[1]}" if downloads is not None else ""


def _copies(found: list[Copy], all_url: str) -> Copies | None:
    if not found:
        return None
    count = len(found)
    title = ngettext("%(count)s variant", "%(count)s variants", count)
    return Copies(
        title=title % {"count": figures.whole(count)},
        kinds=_kinds(found),
        shown=tuple(found[:MOST_SHOWN]),
        all_url=all_url if count > MOST_SHOWN else "",
    )


def _kinds(found: list[Copy]) -> str:
    """What they were converted to, the most common first."""
    uploaded = _("re-uploaded")
    counted = Counter(copy.kind.split(", ")[0] or uploaded for copy in found)
    kinds = [kind for kind, _count in counted.most_common()]
    return ", ".join(kinds[:MOST_KINDS]) + (" …" if len(kinds) > MOST_KINDS else "")
