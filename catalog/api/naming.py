"""Finding the model that an address names: in any case, and by a name that it once had."""

from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote

from django.db.models import Model, QuerySet
from django.http import HttpResponseBase
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from catalog.models import AIModel, FormerName

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Named:
    """A model, and the owner/name that the address used for it."""

    ai_model: AIModel
    asked_for: str

    @property
    def is_renamed(self) -> bool:
        return self.asked_for.lower() != self.ai_model.key


def find(owner: str, name: str) -> Named:
    """The listed model of this name; NotFound for all others, whatever hides them."""
    asked_for = f"{owner}/{name}"
    ai_model = _listed(asked_for)
    if ai_model is None:
        raise NotFound(
            f"There is no model {asked_for} here. GET /v1/models?q={quote(name)} looks for it."
        )
    return Named(ai_model, asked_for)


def get_or_404(rows: QuerySet[Row], sentence: str) -> Row:
    row = rows.first()
    if row is None:
        raise NotFound(sentence)
    return row


def answer(request: Request, named: Named, response: HttpResponseBase) -> HttpResponseBase:
    """Say the canonical address.

    Another case is answered at once and a former name with a redirect that carries the answer:
    Replicate's Python client 1 does not follow redirects, and reads the body instead.
    """
    if named.asked_for == named.ai_model.full_name:
        return response
    canonical = _canonical(request, named)
    if named.is_renamed:
        response.status_code = 308
        response["Location"] = canonical
    else:
        response["Content-Location"] = canonical
    return response


def _canonical(request: Request, named: Named) -> str:
    before, _, after = request.path.partition(f"/models/{named.asked_for}")
    path = quote(f"{before}/models/{named.ai_model.full_name}{after}")
    query = request.META.get("QUERY_STRING", "")
    return request.build_absolute_uri(f"{path}?{query}" if query else path)


def _listed(full_name: str) -> AIModel | None:
    key = full_name.lower()
    if "\0" in key:  # PostgreSQL cannot even be asked
        return None
    listed = AIModel.objects.listed().with_card_data().select_related("license_from__publisher")
    found = listed.filter(key=key).first()
    if found:
        return found
    former = FormerName.objects.filter(key=key).values("ai_model_id")
    return listed.filter(pk__in=former).first()
