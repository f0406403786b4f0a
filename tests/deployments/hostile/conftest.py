"""The hostile bundle in a sandbox of each kind that works here, beside things worth stealing."""
# ruff: noqa: PLC0415

import json
import secrets
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from deployments.cog import Answer
    from deployments.runtimes.interface import Seen
    from deployments.runtimes.local.runtime import LocalRuntime

MB = 2**20


@dataclass
class Attacker:
    """Lives for many tests; one that its own attack has ended is started anew."""

    runtime: "LocalRuntime"
    isolation: str
    bundle: Path
    place: Path
    key: str = ""
    is_spent: bool = False

    @property
    def seen(self) -> "Seen":
        return self.runtime.look(self.key)

    @property
    def user(self) -> str:
        """A user of its own, or ours."""
        state = json.loads((self.place / "instances" / self.key / "state.json").read_text())
        return "own" if state["user"] else "ours"

    def revive(self) -> None:
        from deployments.runtimes.interface import State
        from tests.deployments import cog_environment, instances

        if self.key and not self.is_spent and self.seen.state is State.READY:
            return
        self.end()
        self.key, self.is_spent = f"hostile-{secrets.token_hex(4)}", False
        environment = cog_environment.made()
        wanted = instances.wanted(self.key, self.bundle, environment, memory=300 * MB)
        self.runtime.start(wanted)
        seen = instances.settled(self.runtime, self.key)
        assert seen.state is State.READY, seen.detail

    def end(self) -> None:
        from tests.deployments import instances

        if self.key:
            instances.stopped(self.runtime, self.key)
            assert not instances.alive(self.key)

    def tries(self, attack: str, target: str = "", *, seconds: float = 30) -> str:
        answer = self.asks(attack, target, seconds=seconds)
        return str(answer.output) if answer.output is not None else f"failed: {answer.error}"

    def asks(self, attack: str, target: str = "", *, seconds: float = 30) -> "Answer":
        from deployments import cog

        asked = {"attack": attack, "target": target}
        try:
            return cog.predict(self.seen.address, secrets.token_hex(6), asked, seconds=seconds)
        except (cog.Gone, cog.TimedOut):
            self.is_spent = True
            raise


@pytest.fixture(scope="module", params=["bubblewrap", "landlock", "none"])
def isolation(request: pytest.FixtureRequest) -> str:
    from deployments.runtimes.interface import RuntimeRejected
    from deployments.runtimes.local import sandbox

    try:
        return sandbox.choose(request.param)
    except RuntimeRejected as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What stands for VAR_DIR: with the database, the key, and another model's folder."""
    place = tmp_path_factory.mktemp("hostile") / "var"
    (place / "instances" / "other").mkdir(parents=True)
    for name in ("slipway.sqlite3", "secret_key", "instances/other/log.jsonl"):
        (place / name).write_text("a secret")
        (place / name).chmod(0o600)
    return place


@pytest.fixture(scope="module")
def living(place: Path, isolation: str) -> Iterator[Attacker]:
    from deployments.runtimes.local.runtime import LocalRuntime

    bundle = place / "bundles" / isolation
    shutil.copytree(Path(__file__).parent / "bundle", bundle)
    runtime = LocalRuntime(folder=place / "instances", isolation=isolation)
    attacker = Attacker(runtime, isolation, bundle, place)
    yield attacker
    attacker.end()


@pytest.fixture
def attacker(living: Attacker) -> Attacker:
    living.revive()
    return living


@pytest.fixture
def neighbour() -> Iterator[str]:
    """A service of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"
