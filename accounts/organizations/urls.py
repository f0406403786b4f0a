from django.urls import URLPattern, path

from accounts.closing import views as closing

from . import views

ONE = "organizations/<str:name>"

urlpatterns: list[URLPattern] = [
    path("account/organizations", views.organizations, name="organizations"),
    path("organizations/new", views.new_organization, name="new_organization"),
    path("invitations/<str:text>", views.invitation, name="invitation"),
    path(ONE, views.organization, name="organization"),
    path(f"{ONE}/name", views.rename, name="rename_organization"),
    path(f"{ONE}/close", closing.close_organization, name="close_organization"),
    path(f"{ONE}/leave", views.leave, name="leave_organization"),
    path(f"{ONE}/members/<int:pk>/role", views.change_role, name="change_role"),
    path(f"{ONE}/members/<int:pk>/remove", views.remove_member, name="remove_member"),
    path(f"{ONE}/invitations", views.invite, name="invite"),
    path(f"{ONE}/invitations/<int:pk>/again", views.invite_again, name="invite_again"),
    path(f"{ONE}/invitations/<int:pk>/revoke", views.revoke_invitation, name="revoke_invitation"),
]
