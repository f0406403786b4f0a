"""The table of routes."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("config.api.urls")),
    path("", include("catalog.urls")),
]
