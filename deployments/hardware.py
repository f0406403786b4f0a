"""The hardware that is offered when the administrator has said nothing: made from this host."""

from django.conf import settings
from django.db import transaction

from catalog import hardware as host
from catalog.pages import figures
from deployments.models import Bundle, Hardware

GB = 2**30
# What is offered where it fits: sku, name, processors, memory.
SIZES = (
    ("cpu-small", "CPU (small)", 1, GB // 2),
    ("cpu", "CPU", 1, GB),
    ("cpu-large", "CPU (large)", 2, 4 * GB),
    ("cpu-xlarge", "CPU (very large)", 4, 16 * GB),
)


class OtherCurrency(Exception):
    """Hardware has a price in a currency that is not the setting's."""


def ensure() -> int:
    """Fill an empty table; how many were made. Nothing is added to one that somebody keeps."""
    with transaction.atomic():
        if Hardware.objects.exists():
            return 0
        return len(Hardware.objects.bulk_create(_fitting(), ignore_conflicts=True))


def keep_to_currency() -> None:
    """What costs nothing follows the setting. Raises OtherCurrency for a price in another one."""
    others = Hardware.objects.exclude(currency=settings.CURRENCY)
    others.filter(price_per_second=0).update(currency=settings.CURRENCY)
    wrong = others.first()
    if wrong is not None:
        raise OtherCurrency(
            f"The currency of the hardware {wrong.sku} is {wrong.currency}, and CURRENCY is "
            f"{settings.CURRENCY}: all prices have one, as they are summed. Set CURRENCY to "
            f"{wrong.currency}. To change it to {settings.CURRENCY}, set the hardware's "
            "price_per_second to 0 in the admin before, and write it anew after."
        )


def smallest_for(bundle: Bundle) -> Hardware | None:
    """The least that holds one instance of it; without an accelerator where that will do."""
    ensure()
    offered = Hardware.objects.filter(is_enabled=True, memory__gte=bundle.memory)
    return offered.order_by("accelerator_memory", "memory", "price_per_second", "pk").first()


def _fitting() -> list[Hardware]:
    here = host.here()
    fitting = [
        Hardware(
            sku=sku,
            name=f"{name}: {figures.size(memory)}",
            cpus=min(cpus, here.cpus),
            memory=memory,
            position=position,
        )
        for position, (sku, name, cpus, memory) in enumerate(SIZES)
        if memory <= here.memory * 0.8 or position == 0
    ]
    return [*fitting, *_accelerated(here)]


def _accelerated(here: host.Hardware) -> list[Hardware]:
    return [
        Hardware(
            sku=f"gpu-{round(size / GB)}gb",
            name=f"GPU: {figures.size(size)}",
            cpus=max(1, here.cpus // len(here.gpus)),
            memory=max(GB, int(here.memory * 0.8) // len(here.gpus)),
            accelerator="GPU",
            accelerator_memory=size,
            count=here.gpus.count(size),
            position=10 + position,
        )
        for position, size in enumerate(sorted(set(here.gpus)))
    ]
