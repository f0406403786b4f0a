"""The catalog's routes below /v1; none ends with a slash.

Names may hold a slash of their own, and %2F arrives decoded, so the model's name takes what is
left of the path after the more exact routes.
"""

from django.urls import path

from catalog.api import collections, curating, keeping, models, own_collections, search, versions

MODEL = "models/<str:owner>/<path:name>"
OWN = "collections/<str:owner>/<str:slug>"

urlpatterns = [
    path("models", models.ModelList.as_view(), name="models"),
    path(f"{MODEL}/versions", versions.VersionList.as_view(), name="versions"),
    path(f"{MODEL}/versions/<str:version_id>", versions.VersionDetail.as_view(), name="version"),
    path(f"{MODEL}/examples", versions.ExampleList.as_view(), name="examples"),
    path(f"{MODEL}/readme", models.ModelReadme.as_view(), name="readme"),
    path(f"{MODEL}/like", keeping.ModelLike.as_view(), name="like"),
    path(f"{MODEL}/follow", keeping.ModelFollow.as_view(), name="follow"),
    path(f"{MODEL}/curation", curating.Curation.as_view(), name="curation"),
    path(MODEL, models.ModelDetail.as_view(), name="model"),
    path("search", search.Search.as_view(), name="search"),
    path(
        "publishers/<str:slug>/follow", keeping.PublisherFollow.as_view(), name="follow-publisher"
    ),
    path("collections", own_collections.Collections.as_view(), name="collections"),
    path("collections/<str:slug>", collections.CollectionDetail.as_view(), name="collection"),
    path(OWN, own_collections.OwnCollection.as_view(), name="own-collection"),
    path(
        f"{OWN}/models/<str:model_owner>/<path:model_name>",
        own_collections.CollectedModel.as_view(),
        name="collected-model",
    ),
    path("account/likes", keeping.LikedList.as_view(), name="likes"),
    path("account/following", keeping.FollowedList.as_view(), name="following"),
    path("account/following/news", keeping.NewsList.as_view(), name="following-news"),
    path(
        "account/collections",
        own_collections.OwnCollectionList.as_view(),
        name="own-collections",
    ),
]
