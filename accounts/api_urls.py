"""The accounts' routes below /v1; none ends with a slash."""

from django.urls import path

from . import api

urlpatterns = [path("account", api.Account.as_view(), name="account")]
