"""The accounts' routes below /v1; none ends with a slash."""

from django.urls import path

from . import api
from .organizations import api as organizations

urlpatterns = [
    path("account", api.Account.as_view(), name="account"),
    path("organizations", organizations.OrganizationList.as_view(), name="organizations"),
    path(
        "organizations/<str:name>/members",
        organizations.MemberList.as_view(),
        name="organization-members",
    ),
]
