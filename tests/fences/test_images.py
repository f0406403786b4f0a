"""Pictures of cards are fetched from few hosts, checked, kept, and shown from here alone."""

import html
import ipaddress
import os
import re
import threading
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from catalog import cards
from catalog.images import addresses, checking, keeping

from .test_fetching import said, saying


def picture(form: str = "PNG", size: tuple[int, int] = (3, 2)) -> bytes:
    made = BytesIO()
    Image.new("RGB", size, "red").save(made, form)
    return made.getvalue()


def png_of(width: int, height: int) -> bytes:
    """A head that promises so many pixels, and none behind it."""
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 2, 0, 0, 0])
    check = zlib.crc32(b"IHDR" + head).to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4, "big") + b"IHDR" + head + check + bytes(12)


@pytest.fixture
def hosts(settings: Settings, tmp_path: Path) -> Settings:
    settings.VAR_DIR = tmp_path
    settings.IMAGE_HOSTS = ["127.0.0.1"]
    settings.WEBHOOK_ALLOWED_HOSTS = ([], [ipaddress.ip_network("127.0.0.1/32")])
    return settings


def shown(client: Client, url: str) -> Any:
    return client.get(addresses.of(url))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "AVIF"])
def test_a_picture_is_shown_from_here_in_a_sandbox(
    client: Client, hosts: Settings, form: str
) -> None:
    with saying(a=said(picture(form), kind="application/octet-stream")) as site:
        answer = shown(client, f"{site}/a")
    again = shown(client, f"{site}/a")  # nobody answers there any more

    assert answer["Content-Type"] == again["Content-Type"] == f"image/{form.lower()}"
    assert b"".join(answer.streaming_content) == picture(form)
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "max-age=86400" in answer["Cache-Control"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<?xml version='1.0'?><svg/>",
        b"<html><script>alert(1)</script>",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
        b"%PDF-1.4",
        b"BM" + bytes(60),
        png_of(50_000, 50_000),
        png_of(6_000, 6_000),
        png_of(1, 20_000),
        picture("TIFF"),
        picture("BMP"),
        picture()[:20],
    ],
)
def test_what_is_no_picture_is_not_shown(body: bytes) -> None:
    with pytest.raises(checking.NoPicture):
        checking.kind_of(body)


def test_what_failed_is_left_alone_for_a_while(client: Client, hosts: Settings) -> None:
    with saying(a=said(b"<svg/>", kind="image/svg+xml")) as site:
        assert shown(client, f"{site}/a").status_code == 404
    (kept,) = (hosts.VAR_DIR / "images").iterdir()
    assert shown(client, f"{site}/a").status_code == 404  # asked nobody: nobody is there
    assert kept.suffix == ".none"

    os.utime(kept, (0, 0))

    assert not keeping._has_failed(kept.stem)


def test_an_address_that_we_did_not_make_fetches_nothing(client: Client, hosts: Settings) -> None:
    with saying() as site:
        address = addresses.of(f"{site}/a")
        for wrong in (
            "/images",
            "/images?of=http://127.0.0.1/",
            address.replace("a&", "b&"),
            address + "x",
            address.replace("signature=", "signature=%00"),
        ):
            assert client.get(wrong).status_code == 404


def test_a_picture_leads_nowhere_but_among_its_hosts(client: Client, hosts: Settings) -> None:
    with saying(a=said(status=302, Location="https://elsewhere.example/x.png")) as site:
        assert shown(client, f"{site}/a").status_code == 404


def test_few_are_fetched_at_once(
    client: Client, hosts: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "_free", threading.BoundedSemaphore(1))
    monkeypatch.setattr(keeping, "WAIT", 0)
    keeping._free.acquire()

    answer = shown(client, "http://127.0.0.1/x.png")

    assert answer.status_code == 503
    assert answer["Cache-Control"] == "no-store"


def test_the_longest_unused_make_room(hosts: Settings) -> None:
    folder = keeping._folder()
    for number in range(4):
        (folder / f"{number}.png").write_bytes(bytes(100))
        os.utime(folder / f"{number}.png", (number, number))
    hosts.IMAGES_SIZE_MAX = 300

    keeping._make_room()

    assert sorted(path.name for path in folder.iterdir()) == ["2.png", "3.png"]


def test_a_card_shows_pictures_of_the_hosts_and_links_to_the_others(settings: Settings) -> None:
    settings.IMAGE_HOSTS = ["github.com", ".hf.co"]
    text = (
        '![A <b>plot</b> " x](https://github.com/a/b/blob/main/p.png)\n'
        "![Other](https://evil.example/p.png) ![CDN](https://cdn.hf.co/q.png)"
    )

    made = cards.render(text)

    sources = [html.unescape(source) for source in re.findall(r'<img src="([^"]*)"', made)]
    assert len(sources) == 2
    assert all(source.startswith("/images?of=") for source in sources)
    assert "raw%2Fmain%2Fp.png" in sources[0]
    assert made.count('loading="lazy"') == 2
    assert '<a class="image" href="https://evil.example/p.png"' in made


def test_without_hosts_pictures_are_links(settings: Settings) -> None:
    settings.IMAGE_HOSTS = []

    made = cards.render("![A plot](https://github.com/p.png)")

    assert "<img" not in made
    assert '<a class="image" href="https://github.com/p.png"' in made
