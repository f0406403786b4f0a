"""What a prediction costs on top of the bare Cog server, and what open streams cost the others.

    VAR_DIR=... python benchmarks/predictions.py

A model that only sleeps as long as it is told is pushed into that catalog, deployed, and asked:
by itself through its socket, then through Slipway. Budgets: 10 ms on top at p50; 200 open streams
make the search page slower by half at most.
"""

import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

from processes import _pss, manage, said_by, slipway

from deployments import cog

TIMES = 200
STREAMS = 200
SLEEP = 0.05  # seconds of one prediction, for throughput
CODE = """
import time
import cog
from cog import BasePredictor, ConcatenateIterator

class Predictor(BasePredictor):
    @cog.streaming
    def predict(self, text: str, seconds: float = 0, times: int = 1) -> ConcatenateIterator[str]:
        for number in range(times):
            time.sleep(seconds)
            yield f"{text} {number} "
"""
PLAIN = CODE.replace("    @cog.streaming\n", "").replace("ConcatenateIterator[str]", "str")
PLAIN = PLAIN[: PLAIN.index("        for")] + "        time.sleep(seconds)\n        return text\n"
COG = 'build:\n  python_version: "3.11"\npredict: "predict.py:Predictor"\n'
PREPARED = """
from accounts import tokens
from accounts.models import User
from deployments import hardware
user, _ = User.objects.get_or_create(username="bench")
text = tokens.make(user, name="bench", scopes=["all"], days=1)[1]
hardware.ensure()
"""
DEPLOYED = """
from catalog.models import AIModel
from accounts.models import User
from deployments import actions
from deployments import hardware
user = User.objects.get(username="bench")
for one in user.deployments.filter(deleted_at=None):
    actions.delete(one, by=user)
model = AIModel.objects.get(key="bench/{model}")
version = model.versions.filter(bundle__isnull=False).first()
made = actions.deploy(user, ai_model=model, version=version,
    hardware=hardware.smallest_for(version.bundle), name="{model}-{count}",
    min_instances={count}, max_instances={count}, idle_seconds=0)
"""
SEEN = """
from deployments.models import Deployment
found = Deployment.objects.get(name="{name}", owner__username="bench", deleted_at=None)
ready = found.instances.filter(status="ready")
print(found.status, *(one.address for one in ready))
"""


class Api:
    """One connection that stays open, as the clients' do."""

    def __init__(self, port: int, token: str) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def ask(self, name: str, *, wait: bool = True, **input: Any) -> dict[str, Any]:
        headers = {**self.headers, **({"Prefer": "wait"} if wait else {})}
        path = f"/v1/deployments/bench/{name}/predictions"
        self.connection.request("POST", path, json.dumps({"input": input}), headers)
        answer = self.connection.getresponse()
        told: dict[str, Any] = json.loads(answer.read())
        assert answer.status == 201, told
        return told

    def stream(self, id: str) -> HTTPResponse:
        path = f"/v1/predictions/{id}/stream"
        self.connection.request(
            "GET", path, headers={**self.headers, "Accept": "text/event-stream"}
        )
        return self.connection.getresponse()

    def page(self) -> None:
        self.connection.request("GET", "/models?q=llama", headers={"Accept-Encoding": "gzip"})
        self.connection.getresponse().read()


def main() -> None:
    var_dir = os.environ.get("VAR_DIR") or sys.exit("Set VAR_DIR to a catalog.")
    push()
    token = said_by(PREPARED + "print(text)")
    with slipway(VAR_DIR=var_dir) as served:
        started = time.perf_counter()
        [address] = deploy("plain", 1)
        report("click to running", (time.perf_counter() - started) * 1000)
        api = Api(served.port, token)
        measure_overhead(api, address)
        report("memory of an idle instance (PSS), MB", memory_of_instance(address))
        measure_throughput(served.port, token)
        deploy("slow", 1)
        measure_streams(served.port, token)


def push() -> None:
    for name, code in (("plain", PLAIN), ("slow", CODE)):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "cog.yaml").write_text(COG)
            Path(folder, "predict.py").write_text(code)
            manage("push_bundle", folder, f"bench/{name}")


def deploy(model: str, count: int) -> list[str]:
    """The addresses of its instances, once all are ready."""
    said_by(DEPLOYED.format(model=model, count=count))
    while True:
        status, *addresses = said_by(SEEN.format(name=f"{model}-{count}")).split()
        if status == "running" and len(addresses) == count:
            return addresses
        time.sleep(0.1)


def measure_overhead(api: Api, address: str) -> None:
    bare = timed(lambda number: cog.predict(address, f"bench{number}", {"text": "you"}))
    through = timed(lambda _: api.ask("plain-1", text="you"))
    for name, times in (("bare Cog server", bare), ("through Slipway", through)):
        print(f"{name:44} p50 {percentile(times, 50):7.2f}  p99 {percentile(times, 99):7.2f} ms")
    on_top = percentile(through, 50) - percentile(bare, 50)
    report("on top at p50 (budget 10)", on_top)
    report("ratio at p50", percentile(through, 50) / percentile(bare, 50), unit="x")


def measure_throughput(port: int, token: str) -> None:
    for count in (1, 2, 4):
        deploy("plain", count)
        begun = time.perf_counter()
        asked = 40 * count

        def some(number: int, count: int = count) -> None:
            api = Api(port, token)
            for _ in range(5):
                api.ask(f"plain-{count}", text="you", seconds=SLEEP)

        with ThreadPoolExecutor(2 * count) as pool:
            list(pool.map(some, range(asked // 5)))
        seconds = time.perf_counter() - begun
        most = count / SLEEP
        print(
            f"{count} instances, {2 * count} clients: {asked / seconds:6.1f} a second of {most:.0f}"
        )


def measure_streams(port: int, token: str) -> None:
    """All look at one prediction that says a word four times a second."""
    reader = Api(port, token)
    reader.page()
    before = timed(lambda _: reader.page(), times=60)
    told = Api(port, token).ask("slow-1", wait=False, text="word", seconds=0.25, times=400)
    came = [0] * STREAMS
    threads = [
        threading.Thread(target=listen, args=(port, token, told["id"], came, number), daemon=True)
        for number in range(STREAMS)
    ]
    for thread in threads:
        thread.start()
    while min(came) < 2:
        time.sleep(0.1)
    reader = Api(port, token)  # the other was closed meanwhile, as it said nothing
    during = timed(lambda _: reader.page(), times=60)
    print(f"{STREAMS} streams open, each has {min(came)} to {max(came)} pieces")
    for name, times in (("search page, no stream", before), ("search page, streams", during)):
        print(f"{name:44} p50 {percentile(times, 50):7.2f}  p99 {percentile(times, 99):7.2f} ms")
    slower = percentile(during, 50) / percentile(before, 50)
    report("slower with streams (budget 1.5)", slower, unit="x")
    api = Api(port, token)
    api.connection.request("POST", f"/v1/predictions/{told['id']}/cancel", "", api.headers)
    api.connection.getresponse().read()
    for thread in threads:
        thread.join(30)


def listen(port: int, token: str, id: str, came: list[int], number: int) -> None:
    api = Api(port, token)
    with closing(api.connection), api.stream(id) as answer:
        for line in answer:
            came[number] += line.startswith(b"event: output")


def memory_of_instance(address: str) -> float:
    """Of every process that has the instance's folder in its words or as its own folder."""
    place = Path(address.removeprefix("unix:")).parent.name
    found = 0.0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            said = (folder / "cmdline").read_bytes() + bytes((folder / "cwd").readlink())
            if place.encode() in said or place.encode() in (folder / "environ").read_bytes():
                found += _pss(int(folder.name))
        except OSError:
            continue
    return found


def timed(act: Callable[[int], Any], times: int = TIMES) -> list[float]:
    """Milliseconds of each."""
    for number in range(5):
        act(-number - 1)
    taken = []
    for number in range(times):
        started = time.perf_counter()
        act(number)
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def percentile(times: list[float], percent: int) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


def report(name: str, value: float, unit: str = "") -> None:
    print(f"{name:44} {value:11.2f} {unit}")


if __name__ == "__main__":
    main()
