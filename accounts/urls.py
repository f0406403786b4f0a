from django.urls import URLPattern, path

from . import views

urlpatterns: list[URLPattern] = [
    path("account/login", views.login, name="login"),
    path("account/logout", views.logout, name="logout"),
    path("account/tokens", views.tokens, name="tokens"),
    path("account/tokens/<int:pk>/revoke", views.revoke_token, name="revoke_token"),
]
