"""How a deployment becomes what is wanted of it, one short step after the other."""

from .advancing import advance
from .orphans import stop_orphans
from .sweeping import sweep

__all__ = ["advance", "stop_orphans", "sweep"]
