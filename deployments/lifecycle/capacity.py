"""Memory is promised once: the row of a living instance is the promise, made under one lock."""

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from catalog import hardware as host
from catalog.pages import figures
from deployments.leases import LeaseLost
from deployments.lifecycle import places
from deployments.lifecycle.work import Work
from deployments.models import Bundle, Deployment, Hardware, Instance, Release

OWN_MEMORY = 400_000_000  # bytes that Slipway itself may take: design.md's budget
LOCK = 0x51_1D_0001


@dataclass(frozen=True)
class Room:
    """Whether there is room for `instances` more of a hardware, with the arithmetic for people."""

    is_enough: bool
    lines: tuple[str, ...]
    # Whether the host could hold it with nothing else on it.
    is_possible: bool = True


def room(hardware: Hardware, *, instances: int = 1) -> Room:
    living = Instance.objects.living()
    promised = living.aggregate(sum=Sum("memory"))["sum"] or 0
    whole = max(0, host.here().memory - OWN_MEMORY)
    needed = hardware.memory * instances
    lines = [
        _("Memory here for models: %(whole)s. Promised to others: %(promised)s. Free: %(free)s.")
        % {
            "whole": figures.size(whole),
            "promised": figures.size(promised),
            "free": figures.size(max(0, whole - promised)),
        },
        _("Needed: %(count)s × %(memory)s = %(needed)s.")
        % {
            "count": instances,
            "memory": figures.size(hardware.memory),
            "needed": figures.size(needed),
        },
    ]
    is_enough, is_possible = promised + needed <= whole, needed <= whole
    if hardware.count is not None:
        taken = living.filter(release__hardware=hardware).count()
        lines.append(
            _("%(name)s: %(taken)s of %(count)s taken.")
            % {"name": hardware.name, "taken": taken, "count": hardware.count}
        )
        is_enough = is_enough and taken + instances <= hardware.count
        is_possible = is_possible and instances <= hardware.count
    if hardware.accelerator_memory and max(host.here().gpus, default=0) < (
        hardware.accelerator_memory
    ):
        lines.append(
            _("No accelerator with %(memory)s of memory was found here.")
            % {"memory": figures.size(hardware.accelerator_memory)}
        )
        is_enough = is_possible = False
    return Room(is_enough, tuple(lines), is_possible)


def reserve(work: Work, release: Release, bundle: Bundle) -> Room:
    """Makes the row of one more instance if there is room for it, and adds it to `work.living`."""
    with transaction.atomic():
        _hold_lock()
        _refuse_late(work)
        found = room(release.hardware)
        if found.is_enough:
            work.living.append(_promise(work, release, bundle))
            work.changes += 1
    return found


def _promise(work: Work, release: Release, bundle: Bundle) -> Instance:
    key = _next_key(work.deployment, release)
    instance = Instance.objects.create(
        key=key,
        deployment=work.deployment,
        release=release,
        runtime=places.default_runtime(),
        memory=release.hardware.memory,
        slots=max(1, bundle.max_concurrency),
        price_per_second=release.hardware.price_per_second,
    )
    work.note("instance", "Promised", instance=key, release_number=release.number)
    instance.refresh_from_db()
    return instance


def _next_key(deployment: Deployment, release: Release) -> str:
    """Its number goes up, so that a repeated start of one row meets what the first one started.

    The time tells the deployments of a new database from those whose folders are still there.
    """
    mine = Instance.objects.filter(deployment=deployment, key__contains=f"-r{release.number}-")
    last = mine.order_by("-pk").values_list("key", flat=True).first()
    number = int(last.rpartition("-")[2]) + 1 if last else 1
    made_at = f"{int(deployment.created_at.timestamp() * 1000) % 2**24:x}"
    return f"d{deployment.pk}-{made_at}-r{release.number}-{number}"


def _hold_lock() -> None:
    """Until the transaction ends. SQLite's transactions have it already, being immediate."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _refuse_late(work: Work) -> None:
    mine = Deployment.objects.filter(
        pk=work.deployment.pk,
        lease_number=work.lease_number,
        wanted=Deployment.Wanted.RUNNING,
        generation=work.deployment.generation,
    )
    if not mine.exists():
        raise LeaseLost(f"deployment {work.deployment.pk}")
