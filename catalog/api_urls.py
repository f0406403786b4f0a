"""The catalog's routes below /v1; none ends with a slash.

Names may hold a slash of their own, and %2F arrives decoded, so the model's name takes what is
left of the path after the more exact routes.
"""

from django.urls import path

from catalog.api import collections, models, search, versions

MODEL = "models/<str:owner>/<path:name>"

urlpatterns = [
    path("models", models.ModelList.as_view(), name="models"),
    path(f"{MODEL}/versions", versions.VersionList.as_view(), name="versions"),
    path(f"{MODEL}/versions/<str:version_id>", versions.VersionDetail.as_view(), name="version"),
    path(f"{MODEL}/examples", versions.ExampleList.as_view(), name="examples"),
    path(f"{MODEL}/readme", models.ModelReadme.as_view(), name="readme"),
    path(MODEL, models.ModelDetail.as_view(), name="model"),
    path("search", search.Search.as_view(), name="search"),
    path("collections", collections.CollectionList.as_view(), name="collections"),
    path("collections/<str:slug>", collections.CollectionDetail.as_view(), name="collection"),
]
