"""Whether a version can run on this installation, and why not."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from catalog import hardware as host
from catalog import memory
from catalog.models import AIModel, Source, Version
from catalog.pages import figures
from deployments import hardware
from deployments.bundles import keeping
from deployments.models import Bundle, Hardware
from deployments.runtimes import choice

REPLICATE = "r8.im/"  # where images of Replicate's registry are named after


@dataclass(frozen=True, slots=True)
class Verdict:
    """`sentence` is for people: why it cannot run here; empty when it can."""

    is_possible: bool
    reason_code: str = ""
    sentence: str = ""


def can_run_here(version: Version) -> Verdict:
    bundle: Bundle | None = getattr(version, "bundle", None)
    if bundle is not None:
        return _of_bundle(bundle)
    reasons = [_of_image(version), *filter(None, [_of_hardware(version.ai_model)])]
    return Verdict(False, reasons[0].reason_code, " ".join(one.sentence for one in reasons))


def _of_bundle(bundle: Bundle) -> Verdict:
    if not choice.names():
        return Verdict(
            False, "RuntimeUnavailable", _("This installation has no runtime: RUNTIMES is empty.")
        )
    if not keeping.folder(bundle).is_dir():
        return Verdict(False, "BundleMissing", _("Its files are missing here: push it again."))
    if bundle.wants_network and not settings.RUNTIME_NETWORK:
        return Verdict(
            False,
            "NetworkForbidden",
            _("It asks for the network, and RUNTIME_NETWORK does not allow that here."),
        )
    if hardware.smallest_for(bundle) is None:
        return _too_large(bundle)
    return Verdict(True)


def _too_large(bundle: Bundle) -> Verdict:
    largest = Hardware.objects.filter(is_enabled=True).order_by("-memory").first()
    told = {
        "needed": figures.size(bundle.memory),
        "largest": figures.size(largest.memory if largest else 0),
    }
    sentence = _("It needs %(needed)s of memory, and the largest hardware here has %(largest)s.")
    return Verdict(False, "NoCapacity", sentence % told)


def _of_image(version: Version) -> Verdict:
    if version.image.startswith(REPLICATE) or version.ai_model.source == Source.REPLICATE:
        sentence = _("It is an image of Replicate's registry, which needs a container runtime.")
    elif version.image:
        sentence = _("It is a container image, which needs a container runtime.")
    else:
        return Verdict(
            False, "NoBundle", _("Nothing that runs is known of it: push a bundle for it.")
        )
    return Verdict(False, "NeedsContainerRuntime", sentence)


def _of_hardware(model: AIModel) -> Verdict | None:
    here = host.here()
    needed = model.memory_bytes or (
        memory.with_overhead(model.weight_bytes) if model.weight_bytes else None
    )
    if model.device == memory.GPU and not here.gpus:
        return Verdict(False, "NeedsGpu", _needs_gpu(needed))
    if needed is None or needed <= here.budget:
        return None
    told = {"needed": figures.size(needed), "here": figures.size(here.budget)}
    sentence = _("It needs %(needed)s of memory, and this host has %(here)s.") % told
    return Verdict(False, "NoCapacity", sentence)


def _needs_gpu(needed: int | None) -> str:
    if needed is None:
        return _("It needs a GPU, and this host has none.")
    sentence = _("It needs %(needed)s of GPU memory, and this host has none.")
    return sentence % {"needed": figures.size(needed)}
