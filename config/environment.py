"""Reads settings from the environment; a wrong value becomes one sentence that says what to set."""

import os
import re
import secrets
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

SIZE = re.compile(r"(\d{1,12})\s*([kmgt]i?b)?")
SIZE_UNITS: dict[str, int] = {
    "b": 1,
    **{f"{letter}b": 1000**power for power, letter in enumerate("kmgt", 1)},
    **{f"{letter}ib": 1024**power for power, letter in enumerate("kmgt", 1)},
}
DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool) -> bool:
    value = text(name, str(default)).lower()
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} is {value!r}; set it to true or false.")
    return value in TRUE


def is_local() -> bool:
    """Whether it is for people on this machine alone: what production must be told has a default
    then. DEBUG=false is how production begins; saying nothing serves this machine only."""
    return flag("LOCAL", default=flag("DEBUG", default=False) or not text("DEBUG"))


def one_of(name: str, words: set[str], *, default: str) -> str:
    value = text(name, default).lower()
    if value and value not in words:
        raise ImproperlyConfigured(
            f"{name} is {value!r}; set it to one of {', '.join(sorted(words))}."
        )
    return value


def currency(name: str, *, default: str) -> str:
    """As ISO 4217 writes it; whether there is such a one is not looked up."""
    value = text(name, default)
    if not re.fullmatch("[A-Z]{3}", value):
        raise ImproperlyConfigured(
            f"{name} is {value!r}; set it to three capital letters, as in EUR."
        )
    return value


def number(name: str, *, default: int, least: int = 0) -> int:
    value = text(name, str(default))
    if not value.isdecimal() or int(value) < least:
        raise ImproperlyConfigured(
            f"{name} is {value!r}; set it to a whole number from {least} up."
        )
    return int(value)


def rate(name: str, default: str) -> tuple[int, int] | None:
    """So many within so many seconds, written as in 3000/300; None for off."""
    value = text(name, default).lower()
    if value == "off":
        return None
    match = re.fullmatch(r"([1-9]\d{0,8})/([1-9]\d{0,5})", value)
    if not match:
        raise ImproperlyConfigured(
            f"{name} is {value!r}; set it to requests within seconds, as in 3000/300, or off."
        )
    return int(match[1]), int(match[2])


def words(name: str, default: list[str]) -> list[str]:
    """A list, separated by commas."""
    return [word.strip() for word in text(name).split(",") if word.strip()] or default


def hosts(name: str) -> tuple[list[str], list[IPv4Network | IPv6Network]]:
    """Host names (`.intranet`: all below it) and networks (`10.1.0.0/16`), from one list."""
    names: list[str] = []
    networks: list[IPv4Network | IPv6Network] = []
    for word in words(name, []):
        is_name = re.fullmatch(r"\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*", word.lower())
        try:
            networks.append(ip_network(word))
        except ValueError as error:
            if not is_name:
                raise ImproperlyConfigured(
                    f"{name} holds {word!r}, which is neither a host nor a network; "
                    "set it as in hooks.intranet,10.1.0.0/16."
                ) from error
            names.append(word.lower())
    return names, networks


def proxies(name: str) -> tuple[int, list[IPv4Network | IPv6Network]]:
    """How many of the nearest senders are proxies of ours, and networks in which all are."""
    hops = 0
    networks: list[IPv4Network | IPv6Network] = []
    for word in words(name, []):
        if word.isdecimal() and len(word) < 3:
            hops = int(word)
            continue
        try:
            networks.append(ip_network(word))
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{name} holds {word!r}, which is neither a network nor a number of proxies; "
                "set it as in 10.0.0.0/8,2001:db8::/32, or as in 1."
            ) from error
    return hops, networks


def domains(name: str) -> list[str]:
    """Domains of e-mail addresses, from one list; a leading @ is let go."""
    found = [word.lower().removeprefix("@") for word in words(name, [])]
    for domain in found:
        if not DOMAIN.fullmatch(domain):
            raise ImproperlyConfigured(
                f"{name} holds {domain!r}, which is no domain; set it as in example.org,a.example."
            )
    return found


def together(*names: str) -> tuple[str, ...] | None:
    """Values that mean something only with each other; None when none is set."""
    values = tuple(map(text, names))
    if not any(values):
        return None
    for name, value in zip(names, values, strict=True):
        if not value:
            known = next(known for known in names if text(known))
            raise ImproperlyConfigured(f"{known} is set and {name} is not; set it too.")
    return values


def url(name: str, *, schemes: set[str], example: str, default: str = "") -> str:
    """An address whose scheme is one of `schemes`, or empty."""
    value = text(name, default)
    if value and urlsplit(value).scheme not in schemes:
        raise ImproperlyConfigured(
            f"{name} is not an address that can be used here; set it as in {example}."
        )
    return value


def size(name: str) -> int | None:
    """Bytes, written as in 24GB; None when it is not set."""
    found = sizes(name)
    if found is not None and len(found) != 1:
        raise ImproperlyConfigured(f"{name} is {text(name)!r}; set it as in 64GB.")
    return found[0] if found else None


def sizes(name: str) -> list[int] | None:
    """Several of them, separated by commas."""
    if not text(name):
        return None
    return [_size(name, word) for word in words(name, [])]


def _size(name: str, word: str) -> int:
    match = SIZE.fullmatch(word.lower())
    if not match or (not match[2] and int(match[1])):
        raise ImproperlyConfigured(f"{name} is {word!r}; set it with its unit, as in 24GB.")
    return int(match[1]) * SIZE_UNITS[match[2] or "b"]


def word_or_url(
    name: str, *, words: set[str], schemes: set[str], example: str, default: str
) -> str:
    """One of these words, or an address whose scheme is one of `schemes`."""
    value = text(name, default)
    if value.lower() in words:
        return value.lower()
    if urlsplit(value).scheme in schemes:
        return value
    raise ImproperlyConfigured(
        f"{name} is {value!r}; set it to {' or '.join(sorted(words))}, "
        f"or to an address as in {example}."
    )


def directory(name: str, default: Path) -> Path:
    """A folder that exists and can be written to; made when missing."""
    path = Path(text(name, str(default))).expanduser().absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name} is {path}, which cannot be made ({error.strerror}); choose another."
        ) from error
    if not os.access(path, os.W_OK):
        raise ImproperlyConfigured(
            f"{name} is {path}, which cannot be written to; set it to a folder that can."
        )
    return path


def secret(name: str, *, kept_in: Path, is_required: bool) -> str:
    """The secret from the environment; in development one that is made once and kept in a file."""
    value = text(name)
    if value:
        return value
    if is_required:
        raise ImproperlyConfigured(f"{name} is not set; set it to 50 or more random characters.")
    if not kept_in.exists():
        _write_privately(kept_in, secrets.token_urlsafe(50))
    return kept_in.read_text()


def _write_privately(path: Path, content: str) -> None:
    """Whole or not at all, and readable by this user alone; the first of several writers wins."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
