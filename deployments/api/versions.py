"""POST /v1/models/{owner}/{name}/versions: push a bundle, beside the catalog's listing of them."""

import errno
from typing import Any

import structlog
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException, PermissionDenied
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import audit, reach
from accounts.authentication import TokenAuthentication
from accounts.models import Role
from accounts.scopes import Needs
from catalog.api import contract, shapes, versions
from catalog.api.curating import is_curator
from catalog.api.serializers import VersionShape
from catalog.models import AIModel, Source
from config.api.bodies import TooLarge
from config.api.contract import PROBLEM
from config.api.problems import BadParameters
from deployments.bundles import publishing, pushing
from deployments.bundles.errors import BadBundle
from deployments.bundles.reading import MB, MOST_BYTES

log = structlog.get_logger(__name__)


class NoRoom(APIException):
    status_code = status.HTTP_507_INSUFFICIENT_STORAGE
    default_detail = "The disk of this installation is full: tell its administrator."


class BundleShape(serializers.Serializer[None]):
    bundle = serializers.FileField(help_text="A .zip, .tar or .tar.gz with cog.yaml in it.")


class VersionList(versions.VersionList):
    """Everybody reads; who pushes shows a token."""

    parser_classes = [MultiPartParser]

    def get_authenticators(self) -> list[BaseAuthentication]:
        return [TokenAuthentication()] if self._is_push() else super().get_authenticators()

    def get_permissions(self) -> Any:
        return [Needs("models:write")()] if self._is_push() else super().get_permissions()

    def _is_push(self) -> bool:
        request: Any = self.request
        return request is not None and request.method == "POST"

    @extend_schema(
        operation_id="models.versions.create",
        summary="Push a version",
        description="multipart/form-data with the part `bundle`. The answer comes when its "
        "environment is built, which takes as long as its packages take to install. The same "
        "files again are the same version. Models are pushed below one's own user name "
        "and below organisations of which one is a developer; administrators push below any.",
        parameters=contract.MODEL_NAME,
        request={"multipart/form-data": BundleShape},
        responses={
            201: VersionShape,
            400: PROBLEM,
            401: PROBLEM,
            403: PROBLEM,
            413: PROBLEM,
            507: PROBLEM,
        },
        tags=["Models"],
    )
    def post(self, request: Request, owner: str, name: str) -> Response:
        user: Any = request.user
        publishing.check_names(owner, name)
        _check_right(request, owner, name)
        _check_length(request.META.get("CONTENT_LENGTH"))
        archive = request.FILES.get("bundle")
        if archive is None:
            raise BadParameters({"bundle": ["Send the archive as the part `bundle` of a form."]})
        version = pushing.push_archive(archive, owner, name)
        audit.note("version.pushed", about=version, after={"model": f"{owner}/{name}"})
        log.info("bundle pushed", model=f"{owner}/{name}", version=version.pk, by=user.pk)
        return Response(shapes.version(version), status=201)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, BadBundle):
            exc = BadParameters({"bundle": [str(exc)]})
        elif isinstance(exc, OSError) and exc.errno == errno.ENOSPC:
            exc = NoRoom()
        return super().handle_exception(exc)


def _check_right(request: Request, owner: str, name: str) -> None:
    if is_curator(request):
        return
    user: Any = request.user
    names = [one.get_username() for one in reach.owners(user, Role.DEVELOPER)]
    if owner.lower() not in [name.lower() for name in names]:
        below = " and ".join(f"{name}/" for name in names) or "no name"
        raise PermissionDenied(
            f"You may push models below {below}, not below {owner}/: ask to become a developer of "
            "the organisation that it is, or an administrator to push it."
        )
    there = AIModel.objects.named(owner, name).first()
    if there is not None and there.source != Source.LOCAL:
        raise PermissionDenied(
            f"{there} was imported from elsewhere: push to another name of yours, or ask an "
            "administrator to push it."
        )


def _check_length(said: str | None) -> None:
    """Before a byte of the body is read; a form needs a little of its own."""
    if said and said.isdecimal() and int(said) > MOST_BYTES + MB:
        raise TooLarge(f"A bundle may have {MOST_BYTES // MB:,} MB at most.")
