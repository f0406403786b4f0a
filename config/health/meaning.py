"""How far search by meaning is, and whether its embedder answers."""

from django.utils.translation import gettext as _

from .parts import Part, State


def check() -> Part:
    """Without it the words answer alone, so nothing of it is ever down."""
    from catalog.search.vectors.standing import standing  # noqa: PLC0415 - with numpy it takes 10 MB

    now = standing()
    facts = {
        "embedder": now.embedder,
        "in step": f"{now.in_step:,} of {now.described:,}",
        "answering here": f"{now.shown:,}",
        "made": now.built_at,
        "learned": now.learned_at,
        "last trouble": now.trouble,
    }
    if now.is_off:
        sentence = _("It is switched off: searches go by words alone.")
        return Part(name="meaning", state=State.OK, sentence=sentence)
    if now.is_too_small:
        sentence = _("Too few models say what they do for meaning to be learned from them.")
        return Part(name="meaning", state=State.OK, sentence=sentence, facts=facts)
    counts = {"done": f"{now.in_step:,}", "all": f"{now.described:,}"}
    if now.trouble:
        return Part(
            name="meaning",
            state=State.DEGRADED,
            sentence=_("The embedder failed lately: searches went by words alone."),
            advice=_("See that it runs, and what SEARCH_EMBEDDER names."),
            facts=facts,
        )
    if now.in_step < now.described:
        sentence = _("The worker makes vectors: %(done)s of %(all)s models have theirs.")
        return Part(name="meaning", state=State.OK, sentence=sentence % counts, facts=facts)
    sentence = _("All %(all)s models that say what they do are found by their meaning.")
    return Part(name="meaning", state=State.OK, sentence=sentence % counts, facts=facts)
