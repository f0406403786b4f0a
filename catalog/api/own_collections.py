"""Collections of people and organisations: made, read, changed and deleted, and what is in them."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import reach
from accounts.authentication import TokenAuthentication
from accounts.models import User
from accounts.reach import Who
from accounts.scopes import READING, Needs, holds
from catalog.api import contract, naming, parameters, shapes
from catalog.api.collections import CollectionList
from catalog.api.serializers import CollectionShape, ListShape, NotedModelShape
from catalog.collecting import actions
from catalog.collecting import pages as printed
from catalog.models import AIModel, Collection
from catalog.models.collections import (
    DESCRIPTION_LIMIT,
    MOST_MODELS,
    MOST_PER_OWNER,
    NAME_LIMIT,
    NOTE_LIMIT,
)
from config.api import pages, reading
from config.api.contract import PROBLEM
from config.api.pages import Listing, Segment
from config.api.problems import BadParameters

READ, WRITE = "collections:read", "collections:write"
PLACE = [
    OpenApiParameter("owner", str, "path", description="Whose it is."),
    OpenApiParameter("slug", str, "path", description="The collection's slug."),
]
MODEL = [
    OpenApiParameter("model_owner", str, "path", description="Who publishes the model; any case."),
    OpenApiParameter("model_name", str, "path", description="The model's name; any case."),
]
ERRORS = {400: PROBLEM, 401: PROBLEM, 403: PROBLEM, 404: PROBLEM}


class OwnCollectionShape(CollectionShape):
    owner = serializers.CharField(help_text="A person, or an organisation.")
    visibility = serializers.ChoiceField(Collection.Visibility.values)
    url = serializers.URLField(help_text="Its page.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class OwnCollectionListShape(ListShape):
    results = OwnCollectionShape(many=True)


class WholeOwnCollectionShape(OwnCollectionShape):
    models = NotedModelShape(many=True, help_text="In the collection's order.")


class ItemShape(serializers.Serializer[None]):
    model = serializers.CharField(help_text="owner/name.")
    note = serializers.CharField(help_text="Why it is in the collection.")
    position = serializers.IntegerField(help_text="Its place among those that are listed, from 0.")


class ChangedCollectionShape(serializers.Serializer[None]):
    name = serializers.CharField(max_length=NAME_LIMIT, required=False)
    description = serializers.CharField(
        max_length=DESCRIPTION_LIMIT, required=False, allow_blank=True, help_text="Markdown."
    )
    visibility = serializers.ChoiceField(Collection.Visibility.values, required=False)


class NewCollectionShape(ChangedCollectionShape):
    name = serializers.CharField(max_length=NAME_LIMIT)
    owner = serializers.CharField(
        required=False,
        max_length=150,
        help_text="You, or an organisation in which you are a developer; you without it.",
    )


class WantedItemShape(serializers.Serializer[None]):
    note = serializers.CharField(max_length=NOTE_LIMIT, required=False, allow_blank=True)
    position = serializers.IntegerField(
        min_value=0, required=False, help_text="From 0; at the end without it, when it is new."
    )


class Collecting(APIView):
    authentication_classes = [TokenAuthentication]
    permission_classes = [Needs(READ, WRITE)]

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, actions.TooManyCollections):
            said = f"There are {MOST_PER_OWNER}, as many as one owner can have; delete one first."
            exc = BadParameters({"owner": [said]})
        if isinstance(exc, actions.TooManyModels):
            said = f"It holds {MOST_MODELS} models, as many as one can; take one out first."
            exc = BadParameters({"model": [said]})
        return super().handle_exception(exc)


class MadeOrRead(Needs(READ, WRITE)):  # type: ignore[misc]
    """Reading is everybody's: how much of it, the queryset says."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.method in READING or super().has_permission(request, view)


class Collections(Collecting, CollectionList):
    """The curated ones to read, which asks for nobody, and a place to send one's own to."""

    permission_classes = [MadeOrRead]

    def get_authenticators(self) -> list[BaseAuthentication]:
        method = getattr(self.request, "method", "")  # the contract is written without a request
        return [] if method in READING else super().get_authenticators()

    @extend_schema(auth=[{}])  # type: ignore[list-item]
    @contract.list_collections
    def get(self, request: Request) -> Response:
        return super().get(request)

    @extend_schema(
        operation_id="collections.create",
        summary="Make a collection",
        description="Of yours or of an organisation's; private unless said. Its slug is made of "
        "the name and stays.",
        request=NewCollectionShape,
        responses={201: WholeOwnCollectionShape, **ERRORS},
        tags=["Collections"],
    )
    def post(self, request: Request) -> Response:
        said = reading.body(request, NewCollectionShape)
        made = actions.make(
            _owner(request, said.get("owner", "")),
            name=said["name"],
            description=said.get("description", ""),
            visibility=said.get("visibility", Collection.Visibility.PRIVATE),
        )
        response = Response(_whole(made, request), status=201)
        response["Location"] = f"{request.build_absolute_uri(request.path)}/{made.full_slug}"
        return response


class OwnCollectionList(Collecting):
    @extend_schema(
        operation_id="account.collections.list",
        summary="List your collections",
        description="Your own and those of your organisations, the one made last first.",
        parameters=contract.PAGE,
        responses={200: OwnCollectionListShape, 400: PROBLEM, 401: PROBLEM, 403: PROBLEM},
        tags=["Account"],
    )
    def get(self, request: Request) -> Response:
        cursor, limit = parameters.read_page(request.query_params)
        mine = Collection.objects.filter(reach.owned_by(request.user))
        page = Listing("own_collections", [Segment(mine, "created_at")]).page(cursor, limit)
        rows = mine.select_related("owner").in_bulk(page.keys)
        results = [_shape(rows[pk], request) for pk in page.keys if pk in rows]
        return Response(pages.answer(request, page, results))


class OwnCollection(Collecting):
    permission_classes = [MadeOrRead]

    @extend_schema(
        operation_id="collections.own.get",
        summary="Get somebody's collection",
        description="With its models in their order. Public and unlisted ones need no token.",
        parameters=PLACE,
        responses={200: WholeOwnCollectionShape, 404: PROBLEM},
        tags=["Collections"],
    )
    def get(self, request: Request, owner: str, slug: str) -> Response:
        return Response(_whole(_visible(request, owner, slug), request))

    @extend_schema(
        operation_id="collections.own.update",
        summary="Change a collection",
        description="What is left out stays. Its slug stays too.",
        parameters=PLACE,
        request=ChangedCollectionShape,
        responses={200: WholeOwnCollectionShape, **ERRORS},
        tags=["Collections"],
    )
    def patch(self, request: Request, owner: str, slug: str) -> Response:
        found = _changeable(request, owner, slug)
        said = reading.body(request, ChangedCollectionShape)
        kept = {name: getattr(found, name) for name in ("name", "description", "visibility")}
        actions.change(found, **{**kept, **said})
        return Response(_whole(found, request))

    @extend_schema(
        operation_id="collections.own.delete",
        summary="Delete a collection",
        parameters=PLACE,
        responses={204: None, **ERRORS},
        tags=["Collections"],
    )
    def delete(self, request: Request, owner: str, slug: str) -> Response:
        actions.delete(_changeable(request, owner, slug))
        return Response(status=204)


class CollectedModel(Collecting):
    @extend_schema(
        operation_id="collections.own.models.set",
        summary="Put a model into a collection",
        description="Or change its note or its place there. Asking twice is asking once.",
        parameters=[*PLACE, *MODEL],
        request=WantedItemShape,
        responses={200: ItemShape, **ERRORS},
        tags=["Collections"],
    )
    def put(
        self, request: Request, owner: str, slug: str, model_owner: str, model_name: str
    ) -> Response:
        found = _changeable(request, owner, slug)
        ai_model = naming.find(model_owner, model_name).ai_model
        said = reading.body(request, WantedItemShape)
        item = actions.add(found, ai_model, note=said.get("note"))
        if "position" in said:
            actions.move(found, item, to=said["position"])
        return Response(_item(found, ai_model))

    @extend_schema(
        operation_id="collections.own.models.delete",
        summary="Take a model out of a collection",
        parameters=[*PLACE, *MODEL],
        responses={204: None, **ERRORS},
        tags=["Collections"],
    )
    def delete(
        self, request: Request, owner: str, slug: str, model_owner: str, model_name: str
    ) -> Response:
        found = _changeable(request, owner, slug)
        ai_model = naming.find(model_owner, model_name).ai_model
        if not actions.remove(found, [ai_model.pk]):
            raise NotFound(f"{ai_model} is not in the collection {found.full_slug}.")
        return Response(status=204)


def _owner(request: Request, name: str) -> User:
    """Whom a new one belongs to. Raises BadParameters for others than oneself and one's own."""
    user: Any = request.user
    owners = {one.get_username(): one for one in reach.owners(user)}
    if name and name not in owners:
        raise BadParameters({"owner": [f"It can be {', '.join(owners)}."]})
    owner = owners[name] if name else reach.acting_owner(user)
    reach.require(user, owner)
    return owner


def _reader(request: Request) -> Who:
    """Nobody, for a token that may not read what is private."""
    token: Any = request.auth
    user: Who | None = request.user
    if user is None or (
        token is not None and (token.deployment_id or not holds(token.scopes, READ))
    ):
        return AnonymousUser()
    return user


def _visible(request: Request, owner: str, slug: str) -> Collection:
    plain = {"owner__username": owner.replace("\0", ""), "slug": slug.replace("\0", "")}
    rows = Collection.objects.visible_to(_reader(request)).select_related("owner")
    return naming.get_or_404(
        rows.filter(**plain),
        f"There is no collection {owner}/{slug} here that you may see. "
        "GET /v1/account/collections lists yours.",
    )


def _changeable(request: Request, owner: str, slug: str) -> Collection:
    found = _visible(request, owner, slug)
    assert found.owner is not None  # noqa: S101 - found by it
    reach.require(request.user, found.owner)
    return found


def _shape(row: Collection, request: Request) -> dict[str, Any]:
    return {
        **shapes.collection(row),
        "owner": row.owner.get_username() if row.owner else "",
        "visibility": row.visibility,
        "url": f"{pages.origin(request)}{row.get_absolute_url()}",
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def _whole(row: Collection, request: Request) -> dict[str, Any]:
    notes = dict(row.items.values_list("ai_model_id", "note"))
    models = shapes.models(list(notes), origin=pages.origin(request))
    noted = [{**model, "note": notes[pk]} for pk, model in models.items()]
    return {**_shape(row, request), "models": noted}


def _item(collection: Collection, ai_model: AIModel) -> dict[str, Any]:
    items = list(printed.listed_items(collection))
    (position, item) = next(
        (at, one) for at, one in enumerate(items) if one.ai_model_id == ai_model.pk
    )
    return {"model": ai_model.full_name, "note": item.note, "position": position}
