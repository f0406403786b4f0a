"""How a deployment becomes what is wanted of it, one short step after the other."""

from .advancing import advance
from .forgetting import forget_instances
from .orphans import stop_orphans
from .preparing import build
from .sweeping import sweep

__all__ = ["advance", "build", "forget_instances", "stop_orphans", "sweep"]
