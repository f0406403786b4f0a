"""/v1/files: upload, list, get, delete, and the signed download."""

import json
from typing import Any

from django.http import FileResponse, Http404, HttpResponseBase
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import reach
from accounts.authentication import TokenAuthentication
from accounts.scopes import ANY_METHOD, Needs
from catalog.api import contract
from config.api import pages
from config.api.bodies import TooLarge
from config.api.contract import PROBLEM
from config.api.problems import BadParameters
from deployments import files
from deployments.api import owners
from deployments.models import StoredFile

METADATA_BYTES = 10_000
# Types that a browser may run are handed out as bytes without a meaning.
ACTIVE = ("html", "xml", "svg", "javascript", "ecmascript", "wasm")
FILE_ID = [OpenApiParameter("file_id", str, "path", description="The file's id.")]


class UrlsShape(serializers.Serializer[None]):
    get = serializers.URLField(help_text="This file's own address; give it to a model as input.")
    download = serializers.URLField(help_text="Opens its bytes without a token, for a day.")


class FileShape(serializers.Serializer[None]):
    id = serializers.CharField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes.")
    etag = serializers.CharField(help_text="Changes with the bytes: their sha-256.")
    checksums = serializers.DictField(child=serializers.CharField(), help_text="sha256, in hex.")
    metadata = serializers.DictField(help_text="As it was sent.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True, help_text="It is deleted then.")
    urls = UrlsShape()


class FileListShape(serializers.Serializer[None]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = FileShape(many=True)


class UploadShape(serializers.Serializer[None]):
    content = serializers.FileField(help_text="The bytes.")
    filename = serializers.CharField(required=False, help_text="Instead of the part's own name.")
    type = serializers.CharField(required=False, help_text="Instead of the part's own media type.")
    metadata = serializers.JSONField(required=False, help_text="An object, kept with the file.")


class FileList(APIView):
    authentication_classes = [TokenAuthentication]
    permission_classes = [Needs("files:read", "files:write")]
    minds_deployments: tuple[str, ...] = ANY_METHOD
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="files.list",
        summary="List files",
        description="Your own and those of your organisations, the newest first.",
        parameters=[owners.OWNER, *contract.PAGE],
        responses={200: FileListShape, 400: PROBLEM, 401: PROBLEM, 403: PROBLEM},
        tags=["Files"],
    )
    def get(self, request: Request) -> Response:
        user: Any = request.user
        cursor, limit, owner = owners.read_page(request.query_params)
        rows = owners.narrowed(StoredFile.objects.visible_to(user), user, owner)
        page = pages.Listing("files", [pages.Segment(rows, "created_at")]).page(cursor, limit)
        found = rows.select_related("owner").in_bulk(page.keys)
        results = [_shape(found[pk], request) for pk in page.keys if pk in found]
        return Response(pages.answer(request, page, results))

    @extend_schema(
        operation_id="files.create",
        summary="Upload a file",
        description="multipart/form-data with the part `content`. It is deleted after a day.",
        request={"multipart/form-data": UploadShape},
        responses={201: FileShape, 400: PROBLEM, 401: PROBLEM, 403: PROBLEM, 413: PROBLEM},
        tags=["Files"],
    )
    def post(self, request: Request) -> Response:
        files.check_length(request.META.get("CONTENT_LENGTH"))
        content = request.FILES.get("content")
        if content is None:
            raise BadParameters({"content": ["Send the file as the part `content` of a form."]})
        said: Any = request.data
        user: Any = request.user
        stored = files.store(
            owners.of_new(user),
            said.get("filename") or content.name or "",
            said.get("type") or content.content_type or "",
            content,
            metadata=_metadata(request),
            uploaded_with=user.token,
        )
        return Response(_shape(stored, request), status=201)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, files.TooLarge | files.OverQuota):
            exc = TooLarge(str(exc))
        return super().handle_exception(exc)


class FileDetail(APIView):
    authentication_classes = [TokenAuthentication]
    permission_classes = [Needs("files:read", "files:write")]
    minds_deployments: tuple[str, ...] = ANY_METHOD

    @extend_schema(
        operation_id="files.get",
        summary="Get a file",
        description="What is known of it; `urls.download` has its bytes.",
        parameters=FILE_ID,
        responses={200: FileShape, 401: PROBLEM, 403: PROBLEM, 404: PROBLEM},
        tags=["Files"],
    )
    def get(self, request: Request, file_id: str) -> Response:
        return Response(_shape(_owned(request, file_id), request))

    @extend_schema(
        operation_id="files.delete",
        summary="Delete a file",
        description="Its bytes are gone at once, its links with them.",
        parameters=FILE_ID,
        responses={204: None, 401: PROBLEM, 403: PROBLEM, 404: PROBLEM},
        tags=["Files"],
    )
    def delete(self, request: Request, file_id: str) -> Response:
        stored = _owned(request, file_id)
        reach.require(request.user, stored.owner)
        files.delete(stored)
        return Response(status=204)


class FileDownload(APIView):
    """The signature is the right to read: no token is asked for, and none would help."""

    @extend_schema(
        operation_id="files.download",
        summary="Download a file",
        description="With the parameters that `urls.download` of the file holds.",
        parameters=[
            *FILE_ID,
            OpenApiParameter("owner", str, required=True, description="Whose file it is."),
            OpenApiParameter("expiry", int, required=True, description="Unix time of its end."),
            OpenApiParameter("signature", str, required=True, description="Of these three."),
        ],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY, 404: PROBLEM},
        tags=["Files"],
    )
    def get(self, request: Request, file_id: str) -> HttpResponseBase:
        said = {name: request.GET.get(name, "") for name in ("owner", "expiry", "signature")}
        stored = files.by_link(file_id, **said)
        if stored is None:
            raise NotFound(
                "This address opens no file: it was changed, its time is over, or the file is "
                "gone. GET /v1/files/{id} of the file tells a new one."
            )
        return _response(stored)


def _response(stored: StoredFile) -> FileResponse:
    try:
        response = FileResponse(files.read(stored), content_type=_harmless(stored.content_type))
    except FileNotFoundError as error:
        raise Http404 from error
    response["Content-Disposition"] = content_disposition_header(True, stored.name) or "attachment"
    response["Content-Length"] = str(stored.size)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["ETag"] = f'"{stored.sha256}"'
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _harmless(content_type: str) -> str:
    is_active = any(word in content_type for word in ACTIVE)
    return files.UNKNOWN_TYPE if is_active else content_type


def _owned(request: Request, file_id: str) -> StoredFile:
    mine = StoredFile.objects.visible_to(request.user).select_related("owner")
    stored = mine.filter(pk=file_id).first() if "\0" not in file_id else None
    if stored is None:
        raise NotFound(f"You have no file {file_id}. GET /v1/files lists those that you have.")
    return stored


def _metadata(request: Request) -> dict[str, Any]:
    """A plain field, or a part of its own with a media type, as Replicate's JavaScript sends it."""
    part = request.FILES.get("metadata")
    said: Any = request.data
    text = part.read(METADATA_BYTES + 1) if part else said.get("metadata", "")
    if not text:
        return {}
    if len(text) > METADATA_BYTES:
        raise BadParameters({"metadata": [f"At most {METADATA_BYTES:,} bytes are kept."]})
    try:
        metadata = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadParameters({"metadata": ["This is no JSON; send an object."]}) from error
    if not isinstance(metadata, dict):
        raise BadParameters({"metadata": ['Send a JSON object, as in {"order": 7}.']})
    return metadata


def _shape(stored: StoredFile, request: Request) -> dict[str, Any]:
    return {
        "id": stored.pk,
        "name": stored.name,
        "content_type": stored.content_type,
        "size": stored.size,
        "etag": stored.sha256,
        "checksums": {"sha256": stored.sha256},
        "metadata": stored.metadata,
        "created_at": stored.created_at,
        "expires_at": stored.expires_at,
        "urls": {
            "get": f"{pages.origin(request)}/v1/files/{stored.pk}",
            "download": files.url_of(stored, request),
        },
    }
