"""Real instances for tests: bundles written on the spot, and what to wait for."""

import os
import subprocess
import textwrap
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from deployments.runtimes.interface import Runtime, Seen, State, Wanted

MB = 2**20
SCHEMA_SCRIPT = Path(__file__).parents[2] / "deployments" / "bundles" / "inside" / "schema.py"
PREDICTOR = "predict.py:Predictor"
HELLO = """
    from cog import BasePredictor, Input

    class Predictor(BasePredictor):
        def predict(self, text: str = Input(description="Who")) -> str:
            print("greeting", text)
            return f"hello {text}"
"""


def bundle(place: Path, code: str = HELLO) -> Path:
    place.mkdir(parents=True, exist_ok=True)
    (place / "predict.py").write_text(textwrap.dedent(code))
    for path in (place, place / "predict.py"):
        path.chmod(0o755)
    return place


def write_schema(bundle: Path, environment: Path) -> None:
    """As a pushed version has it; without it Cog streams nothing."""
    kind = "streaming" if "cog.streaming" in (bundle / "predict.py").read_text() else "plain"
    command = [str(environment / "bin" / "python"), str(SCHEMA_SCRIPT), PREDICTOR, kind]
    document = subprocess.run(command, cwd=bundle, capture_output=True, check=True).stdout
    (bundle / ".cog").mkdir()
    (bundle / ".cog" / "openapi_schema.json").write_bytes(document)


def wanted(key: str, bundle: Path, environment: Path, **changes: object) -> Wanted:
    plain = Wanted(
        key=key,
        bundle=bundle,
        environment=environment,
        predictor=PREDICTOR,
        memory=512 * MB,
        cpus=1,
        setup_seconds=60,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def until(is_so: Callable[[], bool], *, seconds: float = 60) -> None:
    ends_at = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends_at, "it did not come to be in time"
        time.sleep(0.02)


def settled(runtime: Runtime, key: str, *, seconds: float = 60) -> Seen:
    """What it is once it is starting no more."""
    until(lambda: runtime.look(key).state is not State.STARTING, seconds=seconds)
    return runtime.look(key)


def stopped(runtime: Runtime, key: str, *, seconds: float = 0) -> None:
    until(lambda: runtime.stop(key, seconds=seconds))


def alive(word: str) -> list[int]:
    """Processes of which the command line or the folder has this word."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            said = (path / "cmdline").read_text(errors="replace")
            state = (path / "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
        except OSError:
            continue
        if word in said and state != "Z" and int(path.name) != os.getpid():
            found.append(int(path.name))
    return found
