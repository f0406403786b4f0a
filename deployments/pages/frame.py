"""The head of a deployment's page, the same on each of its tabs, and what is seen of it now."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import reach
from accounts.reach import Who
from catalog.pages import figures
from deployments import reasons
from deployments.models import (
    Deployment,
    Environment,
    Event,
    Instance,
    Prediction,
    Reason,
    Release,
    Status,
)
from deployments.pages import listing, words

TABS = (
    "deployment",
    "deployment_try",
    "deployment_logs",
    "deployment_metrics",
    "deployment_releases",
    "deployment_settings",
)
TABS_OF_VIEWERS = ("deployment", "deployment_logs", "deployment_metrics", "deployment_releases")
SHOWN_EVENTS = 40
QUICK, CALM = 1500, 10_000  # milliseconds until a page looks again
CALM_STATUSES = (Status.SCALED_TO_ZERO, Status.STOPPED)
SETTLED = (Status.RUNNING, Status.SCALED_TO_ZERO, Status.STOPPED, Status.FAILED)


@dataclass(frozen=True, slots=True)
class Tab:
    title: str
    url: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    deployment: Deployment
    owner: str
    name: str
    url: str
    tabs: list[Tab]
    model: str
    model_url: str
    version: str
    release: Release | None
    hardware: str
    price: str
    cost: str
    looks: str
    status: str
    is_stopped: bool
    has_failed: bool
    owner_shown: str  # empty when it is one's own
    may_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownInstance:
    instance: Instance
    name: str
    looks: str
    status: str
    reason: str
    release: int
    memory: str
    isolation: str
    is_isolated: bool
    busy: str
    logs_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEvent:
    at: datetime
    kind: str
    title: str
    looks: str
    detail: str
    by: str
    release: int | None
    instance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What changes while somebody looks."""

    sentence: str
    next_action: str
    detail: str
    build_step: str  # what is installed now
    build_url: str
    instances: list[ShownInstance]
    events: list[ShownEvent]
    has_more_events: bool
    queued: int
    every: int  # milliseconds


def rows() -> tuple[str, ...]:
    """What to select with a deployment, so that its frame asks for nothing more."""
    return (
        *("owner", "ai_model__publisher", "release_wanted__hardware"),
        *("release_wanted__version__bundle__environment", "release_serving"),
    )


def of(user: Who, deployment: Deployment, open_tab: str) -> Frame:
    release = deployment.release_wanted
    owner = deployment.owner
    may_change = reach.may(user, owner)
    return Frame(
        deployment=deployment,
        owner=owner.get_username(),
        name=deployment.name,
        url=deployment.get_absolute_url(),
        tabs=_tabs(deployment, open_tab, TABS if may_change else TABS_OF_VIEWERS),
        model=str(deployment.ai_model),
        model_url=deployment.ai_model.get_absolute_url(),
        version=str(release.version) if release else "",
        release=release,
        hardware=release.hardware.name if release else "",
        price=_price(release) if release else "",
        cost=listing.cost(deployment.cost, settings.CURRENCY),
        looks=words.looks(deployment),
        status=deployment.get_status_display(),
        is_stopped=deployment.wanted == Deployment.Wanted.STOPPED,
        has_failed=deployment.status == Status.FAILED,
        owner_shown="" if owner == user else owner.get_username(),
        may_change=may_change,
    )


def seen(deployment: Deployment, *, has_all_events: bool = False) -> Seen:
    most = None if has_all_events else SHOWN_EVENTS + 1
    events = [_event(each) for each in deployment.events.select_related("by")[:most]]
    living = deployment.instances.living().select_related("release").order_by("pk")
    is_settled = deployment.status in SETTLED and (
        deployment.observed_generation == deployment.generation
    )
    told = reasons.told(deployment)
    return Seen(
        sentence=told.sentence,
        next_action=told.next_action,
        detail="" if deployment.status in CALM_STATUSES else deployment.detail,
        build_step=_build_step(deployment),
        build_url=f"{reverse('deployment_logs', args=_names(deployment))}?of=build",
        instances=[_instance(each) for each in living],
        events=events if has_all_events else events[:SHOWN_EVENTS],
        has_more_events=not has_all_events and len(events) > SHOWN_EVENTS,
        queued=Prediction.objects.queued().filter(deployment=deployment).count(),
        every=CALM if is_settled else QUICK,
    )


def _build_step(deployment: Deployment) -> str:
    release = deployment.release_wanted
    bundle = getattr(release.version, "bundle", None) if release else None
    if bundle is None or deployment.reason != Reason.BUILDING_ENVIRONMENT:
        return ""
    environment: Environment = bundle.environment
    return environment.step or str(environment.get_status_display())


def _instance(instance: Instance) -> ShownInstance:
    deployment = instance.deployment
    return ShownInstance(
        instance=instance,
        name=instance.key,
        looks=words.INSTANCE_LOOKS.get(Instance.Status(instance.status), ""),
        status=instance.get_status_display(),
        reason=words.reason(instance.reason),
        release=instance.release.number,
        memory=_memory(instance),
        isolation=instance.isolation,
        is_isolated=instance.isolation not in ("", "none"),
        busy=f"{instance.slots_taken} / {instance.slots}",
        logs_url=f"{reverse('deployment_logs', args=_names(deployment))}?of={instance.key}",
    )


def _event(event: Event) -> ShownEvent:
    return ShownEvent(
        at=event.at,
        kind=str(words.KINDS.get(event.kind, event.kind)),
        title=words.event(event),
        looks=words.looks_of_event(event),
        detail=event.detail,
        by=event.by.get_username() if event.by else "",
        release=event.release_number,
        instance=event.instance,
    )


def _tabs(deployment: Deployment, open_tab: str, shown: tuple[str, ...]) -> list[Tab]:
    titles = {
        "deployment": _("Overview"),
        "deployment_try": _("Try it"),
        "deployment_logs": _("Logs"),
        "deployment_metrics": _("Figures"),
        "deployment_releases": _("Releases"),
        "deployment_settings": _("Settings"),
    }
    names = _names(deployment)
    return [Tab(titles[name], reverse(name, args=names), name == open_tab) for name in shown]


def _names(deployment: Deployment) -> list[str]:
    return [deployment.owner.get_username(), deployment.name]


def _price(release: Release) -> str:
    hardware = release.hardware
    if not hardware.price_per_second:
        return _("free of charge")
    return _("%(price)s an hour") % {
        "price": listing.cost(hardware.price_per_hour, hardware.currency)
    }


def _memory(instance: Instance) -> str:
    used, promised = figures.size(instance.memory_used), figures.size(instance.memory)
    return _("%(used)s of %(most)s") % {"used": used, "most": promised} if used else promised
