"""People, organisations, the tokens of their programs, and what they did."""

from .audit import AuditEvent
from .limits import LimitCount
from .people import Membership, Role, User
from .tokens import Token

__all__ = ["AuditEvent", "LimitCount", "Membership", "Role", "Token", "User"]
