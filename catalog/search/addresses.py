"""Which model a pasted address or an owner/name means."""

import re
from urllib.parse import unquote, urlsplit

LONGEST = 360
# Parts of addresses that stand before the owner: ours, and other catalogs'.
LEADING = frozenset({"models", "model", "v1", "api", "m"})
HOSTED = re.compile(r"(?:https?://|www\.)\S+|(?:[\w-]+\.)+(?:co|com|org|net|ai|dev|io)/\S+", re.I)
OWNER_AND_NAME = re.compile(r"[^\s/]+/[^\s/]+")


def plain(text: str) -> str:
    """The text, or owner/name when it is an address: https://huggingface.co/owner/name/tree/main."""
    stripped = text.strip().strip("<>\"'")
    if not HOSTED.fullmatch(stripped):
        return text
    try:
        path = urlsplit(stripped if "://" in stripped else f"https://{stripped}").path
    except ValueError:
        return text
    parts = [unquote(part) for part in path.split("/") if part]
    while len(parts) > 1 and parts[0].lower() in LEADING:
        parts = parts[1:]
    return "/".join(parts[:2]) or text


def key_in(text: str) -> str:
    """owner/name in small letters when the text is just that, else empty."""
    stripped = text.strip()
    if len(stripped) > LONGEST or not OWNER_AND_NAME.fullmatch(stripped):
        return ""
    # Replicate writes owner/name:version, and git owner/name@revision.
    return re.split(r"[:@]", stripped.lower(), maxsplit=1)[0]
