"""Virtual environments of bundles: made on first use, kept, shared by all with the same packages.

Only wheels are installed, so that no package runs code of its own while it is installed.
"""

import contextlib
import hashlib
import json
import os
import platform
import secrets
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Exists, Q
from django.db.models.functions import Now

from deployments import leases
from deployments.bundles import keeping
from deployments.bundles.reading import NO_DEPS
from deployments.models import Environment, Instance
from launch import packages

COG = "cog==0.23.1"
LEASE_SECONDS = 30.0
TURN = 0.5  # seconds between two looks at a build
MOST_SECONDS = 1800.0
MOST_LOG = 2 * 2**20  # bytes
MOST_LINE = 8192  # characters
# What an installer needs of our environment: nothing that is secret to a bundle.
PASSED = ("PATH", "HOME", "LANG", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
PASSED_STARTS = ("PIP_", "UV_")
PASSED_ENDS = ("_proxy", "_PROXY")
STEPS = {"Resolved": "Choosing versions", "Prepared": "Unpacking", "Installed": "Installed"}


class BuildFailed(Exception):
    """The message ends with what the installer said."""


def place() -> Path:
    return Path(settings.VAR_DIR) / "environments"


def folder(environment: Environment) -> Path:
    """Where it lies, with bin/python in it; there once its status is ready."""
    return place() / environment.key / "environment"


def log_of(environment: Environment) -> Path:
    return place() / environment.key / "build.log"


def is_whole(environment: Environment) -> bool:
    """Whether its build came to its end, and the Python that it was made with is still there."""
    python = folder(environment) / "bin" / "python"
    is_orphan = python.is_symlink() and not python.exists()
    return (place() / environment.key / "built").exists() and not is_orphan


def for_requirements(requirements: str) -> Environment:
    """The one for these packages under the Python that runs here; not built yet when it is new."""
    version = platform.python_version()
    said = json.dumps([version, COG, requirements])
    key = hashlib.sha256(said.encode()).hexdigest()
    values = {"python_version": version, "requirements": requirements}
    return Environment.objects.get_or_create(key=key, defaults=values)[0]


def ensure(environment: Environment, log: Path | None = None) -> bool:
    """Build it unless it is there; False while somebody else builds it, or when it failed.

    What went wrong is in its `error`; it is tried again once its status is "missing".
    """
    if environment.status == Environment.Status.READY and is_whole(environment):
        Environment.objects.filter(pk=environment.pk).update(last_used_at=Now())
        return True
    lease = _take(environment)
    if not lease:
        return False
    begun = time.monotonic()
    try:
        _build(environment, lease, log or log_of(environment))
    except (BuildFailed, OSError) as error:
        _finish(environment, lease, status=Environment.Status.FAILED, error=str(error))
        return False
    _finish(
        environment,
        lease,
        status=Environment.Status.READY,
        error="",
        python_version=platform.python_version(),
        seconds=time.monotonic() - begun,
        size=_size(folder(environment)),
        built_at=Now(),
        last_used_at=Now(),
    )
    return environment.status == Environment.Status.READY


def remove_unused(environment: Environment) -> bool:
    """With its folder, unless a bundle needs it or somebody builds it."""
    is_free = Q(leased_until=None) | Q(leased_until__lt=Now())
    rows = Environment.objects.filter(is_free, pk=environment.pk, bundles=None)
    if not rows.exists() or not rows.delete()[0]:
        return False
    keeping.discard(place() / environment.key)
    return True


def empty(environment: Environment) -> bool:
    """Without its packages from now on, unless somebody uses or builds it; its log stays."""
    lease = secrets.token_hex(16)
    living = Instance.objects.living().filter(release__version__bundle__environment=environment)
    is_free = Q(leased_until=None) | Q(leased_until__lt=Now())
    ready = Environment.objects.filter(
        is_free, ~Exists(living), pk=environment.pk, status=Environment.Status.READY
    )
    if not ready.update(lease=lease, leased_until=leases.in_time(LEASE_SECONDS)):
        return False
    (place() / environment.key / "built").unlink(missing_ok=True)
    keeping.discard(folder(environment))
    _finish(environment, lease, status=Environment.Status.MISSING, built_at=None, size=None)
    return True


def _take(environment: Environment) -> str:
    lease = secrets.token_hex(16)
    is_free = Q(leased_until=None) | Q(leased_until__lt=Now())
    rows = Environment.objects.filter(is_free, pk=environment.pk)
    taken = rows.exclude(status=Environment.Status.FAILED).update(
        lease=lease,
        leased_until=leases.in_time(LEASE_SECONDS),
        status=Environment.Status.BUILDING,
        step="Making the environment",
        error="",
    )
    return lease if taken else ""


def _note(environment: Environment, lease: str, **fields: object) -> None:
    rows = Environment.objects.filter(pk=environment.pk, lease=lease)
    if not rows.update(leased_until=leases.in_time(LEASE_SECONDS), **fields):
        raise BuildFailed("Somebody else took the build over.")


def _finish(environment: Environment, lease: str, **fields: object) -> None:
    rows = Environment.objects.filter(pk=environment.pk, lease=lease)
    rows.update(lease="", leased_until=None, step="", **fields)
    environment.refresh_from_db()


def _build(environment: Environment, lease: str, log: Path) -> None:
    """In place, as an environment's programs hold its path; its stamp is written last."""
    target = folder(environment)
    stamp = target.parent / "built"
    stamp.unlink(missing_ok=True)
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    lines = [*environment.requirements.splitlines(), COG]
    alone = [line.removesuffix(NO_DEPS).strip() for line in lines if line.endswith(NO_DEPS)]
    others = [line for line in lines if not line.endswith(NO_DEPS)]
    for step, command in _commands(target, others, alone):
        _note(environment, lease, step=step)
        _run(environment, lease, log, command)
    stamp.touch()


def _commands(target: Path, packages: list[str], alone: list[str]) -> list[tuple[str, list[str]]]:
    python, base = str(target / "bin" / "python"), getattr(sys, "_base_executable", sys.executable)
    if uv := _uv():
        make = [uv, "venv", "--quiet", "--no-project", "--python", base, str(target)]
        install = [uv, "pip", "install", "--python", python, "--compile-bytecode"]
    else:
        make = [base, "-m", "venv", str(target)]
        install = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    install += ["--only-binary", ":all:"]
    steps = [("Making the environment", make), ("Installing packages", [*install, *packages])]
    if alone:
        steps.append(("Installing packages", [*install, NO_DEPS, *alone]))
    return steps


def _uv() -> str | None:
    beside = Path(sys.executable).parent / "uv"
    return str(beside) if beside.exists() else shutil.which("uv")


def _run(environment: Environment, lease: str, log: Path, command: list[str]) -> None:
    """Raises BuildFailed with the last lines when the command fails, or takes too long."""
    ends_at = time.monotonic() + MOST_SECONDS
    output = log.with_suffix(".output")
    with output.open("wb") as written:
        process = subprocess.Popen(
            command,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    said: list[str] = []
    try:
        with output.open(encoding="utf-8", errors="replace") as heard:
            is_over = False
            while not is_over:
                is_over = _ends(process)
                lines = [line.strip() for line in heard if line.strip()]
                said = [*said, *lines][-20:]
                _write(log, lines)
                _note(environment, lease, **_step(lines))
                if time.monotonic() > ends_at:
                    raise BuildFailed(f"It took more than {MOST_SECONDS / 60:.0f} minutes.")
    finally:
        _kill(process)
        output.unlink()
    if process.returncode:
        told = [line for line in said if str(place()) not in line]  # is nobody's business
        raise BuildFailed("\n".join(told[-12:]) or f"It ended with {process.returncode}.")


def _ends(process: "subprocess.Popen[bytes]") -> bool:
    """Whether it does so within a moment."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=TURN)
        return True
    return False


def _kill(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _step(lines: list[str]) -> dict[str, str]:
    told = [step for line in lines for start, step in STEPS.items() if line.startswith(start)]
    return {"step": told[-1]} if told else {}


def _write(log: Path, lines: list[str]) -> None:
    with log.open("a", encoding="utf-8") as written:
        for line in lines:
            if written.tell() > MOST_LOG:
                return
            moment = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            entry = {"at": moment, "stream": "out", "text": line[:MOST_LINE]}
            written.write(json.dumps(entry, ensure_ascii=False) + "\n")


def _environment() -> dict[str, str]:
    """With the certificates and the index that Slipway's own packages come by."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if name in PASSED or name.startswith(PASSED_STARTS) or name.endswith(PASSED_ENDS)
    }
    return {**packages.uv_settings(), **ours}


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())
