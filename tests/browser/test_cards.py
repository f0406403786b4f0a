"""Hostile cards in the real browser: nothing runs, nothing is asked of another host."""

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from tests.catalog.pages.hostile import ATTACKS

from .conftest import Open

if TYPE_CHECKING:
    from catalog.models import AIModel

pytestmark = pytest.mark.browser


def test_no_attack_does_anything(visit: Open, catalog: "list[AIModel]") -> None:
    from catalog.models import Card  # noqa: PLC0415

    for ai_model, start in zip(catalog[2:], range(0, len(ATTACKS), 8), strict=False):
        text = "\n\n".join(ATTACKS[start : start + 8]).replace("\0", "")
        Card.objects.create(
            ai_model=ai_model,
            text=text,
            full_length=len(text),
            source="huggingface",
            read_at=timezone.now(),
        )

        page = visit(ai_model.get_absolute_url())
        for link in page.locator(".card a").all()[:5]:
            link.hover()

        assert page.evaluate("window.__hit") is None
        assert page.locator(".card :is(script, style, iframe, img, svg, form, input)").count() == 0
        assert page.locator("main").count() == 1
        assert page.title().startswith("acme/")
