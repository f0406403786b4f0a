"""People, organisations, the tokens of their programs, and what they did."""

from .audit import AuditEvent
from .budgets import Budget, Reservation
from .closings import Closing
from .invitations import Invitation
from .limits import LimitCount
from .people import Membership, Role, User
from .tokens import Token

__all__ = [
    "AuditEvent",
    "Budget",
    "Closing",
    "Invitation",
    "LimitCount",
    "Membership",
    "Reservation",
    "Role",
    "Token",
    "User",
]
