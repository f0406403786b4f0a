"""A wrong or missing setting stops the start with a sentence that says what to set."""

import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from launch.instance import ROOT
from tests.conftest import SETTINGS

Read = Callable[..., dict[str, Any]]
PRODUCTION = {
    "DEBUG": "false",
    "SECRET_KEY": "k" * 25 + "0123456789-abcdefghijklmno",
    "SEALING_KEYS": "s" * 25 + "0123456789-abcdefghijklmno",
    "ALLOWED_HOSTS": "models.example.org",
    "PUBLIC_URL": "https://models.example.org",
    "TRUSTED_PROXIES": "1",
}


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Read:
    """Reads the settings anew from the given environment."""

    def read_from(**environment: str) -> dict[str, Any]:
        for name in SETTINGS:
            monkeypatch.delenv(name, raising=False)
        for name, value in {"VAR_DIR": str(tmp_path / "var"), **environment}.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "config" / "settings.py"))

    return read_from


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("DEBUG", "maybe", "set it to true or false"),
        ("LOCAL", "perhaps", "set it to true or false"),
        ("PORT", "http", "set it to a whole number"),
        ("PORT", "0", "set it to a whole number from 1"),
        ("DATABASE_URL", "mysql://root@localhost/slipway", "set it as in postgresql://"),
        ("DATABASE_URL", "slipway.db", "set it as in postgresql://"),
        ("DATABASE_URL", "postgresql://localhost", "names no database"),
        ("SEARCH_URL", "localhost:7700", "set it as in http://"),
        ("BROKER_URL", "kafka://localhost", "set it as in redis://"),
        ("CACHE_URL", "memcached://localhost", "set it as in redis://"),
        ("PUBLIC_URL", "models.example.org", "set it as in https://"),
        ("EMAIL_URL", "mail.example.org", "set it as in smtp+tls://"),
        ("WEBHOOK_ALLOWED_HOSTS", "10.0.0.0/33", "set it as in hooks.intranet"),
        ("TRUSTED_PROXIES", "nginx", "set it as in 10.0.0.0/8"),
        ("TRUSTED_PROXIES", "10.0.0.1/8", "set it as in 10.0.0.0/8"),
        ("LIMIT_PER_ADDRESS", "many", "as in 3000/300, or off"),
        ("LIMIT_PER_USER", "0/60", "as in 3000/300, or off"),
        ("PROXY_HEADER", "x-real-ip", "set it to one of forwarded, x-forwarded-for"),
        ("SEALING_KEYS", "short,keys", "give each 50 or more random characters"),
        ("GITHUB_CLIENT_ID", "x", "GITHUB_CLIENT_SECRET is not; set it too"),
        ("GOOGLE_CLIENT_SECRET", "x", "GOOGLE_CLIENT_ID is not; set it too"),
        ("OPENID_SERVER_URL", "login.example.org", "set it as in https://login"),
        ("OPENID_SERVER_URL", "https://login.example.org", "OPENID_CLIENT_ID is not; set it"),
        ("SIGN_UP", "ajar", "set it to one of closed, open"),
        ("SIGN_UP_DOMAINS", "example", "set it as in example.org"),
        ("SIGN_UP_DOMAINS", "example.org", "EMAIL_URL is not; set it too"),
        ("CURRENCY", "eur", "set it to three capital letters, as in EUR"),
        ("CURRENCY", "EURO", "set it to three capital letters, as in EUR"),
        ("LOG_LEVEL", "LOUD", "set it to one of DEBUG, INFO"),
    ],
)
def test_a_wrong_value_is_named_with_what_would_be_right(
    read: Read, name: str, value: str, advice: str
) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        read(**{name: value})

    assert name in str(refused.value)
    assert advice in str(refused.value)


@pytest.mark.parametrize("missing", ["SECRET_KEY", "SEALING_KEYS", "ALLOWED_HOSTS", "PUBLIC_URL"])
def test_production_asks_for_what_has_no_safe_default(read: Read, missing: str) -> None:
    rest = {name: value for name, value in PRODUCTION.items() if name != missing}

    with pytest.raises(ImproperlyConfigured, match=f"{missing} is not set; set it to"):
        read(**rest)


def test_sign_up_is_open_on_this_machine_and_for_the_domains_that_are_named(read: Read) -> None:
    domains = {"SIGN_UP_DOMAINS": "@Example.org", "EMAIL_URL": "smtp://127.0.0.1"}

    assert read()["SIGN_UP"] == "open"
    assert read(**PRODUCTION)["SIGN_UP"] == "closed"
    assert read(**PRODUCTION, **domains)["SIGN_UP"] == "open"
    assert read(**PRODUCTION, **domains)["SIGN_UP_DOMAINS"] == ["example.org"]


def test_a_folder_that_cannot_be_made_is_named(read: Read, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ImproperlyConfigured, match=r"VAR_DIR is .*file/var, which cannot be made"):
        read(VAR_DIR=str(tmp_path / "file" / "var"))


def test_development_keeps_one_secret_for_every_process(read: Read, tmp_path: Path) -> None:
    first, second = read()["SECRET_KEY"], read()["SECRET_KEY"]

    assert first == second
    assert len(first) >= 50
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o077 == 0


def test_development_keeps_a_key_that_seals_too(read: Read, tmp_path: Path) -> None:
    assert read()["SEALING_KEYS"] == read()["SEALING_KEYS"]
    assert (tmp_path / "var" / "sealing_key").stat().st_mode & 0o077 == 0


def test_several_keys_may_open_what_was_sealed(read: Read) -> None:
    assert read(SEALING_KEYS=f"{'a' * 40}, {'b' * 40}")["SEALING_KEYS"] == ["a" * 40, "b" * 40]


def test_without_a_database_url_everything_is_in_the_state_folder(
    read: Read, tmp_path: Path
) -> None:
    settings = read()

    assert settings["DATABASES"]["default"]["ENGINE"] == "django.db.backends.sqlite3"
    assert settings["DATABASES"]["default"]["NAME"] == tmp_path / "var" / "slipway.sqlite3"
    assert settings["BROKER_URL"] == f"redis+socket://{tmp_path / 'var' / 'redis.sock'}"


def test_a_postgresql_url_means_psycopg_with_its_pool(read: Read) -> None:
    database = read(DATABASE_URL="postgresql://ann:secret@db.example.org:5433/models")["DATABASES"][
        "default"
    ]

    assert database["ENGINE"] == "config.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == (
        "db.example.org",
        5433,
        "models",
    )
    assert "pool" in database["OPTIONS"]


def test_the_deployment_check_is_clean_with_production_settings(tmp_path: Path) -> None:
    checked = _manage("check", "--deploy", "--fail-level", "WARNING", tmp_path, **PRODUCTION)

    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


def test_a_command_stops_with_the_sentence_alone(tmp_path: Path) -> None:
    stopped = _manage("check", tmp_path, DEBUG="maybe")

    assert stopped.returncode == 1
    assert stopped.stderr == ("Slipway cannot start: DEBUG is 'maybe'; set it to true or false.\n")


def _manage(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a management command; the last word is the folder of its state."""
    *arguments, var_dir = words
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", *arguments],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(var_dir), **environment},
        timeout=60,
    )
