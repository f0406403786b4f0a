"""What this installation has to run models with."""

import stat
from pathlib import Path

import pytest

from catalog import hardware

GB = 10**9


@pytest.fixture(autouse=True)
def looked_at_anew(settings, monkeypatch):
    settings.HARDWARE_MEMORY = settings.HARDWARE_GPU_MEMORY = None
    hardware._found.cache_clear()
    yield
    hardware._found.cache_clear()


@pytest.fixture
def nvidia_smi(tmp_path, monkeypatch):
    """An nvidia-smi that does what it is told, in place of the driver's."""

    def make(script: str) -> None:
        tool = tmp_path / "nvidia-smi"
        tool.write_text(f"#!/bin/sh\n{script}\n")
        tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", str(tmp_path))

    return make


def test_a_machine_has_processors_and_memory():
    here = hardware.here()

    assert here.cpus >= 1
    assert 10**8 < here.memory < 10**16


def test_each_accelerator_is_told_by_the_drivers_tool(nvidia_smi):
    nvidia_smi("echo 24576; echo 49152")

    here = hardware.here()

    assert here.gpus == (24 * 2**30, 48 * 2**30)
    assert (here.budget, here.devices) == (48 * 2**30, ("gpu",))


@pytest.mark.parametrize("script", ["exit 9", "echo no devices were found", "echo '[N/A]'"])
def test_a_tool_that_fails_finds_nothing(nvidia_smi, script):
    nvidia_smi(script)

    here = hardware.here()

    assert (here.gpus, here.devices) == ((), ())
    assert here.budget == here.memory


def test_settings_say_better_than_what_is_found(nvidia_smi, settings):
    nvidia_smi("echo 24576")
    settings.HARDWARE_MEMORY, settings.HARDWARE_GPU_MEMORY = 64 * GB, [80 * GB, 80 * GB]

    here = hardware.here()

    assert (here.memory, here.gpus) == (64 * GB, (80 * GB, 80 * GB))


def test_no_accelerator_can_be_said_too(nvidia_smi, settings):
    nvidia_smi("echo 24576")
    settings.HARDWARE_GPU_MEMORY = [0]

    assert hardware.here().gpus == ()


@pytest.fixture
def cgroups(tmp_path, monkeypatch):
    """A tree of limits; our own group is /system.slice/web."""
    monkeypatch.setattr(hardware, "CGROUPS", tmp_path)
    monkeypatch.setattr(
        hardware,
        "_place",
        lambda controller: Path("system.slice/web") if not controller else Path(),
    )

    def write(path: str, text: str) -> None:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n")

    return write


def test_a_limit_of_our_own_group_or_of_one_around_it_counts(cgroups):
    cgroups("system.slice/web/memory.max", "max")
    cgroups("system.slice/memory.max", "50000000")
    cgroups("system.slice/web/cpu.max", "150000 100000")

    here = hardware.here()

    assert here.memory == 50_000_000
    assert here.cpus <= 2


def test_limits_of_the_first_version_count_too(cgroups):
    cgroups("memory/memory.limit_in_bytes", "60000000")
    cgroups("cpu/cpu.cfs_quota_us", "50000")
    cgroups("cpu/cpu.cfs_period_us", "100000")

    here = hardware.here()

    assert (here.memory, here.cpus) == (60_000_000, 1)


def test_no_limit_is_none(cgroups):
    cgroups("memory/memory.limit_in_bytes", "9223372036854771712")
    cgroups("cpu/cpu.cfs_quota_us", "-1")
    cgroups("cpu/cpu.cfs_period_us", "100000")

    assert hardware.here().memory > 10**8
