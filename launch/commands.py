"""What `make run`, `make setup` and their like do, in order."""

import http.client
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from launch import (
    broker,
    console,
    debian,
    instance,
    meilisearch,
    models,
    packages,
    parts,
    processes,
    refusal,
)
from launch.instance import Instance
from launch.refusal import Refused
from launch.supervisor import Part, Stopped, Supervisor


def main(arguments: list[str]) -> int:
    command = COMMANDS.get(" ".join(arguments))
    if command is None:
        console.say(f"Say one of: {', '.join(COMMANDS)}. `make help` tells more.")
        return 2
    try:
        return command()
    except Refused as sentence:
        sys.stdout.flush()
        sys.stderr.write(f"{sentence}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def run() -> int:
    """Sets everything up and serves it until Ctrl-C."""
    if os.environ.get("MAKELEVEL"):
        processes.end_with_parent()  # make may be killed as well
    wanted = instance.from_environment(os.environ)
    with instance.claimed(wanted):
        packages.install(for_development=False)
        debian.ensure_what_models_need(packages.VENV / "slipway-asked-for-bubblewrap")
        return _serve(wanted, packages.PYTHON)


def serve() -> int:
    """The same with the environment of the Python that runs this, for a service manager."""
    wanted = instance.from_environment(os.environ)
    with instance.claimed(wanted):
        return _serve(wanted, parts.own_python())


def set_up() -> int:
    """Everything that running and testing need, the servers of the tests included.

    The three are fetched side by side: each waits for its own registry most of the time.
    """
    with ThreadPoolExecutor() as beside:
        servers = beside.submit(debian.ensure_what_tests_need)
        engine = beside.submit(meilisearch.program)
        packages.install(for_development=True)
    servers.result()
    if engine.result() is None:
        console.say(
            "Without a Meilisearch, what needs one is skipped; MEILISEARCH_BIN names yours."
        )
    return 0


def _serve(wanted: Instance, python: Path) -> int:
    try:
        with Supervisor(explain_death=lambda part: explain(part, wanted)) as supervisor:
            _start(supervisor, wanted, python)
            console.say(f"Slipway is ready: open {wanted.address} (Ctrl-C stops it)")
            supervisor.watch()
    except Stopped:
        console.say("Slipway has stopped.")
    finally:
        models.stop_all(wanted.var_dir)
        broker.remove_private_folder(broker.socket_path(wanted.var_dir))
    return 0


def _start(supervisor: Supervisor, wanted: Instance, python: Path) -> None:
    queue = parts.private_redis(wanted, python)
    if queue:
        supervisor.keep(queue)
    if supervisor.run_once(parts.preparation(wanted, python)):
        raise Refused("Slipway was not started; the reason is above.")
    supervisor.keep(
        parts.web(wanted, python), parts.worker(wanted, python), parts.runner(wanted, python)
    )
    _check_that_it_answers(wanted)


def explain(part: Part, wanted: Instance) -> None:
    """A part that dies on a full disk would die again."""
    is_full = shutil.disk_usage(wanted.var_dir).free < 2**20
    if is_full or refusal.is_about_space("\n".join(part.said)):
        raise refusal.disk_full(wanted.var_dir)


def _check_that_it_answers(wanted: Instance) -> None:
    """Any answer will do; this also loads what the first visitor would wait for."""
    host = wanted.address.removeprefix("http://").rpartition(":")[0].strip("[]")
    connection = http.client.HTTPConnection(host, wanted.port, timeout=20)
    try:
        connection.request("GET", "/livez")
        connection.getresponse().read()
    except OSError as error:
        raise Refused(f"{wanted.address} does not answer ({error}); see above.") from error
    finally:
        connection.close()


COMMANDS = {"run": run, "serve": serve, "setup": set_up}
