"""Every route of the REST API, under /v1 and again under /v1/v1.

The official clients disagree on what their base address holds: Python 1 adds /v1 itself, Python 2
and JavaScript do not. With the second prefix the one value works in all of them.
"""

from django.urls import URLPattern, URLResolver, include, path

from config.api import docs, root

routes: list[URLPattern | URLResolver] = [
    path("", include("accounts.api_urls")),
    path("", include("deployments.api_urls")),  # before the names of models, which take the rest
    path("", include("catalog.api_urls")),
    path("openapi.json", root.openapi, name="openapi"),
]

urlpatterns = [
    path("docs/api", docs.page, name="api-docs"),
    path("v1", include(([path("", root.Root.as_view(), name="root")], "root"))),
    path("v1/", include((routes, "v1"))),
    path("v1/v1/", include((routes, "v1-again"))),
]
