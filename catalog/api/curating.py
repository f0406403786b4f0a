"""What curators may do to a model by a program: hide it, list it, name what to choose instead."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import reach, second_factor
from accounts.authentication import TokenAuthentication
from accounts.models import User
from accounts.scopes import Needs
from catalog import actions
from catalog.api import contract
from catalog.models import AIModel
from config.api import reading
from config.api.contract import PROBLEM
from config.api.problems import BadParameters

ERRORS = {400: PROBLEM, 401: PROBLEM, 403: PROBLEM, 404: PROBLEM}
STATUSES = ["listed", "hidden", "deprecated"]


class CurateShape(serializers.Serializer[None]):
    status = serializers.ChoiceField(STATUSES)
    replacement = serializers.CharField(
        required=False, help_text="owner/name of what is to be chosen instead of a deprecated one."
    )


class CurationShape(serializers.Serializer[None]):
    model = serializers.CharField(help_text="owner/name.")
    status = serializers.ChoiceField(AIModel.Status.values)
    replacement = serializers.CharField(allow_null=True)
    locked_fields = serializers.ListField(
        child=serializers.CharField(), help_text="A curator set them; imports leave them alone."
    )


class Curation(APIView):
    authentication_classes = [TokenAuthentication]
    permission_classes = [Needs("curate")]

    @extend_schema(
        operation_id="models.curation.get",
        summary="Tell what curators did to a model",
        description="For curators; hidden models are told too.",
        parameters=contract.MODEL_NAME,
        responses={200: CurationShape, **{k: v for k, v in ERRORS.items() if k != 400}},
        tags=["Models"],
    )
    def get(self, request: Request, owner: str, name: str) -> Response:
        _curator(request)
        return Response(_shape(_model(owner, name)))

    @extend_schema(
        operation_id="models.curation.update",
        summary="Hide, list or deprecate a model",
        description="For curators. The next import leaves it as it is.",
        parameters=contract.MODEL_NAME,
        request=CurateShape,
        responses={200: CurationShape, **ERRORS},
        tags=["Models"],
    )
    def patch(self, request: Request, owner: str, name: str) -> Response:
        by = _curator(request)
        wanted = reading.body(request, CurateShape)
        ai_model = _model(owner, name)
        rows = AIModel.objects.filter(pk=ai_model.pk)
        if wanted["status"] == "hidden":
            actions.hide(rows, by=by)
        elif wanted["status"] == "listed":
            actions.show(rows, by=by)
        else:
            instead = _replacement(wanted.get("replacement", ""), ai_model)
            actions.deprecate(rows, by=by, on=timezone.now().date(), replacement=instead)
        return Response(_shape(_model(owner, name)))


def is_curator(request: Request) -> bool:
    """Staff that may change models and has a second factor, and not by a limited token."""
    user: Any = request.user
    may_change = user.is_staff and user.has_perm("catalog.change_aimodel")
    return may_change and reach.is_oneself(user, user) and second_factor.is_shown(request)


def _curator(request: Request) -> User:
    """Raises PermissionDenied for who may not change models in the admin either."""
    user: Any = request.user
    if not is_curator(request):
        raise PermissionDenied(
            "Only curators may do this: staff who may change models and have a second factor, by a "
            "token without limits."
        )
    return user  # type: ignore[no-any-return]


def _model(owner: str, name: str) -> AIModel:
    """Hidden ones too. Raises NotFound."""
    found = AIModel.objects.named(owner, name).select_related("publisher", "replacement").first()
    if found is None:
        raise NotFound(f"There is no model {owner}/{name} here.")
    return found


def _replacement(said: str, ai_model: AIModel) -> AIModel | None:
    """Raises BadParameters."""
    if not said:
        return None
    owner, _, name = said.partition("/")
    found = AIModel.objects.named(owner, name).first()
    if found is None or found == ai_model:
        raise BadParameters({"replacement": ["Give another model that is here, as owner/name."]})
    return found


def _shape(ai_model: AIModel) -> dict[str, Any]:
    instead = ai_model.replacement
    return {
        "model": ai_model.full_name,
        "status": ai_model.status,
        "replacement": instead.full_name if instead else None,
        "locked_fields": ai_model.locked_fields,
    }
