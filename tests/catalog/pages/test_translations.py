"""Everything that is marked for translation speaks Chinese, and the compiled file is the newest."""

import ast
import gettext
import re
from pathlib import Path

from django.conf import settings

FOLDER = Path(settings.BASE_DIR) / "locale" / "zh_Hans" / "LC_MESSAGES"
MESSAGE = re.compile(r'^msgid ((?:"(?:[^"\\]|\\.)*"\n)+)', re.MULTILINE)
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def test_every_sentence_is_translated_with_its_placeholders() -> None:
    source = (FOLDER / "django.po").read_text(encoding="utf-8")
    with (FOLDER / "django.mo").open("rb") as compiled:
        chinese = gettext.GNUTranslations(compiled)

    messages = [
        "".join(map(ast.literal_eval, found[1].split("\n")[:-1]))
        for found in MESSAGE.finditer(source)
    ]
    untranslated = [text for text in messages if text and not _is_known(chinese, text)]
    mismatched = [
        text
        for text in messages
        if text and set(PLACEHOLDER.findall(_in(chinese, text))) != set(PLACEHOLDER.findall(text))
    ]

    assert len(messages) > 250
    assert untranslated == []
    assert mismatched == []
    assert "#, fuzzy" not in source


def _in(chinese: gettext.GNUTranslations, text: str) -> str:
    plural = chinese.ngettext(text, "", 2)
    return plural or chinese.gettext(text)


def _is_known(chinese: gettext.GNUTranslations, text: str) -> bool:
    return text in chinese._catalog or (text, 0) in chinese._catalog  # type: ignore[attr-defined]
