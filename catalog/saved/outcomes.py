"""What ends a try to tell somebody before anything was sent."""

from catalog.models import Alert
from config.webhooks import Outcome


def ended(problem: Alert.Problem) -> Outcome:
    return Outcome(problem=problem, is_final=True)
