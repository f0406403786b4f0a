"""What kind of picture some bytes are, by the bytes themselves, and whether it may be shown."""

import warnings
from io import BytesIO

MOST_PIXELS = 25_000_000  # in memory a browser takes four bytes for each
LONGEST_SIDE = 16_384
KINDS = {"PNG": "png", "JPEG": "jpeg", "GIF": "gif", "WEBP": "webp", "AVIF": "avif"}


class NoPicture(Exception):
    """Bytes that are not shown; the message says why."""


def kind_of(content: bytes) -> str:
    """As in image/png, without its first half. Only the head is read: nothing is unpacked here.

    SVG is no picture to us: it may hold scripts. Raises NoPicture.
    """
    from PIL import Image  # noqa: PLC0415 - 2 MB until the first picture from outside

    try:
        with warnings.catch_warnings(action="ignore"):
            image = Image.open(BytesIO(content), formats=list(KINDS))
    except Image.DecompressionBombError as error:
        raise NoPicture("too many pixels") from error
    except Exception as error:  # its readers raise whatever they come upon
        raise NoPicture("neither PNG, JPEG, GIF, WebP nor AVIF") from error
    width, height = image.size
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise NoPicture("too many pixels")
    return KINDS[image.format or ""]
