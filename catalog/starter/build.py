"""Builds the starter files from two packages of the public registries.

    python -m catalog.starter.build [--into FOLDER]

Needs `pip` (as a module of this Python) and `npm`, and the network; nothing else of the project.
The same packages give the same bytes wherever Python links the same zlib.
"""

import argparse
import gzip
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

from . import FOLDER, Origin, hub, replicate

LLMFIT_VERSION = "1.1.17"
REPLICATE_VERSION = "1.352.0"
NPM_PACKAGE = "all-the-public-replicate-models"

# The wheel for one fixed platform, so that every machine reads the same program.
ONE_PLATFORM = ["--only-binary=:all:", "--platform", "manylinux_2_17_x86_64"]

NO_LICENSE = "none named by the package"
FACTS_ONLY = "Only facts are taken from it: no descriptions, no examples."


class NotBuilt(Exception):
    """A step that cannot go on, with what to do about it."""


@dataclass(frozen=True, slots=True)
class Package:
    """A downloaded package and what its own metadata says of it."""

    archive: Path
    name: str
    registry: str
    version: str
    license: str
    notice: str
    url: str


def main() -> None:
    parser = argparse.ArgumentParser(description="Builds the starter files of the catalog.")
    parser.add_argument("--into", type=Path, default=FOLDER, help="folder to write to")
    into: Path = parser.parse_args().into
    with tempfile.TemporaryDirectory() as folder:
        try:
            wheel = download_wheel(Path(folder))
            origins = build(wheel, download_tarball(Path(folder)), into)
        except (NotBuilt, hub.NoModelList) as error:
            sys.exit(str(error))
    for origin in origins:
        size = (into / origin.file).stat().st_size
        sys.stdout.write(f"{origin.file}: {origin.records:,} records, {size:,} bytes\n")


def download_wheel(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", *ONE_PLATFORM]
    run([*command, "--dest", str(folder), f"llmfit=={LLMFIT_VERSION}"])
    return next(folder.glob("llmfit-*.whl"))


def download_tarball(folder: Path) -> Path:
    run(
        [
            "npm",
            "pack",
            f"{NPM_PACKAGE}@{REPLICATE_VERSION}",
            "--pack-destination",
            str(folder),
        ]
    )
    return next(folder.glob(f"{NPM_PACKAGE}-*.tgz"))


def run(command: list[str]) -> None:
    """Runs a package client for at most five minutes; its own words tell what went wrong."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)  # noqa: S603
    except FileNotFoundError as error:
        raise NotBuilt(f"{command[0]} is not installed: install it, then run this again") from error
    except subprocess.TimeoutExpired as error:
        raise NotBuilt(f"{' '.join(command)} took over five minutes: try again") from error
    if done.returncode:
        raise NotBuilt(f"{' '.join(command)} failed:\n{done.stderr.strip()}")


def build(wheel: Path, tarball: Path, into: Path) -> list[Origin]:
    """Writes all starter files and ORIGIN.json into the folder."""
    into.mkdir(parents=True, exist_ok=True)
    origins = [*build_hub(wheel, into), *build_replicate(tarball, into)]
    listed = [asdict(origin) | {"date": origin.date.isoformat()} for origin in origins]
    text = json.dumps({"files": listed}, indent=2, ensure_ascii=False)
    (into / "ORIGIN.json").write_text(text + "\n", encoding="utf-8")
    return origins


def build_hub(wheel: Path, into: Path) -> list[Origin]:
    package, license_text, program = read_wheel(wheel)
    records = hub.model_list(program)
    day = hub.newest_date(records)
    lines = hub.lines(records, source=f"llmfit-{day:%Y-%m}")
    (into / "LICENSE-llmfit.txt").write_text(license_text, encoding="utf-8")
    content = write(into / "hub_models.jsonl.gz", "".join(f"{compact(line)}\n" for line in lines))
    return [origin(package, content, day, len(lines))]


def build_replicate(tarball: Path, into: Path) -> list[Origin]:
    package, records, all_runs = read_tarball(tarball)
    models, runs = replicate.models(records), replicate.recent_runs(all_runs)
    day = replicate.newest_date(all_runs)
    models_file = write(into / "replicate_models.json.gz", json_array(models))
    runs_file = write(into / "replicate_stats.json.gz", compact(runs))
    return [
        origin(package, models_file, day, len(models)),
        origin(package, runs_file, day, len(runs)),
    ]


def read_wheel(wheel: Path) -> tuple[Package, str, bytes]:
    """What the wheel says of itself, its license text, and the program."""
    with zipfile.ZipFile(wheel) as archive:
        members = {Path(name).name: name for name in archive.namelist()}
        metadata = HeaderParser().parsestr(archive.read(members["METADATA"]).decode())
        license_text = archive.read(members["LICENSE"]).decode()
        program = archive.read(members["llmfit"])
    stated = metadata["License-Expression"] or metadata["License"]
    package = Package(
        archive=wheel,
        name=metadata["Name"],
        registry="PyPI",
        version=metadata["Version"],
        license=stated or license_text.splitlines()[0].removesuffix(" License"),
        notice=copyright_line(license_text),
        url=project_page(metadata.get_all("Project-URL", [])),
    )
    return package, license_text, program


def read_tarball(tarball: Path) -> tuple[Package, list[dict[str, Any]], dict[str, Any]]:
    """What the npm package says of itself, its models, and their runs by day."""
    with tarfile.open(tarball) as archive:
        manifest = member(archive, "package/package.json")
        models = member(archive, "package/models.json")
        runs = member(archive, "package/stats.json")
    package = Package(
        archive=tarball,
        name=manifest["name"],
        registry="npm",
        version=manifest["version"],
        license=manifest.get("license") or NO_LICENSE,
        notice=FACTS_ONLY,
        url=manifest["repository"],
    )
    return package, models, runs


def member(archive: tarfile.TarFile, name: str) -> Any:
    file = archive.extractfile(name)
    if file is None:
        raise NotBuilt(f"{NPM_PACKAGE}: {name} is no file; use a version that holds it")
    return json.load(file)


def project_page(urls: list[str]) -> str:
    """The home page among a wheel's `label, address` pairs."""
    pages = dict(pair.split(", ", 1) for pair in urls)
    return pages.get("Homepage", "")


def copyright_line(license_text: str) -> str:
    lines = license_text.splitlines()
    return next((line.strip() for line in lines if line.startswith("Copyright")), "")


def origin(package: Package, file: Path, day: date, records: int) -> Origin:
    return Origin(
        file=file.name,
        package=package.name,
        registry=package.registry,
        version=package.version,
        license=package.license,
        notice=package.notice,
        url=package.url,
        date=day,
        records=records,
        sha256=sha256(file),
        package_sha256=sha256(package.archive),
    )


def write(path: Path, text: str) -> Path:
    """Compressed without a time stamp, so that equal facts are equal bytes."""
    path.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))
    return path


def json_array(items: Iterable[Any]) -> str:
    """One item a line, so that a stream can be looked into with ordinary tools."""
    return "[\n" + ",\n".join(map(compact, items)) + "\n]\n"


def compact(value: Any) -> str:
    return json.dumps(
        value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True
    )


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
