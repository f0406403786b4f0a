"""Names that are somebody's in the catalog: whoever signs up with one could push versions there."""

from .models import Publisher


def is_publisher(name: str) -> bool:
    return Publisher.objects.named(name).exists()
