"""A sealed secret is read by whoever has the key, and by nobody who has only the database."""

import pytest
from pytest_django.fixtures import Settings

from config import sealing

OLD, NEW = "old" * 20, "new" * 20


def test_what_was_sealed_opens(settings: Settings) -> None:
    settings.SEALING_KEYS = [OLD]

    sealed = sealing.seal("whsec_秘密")

    assert "whsec" not in sealed
    assert sealing.opened(sealed) == "whsec_秘密"


def test_the_same_secret_is_sealed_differently_each_time() -> None:
    assert sealing.seal("secret") != sealing.seal("secret")


@pytest.mark.parametrize("sealed", ["", "secret", "sealed:", "sealed:gAAAAA", "sealed:秘密"])
def test_what_is_no_sealed_text_is_told_from_one(sealed: str) -> None:
    with pytest.raises(sealing.Unopenable):
        sealing.opened(sealed)


def test_another_key_does_not_open_it(settings: Settings) -> None:
    settings.SEALING_KEYS = [OLD]
    sealed = sealing.seal("secret")

    settings.SEALING_KEYS = [NEW]

    with pytest.raises(sealing.Unopenable, match="add the key that it was sealed with"):
        sealing.opened(sealed)


def test_a_changed_text_does_not_open() -> None:
    sealed = sealing.seal("secret")

    with pytest.raises(sealing.Unopenable):
        sealing.opened(sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:])


def test_a_key_is_exchanged_without_losing_a_secret(settings: Settings) -> None:
    settings.SEALING_KEYS = [OLD]
    sealed = sealing.seal("secret")
    settings.SEALING_KEYS = [NEW, OLD]
    assert sealing.opened(sealed) == "secret"

    sealed = sealing.resealed(sealed)

    settings.SEALING_KEYS = [NEW]
    assert sealing.opened(sealed) == "secret"
