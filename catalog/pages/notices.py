"""Why the database answers a search instead of the engine, in words; names no host and no key."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.search import Cause

REASONS = {
    Cause.BROKEN: gettext_lazy("The search index cannot be read."),
    Cause.MISSING: gettext_lazy("The search index is missing."),
    Cause.DOWN: gettext_lazy("The search engine cannot be reached."),
    Cause.SLOW: gettext_lazy("The search engine takes too long to answer."),
    Cause.KEY: gettext_lazy("The search engine does not take Slipway's key."),
    Cause.VERSION: gettext_lazy("The search engine is too old for this Slipway."),
    Cause.FULL: gettext_lazy("The search engine has no space left on its disk."),
    Cause.REFUSED: gettext_lazy("The search engine answers with an error."),
}


def of(cause: Cause | None) -> str:
    """For whoever searches."""
    consequence = _(
        "Until that is mended the database answers: words are matched as they are, "
        "and some filters and counts are missing."
    )
    return f"{REASONS[cause or Cause.BROKEN]} {consequence}"
