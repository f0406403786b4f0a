"""Routes of an account; django-allauth asks for the names that begin with account_."""

from allauth.account import views as allauth
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as keys
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.github import views as github
from allauth.socialaccount.providers.google import views as google
from allauth.socialaccount.providers.openid_connect import views as openid
from django.shortcuts import redirect
from django.urls import URLPattern, path, re_path
from django.views.decorators.cache import never_cache

from . import budget_views, token_views, views
from .closing import views as closing
from .services import guarded

SECOND = "account/second-factor"

urlpatterns: list[URLPattern] = [
    path("account", views.profile, name="profile"),
    path("account/close", closing.close_account, name="close_account"),
    path("account/login", allauth.login, name="login"),
    path("account/login", allauth.login, name="account_login"),
    path("account/logout", views.sign_out, name="logout"),
    path("account/logout", views.sign_out, name="account_logout"),
    path("account/signup", never_cache(allauth.signup), name="account_signup"),
    path("account/closed", allauth.account_inactive, name="account_inactive"),
    path("account/sure", never_cache(allauth.reauthenticate), name="account_reauthenticate"),
    path("account/email", never_cache(allauth.email), name="account_email"),
    path(
        "account/email/code",
        never_cache(allauth.email_verification_sent),
        name="account_email_verification_sent",
    ),
    path("account/password", never_cache(allauth.password_change), name="account_change_password"),
    path("account/password/first", never_cache(allauth.password_set), name="account_set_password"),
    path(
        "account/password/lost", never_cache(allauth.password_reset), name="account_reset_password"
    ),
    path(
        "account/password/lost/sent",
        allauth.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(
        r"^account/password/lost/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)$",
        never_cache(allauth.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "account/password/lost/done",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("account/login/key", keys.login_webauthn, name="mfa_login_webauthn"),
    path(f"{SECOND}/code", mfa.authenticate, name="mfa_authenticate"),
    path(f"{SECOND}/sure", never_cache(mfa.reauthenticate), name="mfa_reauthenticate"),
    path(
        f"{SECOND}/sure/key",
        never_cache(keys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path(SECOND, never_cache(mfa.index), name="mfa_index"),
    path(f"{SECOND}/app", never_cache(app.activate_totp), name="mfa_activate_totp"),
    path(f"{SECOND}/app/remove", never_cache(app.deactivate_totp), name="mfa_deactivate_totp"),
    path(f"{SECOND}/codes", never_cache(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        f"{SECOND}/codes/new",
        never_cache(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(f"{SECOND}/codes.txt", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path(f"{SECOND}/keys", lambda request: redirect("mfa_index"), name="mfa_list_webauthn"),
    path(f"{SECOND}/keys/new", never_cache(keys.add_webauthn), name="mfa_add_webauthn"),
    path(
        f"{SECOND}/keys/<int:pk>/remove",
        never_cache(keys.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path(f"{SECOND}/keys/<int:pk>/name", never_cache(keys.edit_webauthn), name="mfa_edit_webauthn"),
    path("account/services", never_cache(social.connections), name="socialaccount_connections"),
    path("account/services/signup", never_cache(social.signup), name="socialaccount_signup"),
    path(
        "account/services/cancelled",
        social.login_cancelled,
        name="socialaccount_login_cancelled",
    ),
    path("account/services/error", social.login_error, name="socialaccount_login_error"),
    path("account/services/github", guarded(github.oauth2_login), name="github_login"),
    path("account/services/github/back", guarded(github.oauth2_callback), name="github_callback"),
    path("account/services/google", guarded(google.oauth2_login), name="google_login"),
    path("account/services/google/back", guarded(google.oauth2_callback), name="google_callback"),
    path(
        "account/services/by/<slug:provider_id>", guarded(openid.login), name="openid_connect_login"
    ),
    path(
        "account/services/by/<slug:provider_id>/back",
        guarded(openid.callback),
        name="openid_connect_callback",
    ),
    path("account/sessions", views.sessions, name="usersessions_list"),
    path("account/sessions/<int:pk>/end", views.end_session, name="end_session"),
    path("account/tokens", token_views.tokens, name="tokens"),
    path("account/tokens/<int:pk>", token_views.token, name="token"),
    path("account/tokens/<int:pk>/rotate", token_views.rotate_token, name="rotate_token"),
    path("account/tokens/<int:pk>/earlier", token_views.end_earlier_text, name="end_earlier_text"),
    path("account/tokens/<int:pk>/revoke", token_views.revoke_token, name="revoke_token"),
    path("account/tokens/<int:pk>/budgets", budget_views.token_budgets, name="token_budgets"),
    path("account/budgets", budget_views.own_budgets, name="budgets"),
    path(
        "organizations/<str:name>/tokens",
        token_views.organization_tokens,
        name="organization_tokens",
    ),
    path(
        "organizations/<str:name>/budgets",
        budget_views.organization_budgets,
        name="organization_budgets",
    ),
]
