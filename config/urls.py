"""The table of routes."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("config.health.urls")),
    path("", include("config.api.urls")),
    path("", include("accounts.urls")),
    path("", include("accounts.organizations.urls")),
    path("", include("catalog.saved.urls")),
    path("", include("catalog.collecting.urls")),
    path("", include("catalog.kept.urls")),  # before the names of models, which take the rest
    path("", include("deployments.webhooks.urls")),
    path("", include("deployments.urls")),
    path("", include("catalog.urls")),
]

handler400 = "catalog.views.errors.bad_request"
handler403 = "catalog.views.errors.forbidden"
handler404 = "catalog.views.errors.not_found"
handler500 = "catalog.views.errors.server_error"
