"""What people may ask of deployments. Each is one more generation of what is wanted."""

from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import audit, budgets
from accounts.models import Token, User
from catalog.models import AIModel, Version
from config.worded import Blank, Question
from deployments import doorbell, hardware, wishes
from deployments.lifecycle import preparing
from deployments.models import Deployment, Event, Hardware, Release, Status
from deployments.wishes import Refused

__all__ = ["Refused", "delete", "deploy", "roll_back", "shared_for", "start", "stop", "update"]

RELEASED = ("version", "hardware", "min_instances", "max_instances", "idle_seconds")
KEPT_ON_THE_ROW = ("stop_at", "budget")
INSTALLATION = "slipway"  # who owns what all share
TRIED_AGAIN_AFTER = timedelta(minutes=1)  # a shared deployment that failed, at the next call
_SHARED = Question(
    lambda: Deployment.objects.existing().filter(is_shared=True, shared_version=Blank("version"))[
        :1
    ]
)


def deploy(
    owner: User,
    *,
    by: User | None = None,
    ai_model: AIModel,
    version: Version,
    hardware: Hardware,
    name: str,
    min_instances: int = 0,
    max_instances: int = 1,
    idle_seconds: int = 900,
    stop_at: datetime | None = None,
    budget: Decimal | None = None,
    idempotency_key: str = "",
) -> Deployment:
    """The same key and wish again is the same deployment. Raises Refused or LimitReached.

    `by` is who asks for it, when that is not its owner.
    """
    released = {
        **{"version": version, "hardware": hardware, "idle_seconds": idle_seconds},
        **{"min_instances": min_instances, "max_instances": max_instances},
    }
    kept: dict[str, Any] = {"stop_at": stop_at, "budget": budget}
    wishes.check(ai_model, name=name, **released, **kept)
    budgets.check_money(_token(by), owner)
    if earlier := _made_with(owner, idempotency_key):
        return _same(earlier, name, released)
    kept |= {"idempotency_key": idempotency_key}
    try:
        return _make(owner, released, ai_model, name, by=by or owner, **kept)
    except IntegrityError as error:
        if earlier := _made_with(owner, idempotency_key):
            return _same(earlier, name, released)
        raise _name_taken(owner, by, name) from error


def update(deployment: Deployment, *, by: User | None, **changes: Any) -> Release:
    """A new release when something of it changed, else the one that is wanted. Raises Refused."""
    with transaction.atomic():
        deployment = _locked(deployment)
        now = deployment.release_wanted
        if now is None:
            raise Refused("version", _("It has no release to change; deploy the model anew."))
        wished = {name: changes.get(name, getattr(now, name)) for name in RELEASED}
        kept = {name: changes[name] for name in KEPT_ON_THE_ROW if name in changes}
        changed = [name for name in RELEASED if wished[name] != getattr(now, name)]
        _check_changes(deployment, changed, wished, kept)
        _keep(deployment, by, kept)
        if not changed:
            return now
        return _release(deployment, by, wished, _told(wished, changed))


def roll_back(deployment: Deployment, *, by: User | None, number: int) -> Release:
    """What that release was, as a new one. Raises Refused."""
    with transaction.atomic():
        deployment = _locked(deployment)
        earlier = deployment.releases.filter(number=number).first()
        if earlier is None:
            raise Refused("number", _("There is no release %s of it.") % number)
        wished = {name: getattr(earlier, name) for name in RELEASED}
        wishes.check(deployment.ai_model, **wished)
        return _release(deployment, by, wished, _("Back to release %s") % number)


def stop(deployment: Deployment, *, by: User | None) -> None:
    _want(deployment, Deployment.Wanted.STOPPED, by, "Stopped")


def start(deployment: Deployment, *, by: User | None) -> None:
    """Also tries again what failed. Raises Refused or LimitReached."""
    if deployment.stop_at and deployment.stop_at <= timezone.now():
        raise Refused("stop_at", _("Its time is over: set a later one, or none, and start it."))
    if deployment.budget is not None and deployment.cost >= deployment.budget:
        raise Refused("budget", _("Its budget is used up: raise it, and start it."))
    budgets.check_money(_token(by), deployment.owner)
    with transaction.atomic():
        if deployment.release_wanted:
            preparing.try_again(deployment.release_wanted)
        _charge(deployment, by)
        _want(deployment, Deployment.Wanted.RUNNING, by, "Started")


def delete(deployment: Deployment, *, by: User | None) -> None:
    """It is seen no more at once; what runs of it ends. Its name is free again."""
    with transaction.atomic():
        _want(deployment, Deployment.Wanted.STOPPED, by, "Deleted")
        Deployment.objects.filter(pk=deployment.pk).update(deleted_at=Now(), idempotency_key="")
    deployment.refresh_from_db()


def wake(deployment: Deployment) -> None:
    """A request asks for an instance."""
    running = Deployment.objects.filter(pk=deployment.pk, wanted=Deployment.Wanted.RUNNING)
    if running.update(woken_at=Now()):
        doorbell.ring(doorbell.ADVANCE, deployment.pk)


def shared_for(version: Version) -> Deployment:
    """The one that answers for all who call this version without their own. Raises Refused."""
    found = _shared(version) or _make_shared(version)
    is_long_ago = timezone.now() - found.status_changed_at > TRIED_AGAIN_AFTER
    if found.status == Status.FAILED and found.wanted == Deployment.Wanted.RUNNING and is_long_ago:
        start(found, by=None)
    return found


def _make_shared(version: Version) -> Deployment:
    wishes.check(version.ai_model, version=version)
    chosen = hardware.smallest_for(version.bundle)
    if chosen is None:
        raise Refused(
            "version",
            _("No hardware offered here has the memory that it needs; ask the administrator."),
        )
    released = {
        **{"version": version, "hardware": chosen, "idle_seconds": 300},
        **{"min_instances": 0, "max_instances": 1},
    }
    owner, _made = User.objects.get_or_create(
        username=INSTALLATION, defaults={"is_active": False, "password": "!"}
    )
    name = f"{slugify(version.ai_model.full_name.replace('/', '-'))[:40]}-v{version.pk}"
    with suppress(IntegrityError):  # somebody made it just now
        shared = {"is_shared": True, "shared_version": version}
        return _make(owner, released, version.ai_model, name, by=owner, **shared)
    return Deployment.objects.existing().get(is_shared=True, shared_version=version)


def _shared(version: Version) -> Deployment | None:
    return _SHARED.first(version=version.pk)


def _make(
    owner: User, released: dict[str, Any], ai_model: AIModel, name: str, *, by: User, **fields: Any
) -> Deployment:
    with transaction.atomic():
        deployment = Deployment.objects.create(
            owner=owner, ai_model=ai_model, name=name, generation=0, **fields
        )
        _release(deployment, by, released, "")
    deployment.refresh_from_db()
    return deployment


def _made_with(owner: User, key: str) -> Deployment | None:
    return Deployment.objects.filter(owner=owner, idempotency_key=key).first() if key else None


def _same(earlier: Deployment, name: str, released: dict[str, Any]) -> Deployment:
    first = earlier.releases.get(number=1)
    if earlier.name == name and all(getattr(first, key) == released[key] for key in RELEASED):
        return earlier
    raise Refused(
        "idempotency_key",
        _("This key came with another wish before, for %s; use a new key.") % earlier.name,
    )


def _name_taken(owner: User, by: User | None, name: str) -> Refused:
    if by in (None, owner):
        return Refused("name", _("You have a deployment named %s already; choose another.") % name)
    sentence = _("%(owner)s has a deployment named %(name)s already; choose another.")
    return Refused("name", sentence % {"owner": owner, "name": name})


def _locked(deployment: Deployment) -> Deployment:
    """Changes of one deployment come one after the other. Raises Refused for a deleted one."""
    rows = Deployment.objects.existing().select_for_update(of=("self",))
    found = rows.select_related("release_wanted", "ai_model").filter(pk=deployment.pk).first()
    if found is None:
        raise Refused("name", _("It was deleted."))
    return found


def _check_changes(
    deployment: Deployment, changed: list[str], wished: dict[str, Any], kept: dict[str, Any]
) -> None:
    """Only what is changed must be right today: hardware may have been withdrawn since."""
    if {"version", "hardware"} & set(changed):
        changed = [*{*changed, "version", "hardware"}]
    bounds = {"min_instances": wished["min_instances"], "max_instances": wished["max_instances"]}
    wishes.check(
        deployment.ai_model,
        **bounds,
        **kept,
        **{name: wished[name] for name in changed if name not in bounds},
    )


def _keep(deployment: Deployment, by: User | None, kept: dict[str, Any]) -> None:
    changed = {name: to for name, to in kept.items() if getattr(deployment, name) != to}
    if not changed:
        return
    Deployment.objects.filter(pk=deployment.pk).update(**changed)
    _note(deployment, by, "settings", "Changed", detail=_told(changed, list(changed)))
    doorbell.ring(doorbell.ADVANCE, deployment.pk)


def _release(deployment: Deployment, by: User | None, wished: dict[str, Any], note: str) -> Release:
    number = (deployment.releases.aggregate(last=Max("number"))["last"] or 0) + 1
    waiting = deployment.releases.filter(status=Release.Status.PENDING)
    waiting.update(status=Release.Status.SUPERSEDED, ended_at=Now())
    release = Release.objects.create(
        deployment=deployment, number=number, created_by=by, note=note[:200], **wished
    )
    Deployment.objects.filter(pk=deployment.pk).update(
        release_wanted=release, generation=F("generation") + 1, crashes=0, next_try_at=None
    )
    preparing.try_again(release)
    _charge(deployment, by)
    _note(deployment, by, "release", "Created", detail=note, release_number=number)
    doorbell.ring(doorbell.ADVANCE, deployment.pk)
    return release


def _charge(deployment: Deployment, by: User | None) -> None:
    """Whose token had it run last pays beside its owner; whoever came without one pays nothing."""
    if by is not None:
        token = _token(by)
        charged = token.pk if token else None
        Deployment.objects.filter(pk=deployment.pk).update(charged_token_id=charged)


def _token(by: User | None) -> Token | None:
    return by.token if by is not None else None


def _want(deployment: Deployment, wanted: Deployment.Wanted, by: User | None, done: str) -> None:
    with transaction.atomic():
        rows = Deployment.objects.existing().filter(pk=deployment.pk)
        is_change = rows.exclude(wanted=wanted) | rows.filter(status=Status.FAILED)
        if not is_change.update(wanted=wanted, generation=F("generation") + 1) and (
            done != "Deleted"
        ):
            return
        _note(deployment, by, "settings", done)
        doorbell.ring(doorbell.ADVANCE, deployment.pk)
    deployment.refresh_from_db()


def _note(deployment: Deployment, by: User | None, kind: str, code: str, **about: Any) -> None:
    """On the deployment's own timeline, and in the audit log."""
    Event.objects.create(deployment=deployment, kind=kind, code=code, by=by, **about)
    audit.note(f"deployment.{kind}_{code.lower()}", about=deployment, after=about or None, by=by)


def _told(wished: dict[str, Any], changed: list[str]) -> str:
    """As in `hardware: CPU (small), max_instances: 3`."""
    return ", ".join(
        f"{name}: {wished[name] if wished[name] is not None else '-'}" for name in changed
    )
