"""Numbers and times as people read them, in the reader's language."""

from datetime import UTC, datetime
from datetime import date as Date
from decimal import Decimal
from functools import cache

from django.utils import formats, timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

COUNT_UNITS = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "K"))
CHINESE_COUNT_UNITS = ((10**12, "万亿"), (10**8, "亿"), (10**4, "万"))
BYTE_UNITS = ((10**15, "PB"), (10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))
PERIODS = ((31_557_600, "year"), (2_629_800, "month"), (86_400, "day"), (3_600, "hour"))


def whole(number: int) -> str:
    """With the reader's separators: 112,635."""
    return f"{number:,}".replace(",", _thousands_separator(get_language()))


def compact(number: int | None) -> str:
    """Two or three digits and a unit: 1.2M, in Chinese 120万. Empty when it is not known."""
    if number is None:
        return ""
    units = CHINESE_COUNT_UNITS if is_chinese() else COUNT_UNITS
    return _in_units(number, units)


def parameters(number: int | None) -> str:
    """Parameters are counted in B and M in every language: 7.6B."""
    return "" if number is None else _in_units(number, COUNT_UNITS)


def tokens(number: int | None) -> str:
    """A context length: 131,072 is what everybody calls 128K."""
    if number is None:
        return ""
    for size, unit in ((1024, "K"), (1000, "K")):
        if number >= size and number % size == 0:
            return _tokens_in_thousands(number // size, size, unit)
    return _in_units(number, COUNT_UNITS)


def size(number: int | None) -> str:
    """Bytes in decimal units, as makers of memory and disks count: 16 GB."""
    if number is None:
        return ""
    for least, unit in BYTE_UNITS:
        if number >= least:
            return f"{_short(number / least)} {unit}"
    return f"{number} B"


def money(amount: Decimal, currency: str) -> str:
    """A price without trailing zeros: $0.27, else 0.27 EUR."""
    digits = f"{amount.normalize():f}"
    return f"${digits}" if currency == "USD" else f"{digits} {currency}"


def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """How long ago, in one unit. Empty when it is not known."""
    if moment is None:
        return ""
    seconds = ((now or timezone.now()) - moment).total_seconds()
    for length, period in PERIODS:
        if seconds >= length:
            return _periods_ago(period, int(seconds // length))
    return _("just now")


def day(moment: datetime | None) -> str:
    """The date in the reader's way of writing it; times are UTC."""
    return date(moment.astimezone(UTC).date()) if moment else ""


def date(day: Date | None) -> str:
    return formats.date_format(day, "DATE_FORMAT") if day else ""


def is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def _in_units(number: int, units: tuple[tuple[int, str], ...]) -> str:
    for least, unit in units:
        # 999,960 would be written 1000K.
        if number >= least * 0.9995:
            return f"{_short(number / least)}{unit}"
    return str(number)


def _short(value: float) -> str:
    """One decimal below ten unless it is zero, none above."""
    return f"{value:.1f}".removesuffix(".0") if value < 99.95 else f"{value:.0f}"


def _tokens_in_thousands(thousands: int, size: int, unit: str) -> str:
    if thousands >= size and thousands % size == 0:
        return f"{thousands // size}M"
    return f"{thousands}{unit}"


def _periods_ago(period: str, count: int) -> str:
    if period == "year":
        text = ngettext("%(count)s year ago", "%(count)s years ago", count)
    elif period == "month":
        text = ngettext("%(count)s month ago", "%(count)s months ago", count)
    elif period == "day":
        text = ngettext("%(count)s day ago", "%(count)s days ago", count)
    else:
        text = ngettext("%(count)s hour ago", "%(count)s hours ago", count)
    return text % {"count": count}


@cache
def _thousands_separator(language: str | None) -> str:
    # Django's Chinese formats leave it empty; Chinese readers are used to the comma.
    return str(formats.get_format("THOUSAND_SEPARATOR", lang=language, use_l10n=True)) or ","
