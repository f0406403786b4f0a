"""The OpenAPI schema of a predictor, asked of Cog itself in the bundle's own environment."""

import json
import subprocess
from pathlib import Path
from typing import Any

from django.conf import settings

from deployments.bundles.errors import BadBundle
from deployments.bundles.reading import SCHEMA, Contents, as_json
from deployments.runtimes.interface import Wanted
from deployments.runtimes.local import once

SCRIPT = Path(__file__).parent / "inside" / "schema.py"
SECONDS = 120.0
MOST_BYTES = 2**20


def made(contents: Contents, folder: Path, environment: Path) -> dict[str, Any]:
    """Imports the predictor, in the sandbox. Raises BadBundle with what Python said."""
    wanted = Wanted(
        key=f"schema-{contents.digest[:12]}",
        bundle=folder,
        environment=environment,
        predictor=contents.predictor,
        memory=contents.memory,
        cpus=1,
    )
    streaming = "streaming" if contents.is_streaming else "plain"
    words = ["-c", SCRIPT.read_text(encoding="utf-8"), contents.predictor, streaming]
    try:
        done = once.run(wanted, words, isolation=settings.RUNTIME_ISOLATION, seconds=SECONDS)
    except subprocess.TimeoutExpired as error:
        raise BadBundle(f"Importing its predictor took more than {SECONDS:.0f} s.") from error
    if done.returncode:
        raise BadBundle(f"Its predictor cannot be used: {_last(done.stderr, done.returncode)}")
    return _understood(done.stdout)


def brought(contents: Contents) -> dict[str, Any] | None:
    """The schema that lies beside the bundle already, as with the examples that come with us."""
    path = contents.folder / SCHEMA
    if not path.is_file():
        return None
    with path.open(encoding="utf-8", errors="replace") as file:
        return _understood(file.read(MOST_BYTES))


def _understood(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
        properties = found["components"]["schemas"]["Input"]["properties"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadBundle("Its predictor's schema is not as Cog writes it.") from error
    if not isinstance(properties, dict):
        raise BadBundle("Its predictor's schema is not as Cog writes it.")
    return as_json(found, "Its predictor's schema")


def _last(said: str, status: int) -> str:
    lines = [line for line in said.strip().splitlines() if line.strip()]
    return lines[-1][:500] if lines else f"it ended with {status}."
