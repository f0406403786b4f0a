"""Handing a deployment over, and /v1/offers: what others would hand over to oneself."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import reach
from accounts.models import Role, User
from accounts.scopes import Needs
from catalog.api import contract, parameters
from catalog.api.serializers import ListShape
from config.api import pages, reading
from config.api.contract import PROBLEM
from deployments import moves
from deployments.api.deployment_contract import NAMED, DeploymentShape
from deployments.api.deployments import Deploying, changeable
from deployments.models import Deployment, Offer

OFFER = [OpenApiParameter("offer_id", int, "path", description="As GET /v1/offers lists it.")]
CLOSED = {401: PROBLEM, 403: PROBLEM, 404: PROBLEM}


class ReceiverShape(serializers.Serializer[None]):
    to = serializers.CharField(
        max_length=150,
        help_text="An organisation in which you are a developer gets it at once; a person, by the "
        "username, when they take it.",
    )


class TransferShape(serializers.Serializer[None]):
    id = serializers.IntegerField()
    deployment = serializers.CharField(help_text="owner/name.")
    to = serializers.CharField(help_text="The username of who may take it.")
    offered_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(help_text="It can be taken until then.")


class TransferListShape(ListShape):
    results = TransferShape(many=True)


class Moving(Deploying):
    permission_classes = [Needs("transfers:read", "transfers:write")]
    minds_deployments = ()
    reaches_beyond_limits = True


class HandOver(Moving):
    @extend_schema(
        operation_id="deployments.handOver",
        summary="Hand a deployment over",
        description="By its owner, or an admin of the organisation that has it. 202: it is "
        "offered, in place of an earlier offer. It runs on meanwhile; whoever has it pays.",
        parameters=NAMED,
        request=ReceiverShape,
        responses={200: DeploymentShape, 202: TransferShape, 400: PROBLEM, **CLOSED},
        tags=["Deployments"],
    )
    def post(self, request: Request, owner: str, name: str) -> Response:
        deployment, by = _own(request, owner, name), _user(request)
        said = reading.body(request, ReceiverShape)
        done = moves.hand_over(deployment, said["to"], by=by)
        if isinstance(done, Offer):
            return Response(_shape(done), status=202)
        return self.answer(request, done)

    @extend_schema(
        operation_id="deployments.takeBackOffer",
        summary="Take the offer of a deployment back",
        parameters=NAMED,
        responses={204: None, **CLOSED},
        tags=["Deployments"],
    )
    def delete(self, request: Request, owner: str, name: str) -> Response:
        deployment = _own(request, owner, name)
        offer = Offer.objects.open().filter(deployment=deployment).select_related("to").first()
        if offer is None:
            raise NotFound(f"{deployment} is offered to nobody.")
        moves.end_offer(offer)
        return Response(status=204)


class OfferList(Moving):
    @extend_schema(
        operation_id="offers.list",
        summary="List deployments that are offered to you",
        description="The newest first.",
        parameters=contract.PAGE,
        responses={200: TransferListShape, 400: PROBLEM, 401: PROBLEM, 403: PROBLEM},
        tags=["Deployments"],
    )
    def get(self, request: Request) -> Response:
        cursor, limit = parameters.read_page(request.query_params)
        rows = _offers(request)
        page = pages.Listing("offers", [pages.Segment(rows, "created_at")]).page(cursor, limit)
        found = rows.in_bulk(page.keys)
        results = [_shape(found[pk]) for pk in page.keys if pk in found]
        return Response(pages.answer(request, page, results))


class OfferDetail(Moving):
    @extend_schema(
        operation_id="offers.decline",
        summary="Leave a deployment that is offered to you where it is",
        parameters=OFFER,
        responses={204: None, **CLOSED},
        tags=["Deployments"],
    )
    def delete(self, request: Request, offer_id: int) -> Response:
        moves.end_offer(_offered(request, offer_id))
        return Response(status=204)


class TakeOffer(Moving):
    @extend_schema(
        operation_id="offers.take",
        summary="Take a deployment that is offered to you",
        description="It is yours then: what it costs from here on is yours too.",
        parameters=OFFER,
        request=None,
        responses={200: DeploymentShape, 400: PROBLEM, **CLOSED},
        tags=["Deployments"],
    )
    def post(self, request: Request, offer_id: int) -> Response:
        return self.answer(request, moves.take(_offered(request, offer_id), _user(request)))


def _own(request: Request, owner: str, name: str) -> Deployment:
    found = changeable(request, owner, name)
    reach.require(request.user, found.owner, Role.ADMIN)
    return found


def _offers(request: Request) -> Any:
    rows = Offer.objects.open().filter(to=_user(request))
    return rows.select_related("deployment__owner", "to", "created_by")


def _offered(request: Request, offer_id: int) -> Offer:
    found: Offer | None = _offers(request).filter(pk=offer_id).first()
    if found is None:
        raise NotFound(f"No offer {offer_id} stands open to you. GET /v1/offers lists them.")
    return found


def _shape(offer: Offer) -> dict[str, Any]:
    return {
        "id": offer.pk,
        "deployment": str(offer.deployment),
        "to": offer.to.get_username(),
        "offered_by": offer.created_by.get_username() if offer.created_by else None,
        "created_at": offer.created_at,
        "expires_at": offer.expires_at,
    }


def _user(request: Request) -> User:
    user: Any = request.user
    return user  # type: ignore[no-any-return]
