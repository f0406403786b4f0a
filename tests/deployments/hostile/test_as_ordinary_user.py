"""Root runs the tests of this folder, and of the contract, once more as somebody else."""
# ruff: noqa: PLC0415

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
USER = "61234"
# A view of the files in which the Python and the environments below /root can be read by all.
OPENED = """
set -e
mount --make-rprivate /
for place in "$@"; do
    [ "$place" = -- ] && break
    mkdir -p "$HIDDEN$place"
    mount --bind "$place" "$HIDDEN$place"
done
mount -t tmpfs -o mode=755 tmpfs /root
while [ "$1" != -- ]; do
    mkdir -p "$1"
    mount --bind "$HIDDEN$1" "$1"
    shift
done
shift
exec setpriv --reuid "$WHO" --regid "$WHO" --clear-groups "$@"
"""


TESTS = (
    "tests/deployments/hostile/test_hostile.py",
    "tests/contract/test_runtimes.py::test_what_was_stopped_is_over_and_can_be_stopped_again",
)
# Without isolation there is less to hold; who runs all tests as an ordinary user tries that too.
CHOSEN = "not none and not fake and not fill and not sends_nothing"


def may_make_views() -> bool:
    return not subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode


@pytest.mark.timeout(300)
@pytest.mark.skipif(os.geteuid() != 0, reason="the tests run as an ordinary user already")
@pytest.mark.skipif(not may_make_views(), reason="this container lets root mount nothing")
def test_all_of_it_holds_for_an_ordinary_user(tmp_path: Path) -> None:
    from tests.deployments import cog_environment

    environment = cog_environment.made()
    below_root = [
        str(path)
        for path in (Path(sys.base_prefix), environment.parent, Path(sys.prefix).resolve(), ROOT)
        if path.is_relative_to("/root")
    ]
    home = Path(tempfile.mkdtemp(prefix="slipway-ordinary-", dir="/tmp"))
    home.chmod(0o777)
    view = ["unshare", "-m", "sh", "-c", OPENED, "sh", *below_root, "--"]
    pytest_ = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    try:
        done = subprocess.run(
            [*view, *pytest_, "--basetemp", str(home / "t"), *TESTS, "-k", CHOSEN],
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(home),
                "XDG_CACHE_HOME": str(environment.parents[2]),
                "TMPDIR": str(home),
                "HIDDEN": str(tmp_path),
                "WHO": USER,
            },
            capture_output=True,
            text=True,
        )
    finally:
        shutil.rmtree(home, ignore_errors=True)

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "passed" in done.stdout
