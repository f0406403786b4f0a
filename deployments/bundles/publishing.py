"""What the catalog tells of a model whose bundle was pushed: from its cog.yaml and its card."""

import re
from typing import Any

from django.utils import timezone

from catalog import cards
from catalog.models import AIModel, Card, License, Publisher, Source, Task
from catalog.search import indexing
from catalog.sources import vocabularies
from deployments.bundles.errors import BadBundle
from deployments.bundles.reading import Contents

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
MOST_SUMMARY = 600
MOST_TAGS = 40


def check(owner: str, name: str, contents: Contents) -> None:
    """Raises BadBundle for what the catalog could not hold."""
    check_names(owner, name)
    if not Task.objects.exists():
        vocabularies.load()  # nothing was imported yet
    own = contents.config.get("slipway") or {}
    if (task := own.get("task")) and not Task.objects.filter(pk=str(task)).exists():
        raise BadBundle(f"task: {task!r} in cog.yaml is none of ours; /v1/tasks lists them.")
    tags = own.get("tags") or []
    if not isinstance(tags, list) or len(tags) > MOST_TAGS:
        raise BadBundle(f"tags in cog.yaml must be a list of at most {MOST_TAGS}.")


def check_names(owner: str, name: str) -> None:
    """Raises BadBundle for what cannot be a model's."""
    for what, said in (("owner", owner), ("name", name)):
        if not NAME.fullmatch(said):
            raise BadBundle(
                f"{said!r} cannot be the {what} of a model: letters, digits, dots, dashes and "
                "underscores can, at most 100."
            )


def model_of(owner: str, name: str) -> AIModel:
    """The model of this name; made when there is none."""
    found = AIModel.objects.named(owner, name).first()
    if found is not None:
        return found
    publisher = Publisher.objects.named(owner).first() or Publisher.objects.create(slug=owner)
    return AIModel.objects.create(publisher=publisher, name=name, source=Source.LOCAL)


def tell(model: AIModel, contents: Contents) -> None:
    """It can run here from now on; what else the bundle says holds for a model of our own."""
    model.is_runnable = True
    if model.source == Source.LOCAL:
        for field, value in _told(contents).items():
            if field not in model.locked_fields:
                setattr(model, field, value)
        _keep_card(model, contents.card)
    model.save()
    indexing.ring()


def _told(contents: Contents) -> dict[str, Any]:
    own = contents.config.get("slipway") or {}
    now = timezone.now()
    return {
        "summary": str(own.get("summary") or _first_words(contents.card))[:MOST_SUMMARY],
        "task_id": str(own["task"]) if own.get("task") else None,
        "tags": [str(tag)[:100] for tag in own.get("tags") or []],
        "memory_bytes": contents.memory,
        "published_at": now,
        "source_updated_at": now,
        **_license(str(own.get("license") or "")),
    }


def _license(said: str) -> dict[str, Any]:
    found = License.objects.filter(pk=said.lower()).first() if said else None
    if found is None:
        return {"license": None, "license_text": said[:200]}
    return {"license": found, "license_text": said, "license_class": found.license_class}


def _first_words(card: str) -> str:
    """Its first paragraph that is no heading."""
    paragraphs = [part.strip() for part in card.split("\n\n")]
    plain = [part for part in paragraphs if part and not part.startswith(("#", "---", "|", "!"))]
    return " ".join(plain[0].split()) if plain else ""


def _keep_card(model: AIModel, text: str) -> None:
    if not text:
        return
    told = {
        "text": text[: cards.LONGEST],
        "full_length": len(text),
        "source": Source.LOCAL,
        "read_at": timezone.now(),
    }
    Card.objects.update_or_create(ai_model=model, defaults=told)
