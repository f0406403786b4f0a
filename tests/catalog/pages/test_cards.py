"""Cards are untrusted: what comes out can do nothing, load nothing and take no name of ours."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog import cards
from tests.catalog.pages.hostile import ATTACKS

FORBIDDEN = re.compile(
    r"<(script|style|iframe|object|embed|form|input|button|svg|math|link|meta|base|img|video|audio|"
    r"source|textarea|select|template|frame|frameset|portal|dialog|body|html)\b"
    r"|<[^>]+\s(on\w+|hx-[\w-]+|data-[\w-]+|style|srcset|formaction|ping|target|name|src)\s*="
    r"|<[^>]+\s(?:href|action)\s*=\s*[\"']?\s*(?:javascript|data|vbscript|file):"
    r"|<[^>]+\sid\s*=\s*[\"'](?!user-content-)",
    re.IGNORECASE,
)
# What is fetched by us and shown from here may stand in a card, and only so.
PICTURE = re.compile(
    r'<img src="/images\?of=[^"<>]+" alt="[^"<>]*" loading="lazy" decoding="async">'
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_comes_out_inert(attack: str) -> None:
    html = PICTURE.sub("", cards.render(attack, "https://huggingface.co/a/b/blob/main/"))

    assert not FORBIDDEN.search(html), html


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="<>\"'/= abhximgsrcone()[]!:#`*|-\n\t&;%3Cjavascript", max_size=200))
def test_whatever_is_written_comes_out_inert(text: str) -> None:
    assert not FORBIDDEN.search(cards.render(text))


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="<>\"'/= abhximgsrcone()[]!:#`*|-\n\t&;%3Cjavascript", max_size=200))
def test_what_was_cleaned_is_clean(text: str) -> None:
    once = cards._clean(text, "")

    assert cards._clean(once, "") == once


def test_markdown_becomes_html_below_the_pages_own_heading() -> None:
    html = cards.render("# Usage\n\n| a | b |\n|---|---|\n| 1 | ~~2~~ |\n\n```py\nx < 1\n```")

    assert '<h2 id="user-content-usage">Usage</h2>' in html
    assert "<td><s>2</s></td>" in html
    assert "x &lt; 1" in html


def test_links_lend_no_weight_and_relative_ones_lead_to_the_source() -> None:
    html = cards.render("[there](docs/a.md) [here](#usage)", "https://example.org/m/blob/main/")

    assert 'href="https://example.org/m/blob/main/docs/a.md" rel="nofollow ugc noopener"' in html
    assert 'href="#user-content-usage"' in html


def test_an_image_becomes_a_link_with_its_text() -> None:
    html = cards.render('![A plot](https://example.org/p.png) <img src="x.png" alt="Other">')

    assert '<a class="image" href="https://example.org/p.png"' in html
    assert ">A plot</a>" in html
    assert "Other" in html
    assert "<img" not in html


def test_an_image_inside_a_link_leaves_the_link_with_its_text() -> None:
    html = cards.render("[![Build](https://example.org/b.svg)](https://example.org/ci)")

    assert html.count("<a ") == 1
    assert ">Build</a>" in html


def test_a_card_of_600_kilobytes_is_rendered() -> None:
    assert "<p>" in cards.render("word " * 120_000)


def test_deep_nesting_does_not_break_the_renderer() -> None:
    assert cards.render(">" * 5_000 + "x") is not None
    assert cards.render("<div>" * 5_000) is not None
