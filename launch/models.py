"""Ends the models that run when Slipway is stopped in good order; a kill leaves them running."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deployments.runtimes.local.runtime import LocalRuntime
from launch import console

SECONDS = 5.0  # for what they are just answering
PATIENCE = 15.0


def stop_all(var_dir: Path) -> None:
    """Its parts are gone by now, so nobody starts new ones."""
    runtime = LocalRuntime(folder=var_dir / "instances")
    ends_at = time.monotonic() + PATIENCE
    with ThreadPoolExecutor(16) as pool:
        while keys := sorted(runtime.keys()):
            list(pool.map(lambda key: runtime.stop(key, seconds=SECONDS), keys))
            if time.monotonic() > ends_at:
                console.say(f"These models could not be stopped: {', '.join(keys)}.")
                return
