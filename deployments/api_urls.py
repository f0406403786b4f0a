"""The deployments' routes below /v1; none ends with a slash."""

from django.urls import path

from deployments.api import files

urlpatterns = [
    path("files", files.FileList.as_view(), name="files"),
    path("files/<str:file_id>", files.FileDetail.as_view(), name="file"),
    path("files/<str:file_id>/download", files.FileDownload.as_view(), name="file-download"),
]
