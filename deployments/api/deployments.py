"""/v1/deployments: deploy, look, change, stop, start, go back, delete."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import reach
from accounts.authentication import TokenAuthentication
from accounts.scopes import ANY_METHOD, READING, Needs
from catalog.api import naming, parameters
from catalog.models import AIModel, Version
from config.api import pages, reading
from config.api.problems import BadParameters
from deployments import actions, hardware, moves, preflight
from deployments.api import deployment_contract as contract
from deployments.api import deployment_shapes as shapes
from deployments.api import owners
from deployments.models import Deployment, Hardware
from deployments.wishes import Refused

FIELD_OF = {"idempotency_key": "Idempotency-Key"}


class KeyUsed(BadParameters):
    status_code = 422


class Deploying(APIView):
    authentication_classes = [TokenAuthentication]
    permission_classes = [Needs("deployments:read", "deployments:write")]
    minds_deployments: tuple[str, ...] = ANY_METHOD

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, Refused):
            kind = KeyUsed if exc.field == "idempotency_key" else BadParameters
            exc = kind({FIELD_OF.get(exc.field, exc.field): [str(exc)]})
        return super().handle_exception(exc)

    def answer(self, request: Request, deployment: Deployment, status: int = 200) -> Response:
        rows = shapes.told(Deployment.objects.filter(pk=deployment.pk))
        return Response(shapes.shape(rows.get(), request), status=status)


class DeploymentList(Deploying):
    minds_deployments = READING

    @contract.list_deployments
    def get(self, request: Request) -> Response:
        user: Any = request.user
        cursor, limit, owner = owners.read_page(request.query_params)
        rows = owners.narrowed(Deployment.objects.visible_to(user), user, owner)
        page = pages.Listing("deployments", [pages.Segment(rows, "created_at")]).page(cursor, limit)
        found = shapes.told(rows).in_bulk(page.keys)
        results = [shapes.shape(found[pk], request) for pk in page.keys if pk in found]
        return Response(pages.answer(request, page, results))

    @contract.create
    def post(self, request: Request) -> Response:
        said = reading.body(request, contract.DeployShape)
        user: Any = request.user
        owner = owners.of_new(user, said.get("owner", ""))
        ai_model, version = _model(said)
        deployment = actions.deploy(
            owner,
            by=user,
            ai_model=ai_model,
            version=version,
            hardware=_hardware_for(said, version),
            name=said["name"],
            idempotency_key=_key(request),
            **_numbers(said),
            **{name: said[name] for name in ("stop_at", "budget") if name in said},
        )
        response = self.answer(request, deployment, 201)
        response["Location"] = response.data["urls"]["get"]
        return response


class Preflight(Deploying):
    @contract.preflight
    def post(self, request: Request) -> Response:
        said = reading.body(request, contract.PreflightRequestShape)
        _ai_model, version = _model(said)
        chosen = _hardware_for(said, version)
        found = preflight.check(version, chosen, max(1, said.get("min_instances", 1)))
        return Response(
            {
                "fits": found.fits,
                "is_possible": found.is_possible,
                "hardware": chosen.sku,
                "lines": found.lines,
                "made": found.made,
                "cost_per_hour": float(found.per_hour),
                "cost_per_day": float(found.per_day),
                "cost_per_day_at_load": _cost_of_load(said, chosen),
                "currency": found.currency,
            }
        )


class DeploymentDetail(Deploying):
    @contract.get
    def get(self, request: Request, owner: str, name: str) -> Response:
        return self.answer(request, _owned(request, owner, name))

    @contract.update
    def patch(self, request: Request, owner: str, name: str) -> Response:
        deployment = changeable(request, owner, name)
        said = reading.body(request, contract.ChangeShape)
        changes = dict(said)
        if "version" in said:
            changes["version"] = _version(deployment.ai_model, said["version"])
        if "hardware" in said:
            changes["hardware"] = _hardware(said["hardware"])
        actions.update(deployment, by=_who(request), **changes)
        return self.answer(request, deployment)

    @contract.delete
    def delete(self, request: Request, owner: str, name: str) -> Response:
        actions.delete(changeable(request, owner, name), by=_who(request))
        return Response(status=204)


class Stop(Deploying):
    @contract.stop
    def post(self, request: Request, owner: str, name: str) -> Response:
        deployment = changeable(request, owner, name)
        actions.stop(deployment, by=_who(request))
        return self.answer(request, deployment)


class Start(Deploying):
    @contract.start
    def post(self, request: Request, owner: str, name: str) -> Response:
        deployment = changeable(request, owner, name)
        actions.start(deployment, by=_who(request))
        return self.answer(request, deployment)


class RollBack(Deploying):
    @contract.roll_back
    def post(self, request: Request, owner: str, name: str) -> Response:
        deployment = changeable(request, owner, name)
        said = reading.body(request, contract.RollBackShape)
        actions.roll_back(deployment, by=_who(request), number=said["number"])
        return self.answer(request, deployment)


class ReleaseList(Deploying):
    @contract.list_releases
    def get(self, request: Request, owner: str, name: str) -> Response:
        deployment = _owned(request, owner, name)
        cursor, limit = parameters.read_page(request.query_params)
        rows = deployment.releases.all()
        page = pages.Listing("releases", [pages.Segment(rows, "created_at")]).page(cursor, limit)
        related = rows.select_related("version", "hardware", "created_by")
        found = related.defer("version__openapi_schema").in_bulk(page.keys)
        model = deployment.ai_model.full_name
        results = [shapes.release_shape(found[pk], model) for pk in page.keys if pk in found]
        return Response(pages.answer(request, page, results))


class HardwareList(APIView):
    authentication_classes = [TokenAuthentication]
    permission_classes = [Needs("deployments:read")]

    @contract.list_hardware
    def get(self, request: Request) -> Response:
        hardware.ensure()
        offered = Hardware.objects.filter(is_enabled=True)
        return Response(
            [
                {
                    "name": each.name,
                    "sku": each.sku,
                    "cpus": float(each.cpus),
                    "memory": each.memory,
                    "accelerator": each.accelerator or None,
                    "accelerator_memory": each.accelerator_memory or None,
                    "price_per_second": float(each.price_per_second),
                    "currency": each.currency,
                    "count": each.count,
                }
                for each in offered
            ]
        )


def _owned(request: Request, owner: str, name: str) -> Deployment:
    rows = Deployment.objects.visible_to(request.user).select_related(
        "owner", "ai_model__publisher"
    )
    plain = {"owner__username": owner.replace("\0", ""), "name": name.replace("\0", "")}
    found = rows.filter(**plain).first()
    if found is None:
        raise missing(request, plain["owner__username"], plain["name"])
    return found


def missing(request: Request, owner: str, name: str) -> NotFound:
    """What is said of a deployment that one does not have, or has elsewhere now."""
    if moved := moves.new_address(owner, name, request.user):
        sentence = _("%(old)s was handed over: it is %(new)s now, at /v1/deployments/%(new)s.")
        return NotFound(sentence % {"old": f"{owner}/{name}", "new": moved})
    sentence = _("You have no deployment %s. GET /v1/deployments lists those you have.")
    return NotFound(sentence % f"{owner}/{name}")


def changeable(request: Request, owner: str, name: str) -> Deployment:
    found = _owned(request, owner, name)
    reach.require(request.user, found.owner)
    return found


def _model(said: dict[str, Any]) -> tuple[AIModel, Version]:
    owner, slash, name = said["model"].partition("/")
    if not (owner and slash and name):
        raise BadParameters({"model": [_("Write it as in owner/name.")]})
    try:
        ai_model = naming.find(owner, name).ai_model
    except NotFound as error:
        raise BadParameters({"model": [str(error.detail)]}) from error
    return ai_model, _version(ai_model, said.get("version", ""))


def _version(ai_model: AIModel, version_id: str) -> Version:
    """`owner/name:id` is understood too."""
    rows = ai_model.versions.select_related("bundle__environment", "ai_model__publisher")
    if version_id:
        found = rows.filter(version_id=version_id.rpartition(":")[2]).first()
        sentence = _("%s has no such version.")
    else:
        found = rows.filter(bundle__isnull=False).first()
        sentence = _("%s has no version that can run here.")
    if found is None:
        raise BadParameters({"version": [sentence % ai_model.full_name]})
    return found


def _hardware_for(said: dict[str, Any], version: Version) -> Hardware:
    if said.get("hardware"):
        return _hardware(said["hardware"])
    bundle = getattr(version, "bundle", None)
    found = hardware.smallest_for(bundle) if bundle else Hardware.objects.first()
    if found is None:
        raise BadParameters({"hardware": [_("No hardware here has the memory that it needs.")]})
    return found


def _hardware(sku: str) -> Hardware:
    hardware.ensure()
    found = Hardware.objects.filter(sku=sku).first()
    if found is None:
        offered = Hardware.objects.filter(is_enabled=True).values_list("sku", flat=True)
        sentence = _("There is no hardware %(sku)s here; there is: %(offered)s.")
        words = {"sku": sku, "offered": ", ".join(offered)}
        raise BadParameters({"hardware": [sentence % words]})
    return found


def _numbers(said: dict[str, Any]) -> dict[str, Any]:
    return {
        "min_instances": said.get("min_instances", 0),
        "max_instances": said.get("max_instances", max(1, said.get("min_instances", 1))),
        "idle_seconds": said.get("idle_seconds", 900),
    }


def _cost_of_load(said: dict[str, Any], chosen: Hardware) -> float | None:
    if "requests_per_day" not in said:
        return None
    cost = preflight.cost_of_load(
        chosen,
        requests_per_day=said["requests_per_day"],
        seconds_each=said.get("seconds_each", 1.0),
        idle_seconds=said.get("idle_seconds", 900),
    )
    return float(cost)


def _key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > 255:
        raise BadParameters({"Idempotency-Key": [_("At most 255 characters.")]})
    return key


def _who(request: Request) -> Any:
    return request.user
