"""A sealed secret is read by whoever has the key, and by nobody who has only the database."""

from collections.abc import Callable
from importlib import import_module
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from accounts.models import User
from catalog.models import SavedSearch
from catalog.saved import actions, tokens
from config import sealing, webhooks
from deployments.models import WebhookKey
from deployments.webhooks import keys
from tests.copies import everything_in_the_database
from tests.staff import SECRET, with_second_factor

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


@pytest.fixture
def secrets(settings: Settings, ada: User) -> Callable[[], list[str]]:
    """Reads what ada's receivers hold, the former secrets too; made under the old key."""
    settings.SEALING_KEYS = [OLD]
    keys.of(ada)
    keys.renew(ada)
    saved = SavedSearch.objects.create(owner=ada, name="all")
    actions.renew_webhook_secret(saved)

    def read() -> list[str]:
        saved.refresh_from_db()
        both = [keys.of(ada), tokens.webhook_key(saved)]
        return [secret for key in both for secret in (key.secret, key.former)]

    return read


@pytest.mark.django_db
def test_no_copy_of_the_database_holds_a_secret(secrets: Callable[[], list[str]]) -> None:
    told = secrets()

    dump = everything_in_the_database()

    assert len(set(told)) == 4
    assert [secret for secret in told if secret.removeprefix("whsec_") in dump] == []
    assert dump.count(sealing.MARK) == 4


@pytest.mark.django_db
def test_reseal_lets_the_former_key_go(
    settings: Settings, secrets: Callable[[], list[str]]
) -> None:
    told = secrets()
    settings.SEALING_KEYS = [NEW, OLD]
    said = StringIO()

    call_command("reseal", stdout=said)

    settings.SEALING_KEYS = [NEW]
    assert secrets() == told
    assert said.getvalue() == "4 secrets are sealed with the first of SEALING_KEYS.\n"


@pytest.mark.django_db
def test_reseal_reaches_the_secrets_of_second_factors(settings: Settings, ada: User) -> None:
    settings.SEALING_KEYS = [OLD]
    with_second_factor(ada)
    settings.SEALING_KEYS = [NEW, OLD]

    call_command("reseal", stdout=StringIO())

    settings.SEALING_KEYS = [NEW]
    kept = Authenticator.objects.get(user=ada, type=Authenticator.Type.TOTP).data["secret"]
    assert SECRET not in everything_in_the_database()
    assert sealing.opened(kept) == SECRET


@pytest.mark.django_db
def test_reseal_names_what_it_cannot_open_and_does_the_rest(
    settings: Settings, secrets: Callable[[], list[str]]
) -> None:
    SavedSearch.objects.update(webhook_secret="sealed:broken")
    settings.SEALING_KEYS = [NEW, OLD]
    complaints = StringIO()

    with pytest.raises(CommandError, match="1 rows could not be opened"):
        call_command("reseal", stdout=StringIO(), stderr=complaints)

    settings.SEALING_KEYS = [NEW]
    assert "catalog.SavedSearch" in complaints.getvalue()
    assert keys.of(User.objects.get(username="ada")).secret.startswith("whsec_")


@pytest.mark.django_db
def test_another_secret_key_changes_no_secret_that_receivers_hold(
    settings: Settings, secrets: Callable[[], list[str]]
) -> None:
    told = secrets()

    settings.SECRET_KEY = "another" * 10

    assert secrets() == told


@pytest.mark.django_db
def test_what_was_derived_is_sealed_as_it_was(ada: User) -> None:
    """Receivers of 0.1 notice nothing, before the migration and after."""
    saved = SavedSearch.objects.create(owner=ada, name="old", webhook_secret="")
    WebhookKey.objects.create(owner=ada, secret="", nonce="new", former_nonce="former")
    before = [keys.of(ada), tokens.webhook_key(saved)]
    assert keys.of(ada).secret == webhooks.derived(f"webhooks of {ada.pk}", "new")

    for name in (
        "catalog.migrations.0014_seal_secrets_of_saved_searches",
        "deployments.migrations.0007_seal_secrets_of_webhooks",
    ):
        import_module(name).seal(apps, None)

    saved.refresh_from_db()
    assert [keys.of(ada), tokens.webhook_key(saved)] == before
    assert everything_in_the_database().count(sealing.MARK) == 3
