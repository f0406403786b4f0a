"""The accounts' routes below /v1; none ends with a slash."""

from django.urls import path

from . import api, audit_api, budget_api
from .organizations import api as organizations

ORGANIZATION = "organizations/<str:name>"

urlpatterns = [
    path("account", api.Account.as_view(), name="account"),
    path("account/budgets", budget_api.OwnBudgets.as_view(), name="account-budgets"),
    path("account/token/budgets", budget_api.TokenBudgets.as_view(), name="account-token-budgets"),
    path("audit", audit_api.AuditLog.as_view(), name="audit"),
    path("organizations", organizations.OrganizationList.as_view(), name="organizations"),
    path(ORGANIZATION, organizations.OrganizationDetail.as_view(), name="organization"),
    path(
        f"{ORGANIZATION}/members",
        organizations.MemberList.as_view(),
        name="organization-members",
    ),
    path(
        f"{ORGANIZATION}/members/<str:username>",
        organizations.MemberDetail.as_view(),
        name="organization-member",
    ),
    path(
        f"{ORGANIZATION}/invitations",
        organizations.InvitationList.as_view(),
        name="organization-invitations",
    ),
    path(
        f"{ORGANIZATION}/invitations/<int:invitation_id>",
        organizations.InvitationDetail.as_view(),
        name="organization-invitation",
    ),
    path(
        f"{ORGANIZATION}/budgets",
        budget_api.OrganizationBudgets.as_view(),
        name="organization-budgets",
    ),
]
