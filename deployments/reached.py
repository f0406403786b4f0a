"""To which deployments somebody may limit a token: settings.LIMITABLE_DEPLOYMENTS names this."""

from accounts.models import User

from .models import Deployment

MOST = 200


def offered(user: User) -> list[tuple[int, str, int]]:
    """Id, name as in addresses, and owner of each that they see, by their names."""
    rows = Deployment.objects.visible_to(user).order_by("owner__username", "name")
    found = rows.values_list("pk", "owner__username", "name", "owner")[:MOST]
    return [(pk, f"{owner}/{name}", owner_id) for pk, owner, name, owner_id in found]
