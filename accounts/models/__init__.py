"""People, organisations, the tokens of their programs, and what they did."""

from .audit import AuditEvent
from .people import Membership, Role, User
from .tokens import Token

__all__ = ["AuditEvent", "Membership", "Role", "Token", "User"]
