"""What a token may do, and the permission that asks for it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

READING = ("GET", "HEAD", "OPTIONS", "QUERY")
# For views whose querysets mind reach.within, as their `minds_deployments`: to all others a token
# that is limited to a deployment is closed. With `reaches_beyond_limits` a view is closed to those
# that are limited to an organisation too.
ANY_METHOD = (*READING, "POST", "PUT", "PATCH", "DELETE")


class Scope(models.TextChoices):
    """`…:write` holds `…:read`, and `all` holds what is added later too."""

    ALL = "all", _("Everything that you may do yourself")
    PREDICTIONS_WRITE = "predictions:write", _("Run models, and read what came of it")
    PREDICTIONS_READ = "predictions:read", _("Read predictions")
    DEPLOYMENTS_WRITE = "deployments:write", _("Deploy, change and stop, and read deployments")
    DEPLOYMENTS_READ = "deployments:read", _("Read deployments, their logs and figures")
    MODELS_WRITE = "models:write", _("Push versions of models")
    MODELS_READ = "models:read", _("Read what is not public of models")
    COLLECTIONS_WRITE = (
        "collections:write",
        _("Change collections, likes and what is followed, and read them"),
    )
    COLLECTIONS_READ = (
        "collections:read",
        _("Read private collections, likes and what is followed"),
    )
    FILES_WRITE = "files:write", _("Upload, read and delete files")
    FILES_READ = "files:read", _("Read files")
    WEBHOOKS_WRITE = "webhooks:write", _("Send webhooks again, and read them and their secret")
    WEBHOOKS_READ = "webhooks:read", _("Read deliveries of webhooks and their secret")
    ORGANIZATIONS_WRITE = (
        "organizations:write",
        _("Make organisations, and decide who is in them; read invitations"),
    )
    ORGANIZATIONS_READ = "organizations:read", _("Read invitations into organisations")
    BUDGETS_WRITE = "budgets:write", _("Set budgets of yours and of organisations, and read them")
    BUDGETS_READ = "budgets:read", _("Read budgets of yours and of organisations")
    TRANSFERS_WRITE = (
        "transfers:write",
        _("Hand deployments over, and take what others hand over"),
    )
    TRANSFERS_READ = "transfers:read", _("Read which deployments are offered to you")
    AUDIT_READ = "audit:read", _("Read the audit log, as you may as an administrator")
    CURATE = "curate", _("Hide, list and deprecate models, as you may as a curator")


class Scoped(BasePermission):
    """Somebody who signed in, or a token that holds the scope; see Needs."""

    scope: str
    writing: str

    def has_permission(self, request: Request, view: Any) -> bool:
        _require_somebody(request)
        wanted = self.scope if request.method in READING else self.writing
        token: Any = request.auth
        if token is not None and not holds(token.scopes, wanted):
            raise PermissionDenied(
                f"The token {token} may not do this: it lacks the scope {wanted}. "
                f"Make a token that has it at {settings.PUBLIC_URL}/account/tokens."
            )
        _require_reach(token, request, view)
        return True


def Needs(scope: str, writing: str = "") -> type[Scoped]:
    """For permission_classes: Needs("files:read", "files:write") wants the second for changes."""
    scopes = {"scope": Scope(scope).value, "writing": Scope(writing or scope).value}
    return type("Needs", (Scoped,), scopes)


class ScopedChanges(Scoped):
    """To read, any token does."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method in READING:
            return SignedIn().has_permission(request, view)
        return super().has_permission(request, view)


def NeedsToChange(writing: str) -> type[Scoped]:
    """As Needs, where what is read needs no scope."""
    return type("NeedsToChange", (ScopedChanges,), {"scope": writing, "writing": writing})


class SignedIn(BasePermission):
    """Anybody who is somebody: the token needs no scope."""

    def has_permission(self, request: Request, view: Any) -> bool:
        _require_somebody(request)
        _require_reach(request.auth, request, view)
        return True


def holds(scopes: list[str], wanted: str) -> bool:
    subject = wanted.partition(":")[0]
    return bool({Scope.ALL, wanted, f"{subject}:write"} & set(scopes))


def _require_reach(token: Any, request: Request, view: Any) -> None:
    """A token that is limited to a deployment opens only what looks for that limit."""
    if token is None:
        return
    if token.organization_id and getattr(view, "reaches_beyond_limits", False):
        raise PermissionDenied(
            f"The token {token} is limited to {token.organization}, and this reaches beyond it. "
            f"Make one without that limit at {settings.PUBLIC_URL}/account/tokens."
        )
    if token.deployment_id is None:
        return
    if request.method not in getattr(view, "minds_deployments", ()):
        raise PermissionDenied(
            f"The token {token} reaches the deployment {token.deployment_name} and nothing else. "
            f"Make one without that limit at {settings.PUBLIC_URL}/account/tokens."
        )


def _require_somebody(request: Request) -> None:
    if not (request.user and request.user.is_authenticated):
        raise NotAuthenticated(
            "This needs a token. Send it as the header `Authorization: Bearer slip_...`; "
            f"make one at {settings.PUBLIC_URL}/account/tokens."
        )
