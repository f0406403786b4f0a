"""Reads a bundle's folder: what its files are, and what its cog.yaml and predictor say."""

import ast
import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from deployments.bundles.errors import BadBundle

MB = 2**20
MOST_FILES = 5_000
MOST_BYTES = 1024 * MB
DEEPEST_CONFIG = 30
OPENING = (
    *(yaml.FlowSequenceStartToken, yaml.FlowMappingStartToken),
    *(yaml.BlockSequenceStartToken, yaml.BlockMappingStartToken),
)
CLOSING = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken)
MOST_CONFIG = 64 * 1024
MOST_CODE = MOST_CARD = MB  # of the predictor's file, and of the card
MOST_REQUIREMENTS = 200
LEAST_MEMORY, USUAL_MEMORY = 64_000_000, 500_000_000
UNITS = {"MB": 10**6, "GB": 10**9, "MIB": 2**20, "GIB": 2**30}
USUAL_SETUP_SECONDS, MOST_SETUP_SECONDS = 300, 3600
SCHEMA = ".cog/openapi_schema.json"
# Never part of a bundle: what tools leave behind.
LEFT_OUT = frozenset({".git", ".cog", "__pycache__", ".venv", ".DS_Store", ".mypy_cache"})
ALONE = "packages_without_dependencies"
NO_DEPS = "--no-deps"  # ends the line of one that is installed alone
PREDICTOR = re.compile(r"([A-Za-z0-9_./-]+\.py):([A-Za-z_][A-Za-z0-9_]*)")
REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(\[[A-Za-z0-9,._ -]*\])?\s*([=<>!~;].*)?")
SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(MB|GB|MiB|GiB)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Contents:
    """A bundle as its folder shows it."""

    folder: Path
    files: tuple[str, ...]  # in order, with forward slashes
    size: int  # bytes
    digest: str  # sha-256 of names and contents
    config: dict[str, Any]
    predictor: str
    requirements: str
    card: str
    memory: int
    setup_seconds: int
    max_concurrency: int
    is_streaming: bool
    wants_network: bool


def read(folder: Path) -> Contents:
    """Raises BadBundle, without having run anything of it."""
    folder = folder.resolve()
    paths = list(_files(folder))
    config = _config(folder)
    predictor = _predictor(folder, config)
    own = _own_settings(config)
    marks = _marks(folder, predictor)
    return Contents(
        folder=folder,
        files=tuple(name for name, _ in paths),
        size=sum(size for _, size in paths),
        digest=_digest(folder, paths),
        config=config,
        predictor=predictor,
        requirements=_requirements(folder, config),
        card=_card(folder),
        memory=_memory(own),
        setup_seconds=_whole(own, "setup_seconds", USUAL_SETUP_SECONDS, 1, MOST_SETUP_SECONDS),
        max_concurrency=_concurrency(config),
        is_streaming="streaming" in marks,
        wants_network=own.get("network") is True,
    )


def _files(folder: Path) -> Iterator[tuple[str, int]]:
    if not folder.is_dir():
        raise BadBundle(f"{folder.name} is not a folder.")
    total = count = 0
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT)
        for name in [*folders, *names]:
            if (Path(place) / name).is_symlink():
                raise BadBundle(
                    f"{_within(folder, place, name)} is a link; put the file itself there."
                )
        for name in sorted(name for name in names if name not in LEFT_OUT):
            path = Path(place) / name
            if not path.is_file():
                raise BadBundle(f"{_within(folder, place, name)} is not a plain file.")
            size = path.stat().st_size
            total, count = total + size, count + 1
            if count > MOST_FILES:
                raise BadBundle(f"It has more than {MOST_FILES:,} files.")
            if total > MOST_BYTES:
                raise BadBundle(f"It is larger than {MOST_BYTES // MB:,} MB.")
            yield _within(folder, place, name), size


def _within(folder: Path, place: str, name: str) -> str:
    within = (Path(place) / name).relative_to(folder).as_posix()
    if not within.isprintable():  # nor is what cannot be written as UTF-8
        raise BadBundle(f"{within!a} cannot be the name of a file in a bundle.")
    return within


def _digest(folder: Path, paths: list[tuple[str, int]]) -> str:
    whole = hashlib.sha256()
    for name, _ in sorted(paths):
        with (folder / name).open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        whole.update(f"{name}\0{content}\n".encode())
    return whole.hexdigest()


def _config(folder: Path) -> dict[str, Any]:
    if not (folder / "cog.yaml").is_file():
        raise BadBundle("It has no cog.yaml; docs/bundles.md shows the smallest one.")
    text = _text(folder, "cog.yaml", MOST_CONFIG)
    try:
        _check_tokens(text)
        found = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise BadBundle(f"Its cog.yaml is not YAML: {error}") from error
    if not isinstance(found, dict) or not isinstance(found.get("build") or {}, dict):
        raise BadBundle('Its cog.yaml must be a mapping with "build" and "predict".')
    return as_json(found, "Its cog.yaml")


def _check_tokens(text: str) -> None:
    """Before it is read whole: aliases multiply, and what is nested deep takes ever longer."""
    depth = 0
    for token in yaml.scan(text):
        if isinstance(token, yaml.AliasToken):
            raise BadBundle("Its cog.yaml has an alias (*name); write out what it stands for.")
        depth += isinstance(token, OPENING) - isinstance(token, CLOSING)
        if depth > DEEPEST_CONFIG:
            raise BadBundle(f"Its cog.yaml is nested deeper than {DEEPEST_CONFIG} times.")


def as_json(found: dict[str, Any], what: str) -> dict[str, Any]:
    """As every database keeps it: PostgreSQL takes no NUL, and JSON no NaN."""
    try:
        text = json.dumps(found, default=str, allow_nan=False, ensure_ascii=False)
        text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise BadBundle(f"{what} says what JSON cannot: {error}.") from error
    if "\\u0000" in text:
        raise BadBundle(f"{what} has a character that is none (NUL).")
    plain: dict[str, Any] = json.loads(text)
    return plain


def _text(folder: Path, name: str, most: int) -> str:
    """Of a file of the bundle; Raises BadBundle when it is too large to be read whole."""
    path = folder / name
    if path.stat().st_size > most:
        raise BadBundle(f"Its {name} is larger than {most // 1024:,} kB.")
    return path.read_text(encoding="utf-8", errors="replace").replace("\0", "")


def _predictor(folder: Path, config: dict[str, Any]) -> str:
    said = config.get("predict") or config.get("run")
    if not said:
        raise BadBundle('Its cog.yaml names no predictor: add predict: "predict.py:Predictor".')
    match = PREDICTOR.fullmatch(str(said))
    if not match or ".." in match[1] or match[1].startswith("/"):
        raise BadBundle(f'predict: {said!r} in cog.yaml must be as in "predict.py:Predictor".')
    file, name = match.groups()
    if not (folder / file).is_file():
        raise BadBundle(f"cog.yaml names {file}, which is not in the bundle.")
    names = {node.name for node in _tree(folder, file).body if isinstance(node, _NAMED)}
    if name not in names:
        raise BadBundle(f"{file} has no {name}; cog.yaml says that it is the predictor.")
    return f"{file}:{name}"


_NAMED = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def _tree(folder: Path, file: str) -> ast.Module:
    if (folder / file).stat().st_size > MOST_CODE:
        raise BadBundle(f"{file} is larger than {MOST_CODE // 1024:,} kB.")
    code = (folder / file).read_bytes()
    try:
        return ast.parse(code, filename=file)
    except SyntaxError as error:
        raise BadBundle(f"{file}, line {error.lineno}: {error.msg}.") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise BadBundle(f"{file} is not Python that can be read: {error}") from error


def _marks(folder: Path, predictor: str) -> set[str]:
    """The decorators of its methods: Cog's `streaming` leaves no trace at run time."""
    file, _, name = predictor.partition(":")
    found = next(node for node in _tree(folder, file).body if getattr(node, "name", "") == name)
    functions = [node for node in ast.walk(found) if isinstance(node, _NAMED)]
    return {
        mark.attr if isinstance(mark, ast.Attribute) else getattr(mark, "id", "")
        for function in functions
        for decorator in function.decorator_list
        for mark in [decorator.func if isinstance(decorator, ast.Call) else decorator]
    }


def _requirements(folder: Path, config: dict[str, Any]) -> str:
    """Its packages, one a line. Options and addresses are refused: they lead elsewhere."""
    build = config.get("build") or {}
    lines = _lines(build, "python_packages")
    if file := build.get("python_requirements"):
        inside = not Path(str(file)).is_absolute() and ".." not in str(file)
        if not inside or not (folder / str(file)).is_file():
            raise BadBundle(f"cog.yaml names {file}, which is not in the bundle.")
        lines += _text(folder, str(file), MOST_CONFIG).splitlines()
    alone = _lines(_own_settings(config), ALONE)
    wanted = [*sorted(_packages(lines)), *(f"{line} {NO_DEPS}" for line in _packages(alone))]
    if len(wanted) > MOST_REQUIREMENTS:
        raise BadBundle(f"It asks for more than {MOST_REQUIREMENTS} packages.")
    return "\n".join(wanted)


def _lines(config: dict[str, Any], name: str) -> list[str]:
    said = config.get(name) or []
    if not isinstance(said, list):
        raise BadBundle(f'{name} in cog.yaml must be a list, as in ["numpy==2.4.0"].')
    return [str(line) for line in said]


def _packages(lines: list[str]) -> list[str]:
    wanted = [line.split(" #")[0].strip() for line in lines]
    wanted = [line for line in wanted if line and not line.startswith("#")]
    for line in wanted:
        if not REQUIREMENT.fullmatch(line) or "@" in line:
            raise BadBundle(f"{line!r} is no requirement as in numpy==2.4.0.")
    return wanted


def _card(folder: Path) -> str:
    is_there = (folder / "README.md").is_file()
    return _text(folder, "README.md", MOST_CARD) if is_there else ""


def _own_settings(config: dict[str, Any]) -> dict[str, Any]:
    own = config.get("slipway") or {}
    if not isinstance(own, dict):
        raise BadBundle('"slipway" in cog.yaml must be a mapping, as in memory: 1GB.')
    return own


def _memory(own: dict[str, Any]) -> int:
    said = own.get("memory")
    if said is None:
        return USUAL_MEMORY
    match = SIZE.fullmatch(str(said).strip())
    if not match:
        raise BadBundle(f"memory: {said!r} in cog.yaml must be as in 1GB or 600MB.")
    return max(LEAST_MEMORY, round(float(match[1]) * UNITS[match[2].upper()]))


def _concurrency(config: dict[str, Any]) -> int:
    concurrency = config.get("concurrency")
    return _whole(concurrency if isinstance(concurrency, dict) else {}, "max", 1, 1, 64)


def _whole(config: dict[str, Any], name: str, usual: int, least: int, most: int) -> int:
    said = config.get(name, usual)
    if isinstance(said, bool) or not isinstance(said, int) or not least <= said <= most:
        raise BadBundle(f"{name}: {said!r} in cog.yaml must be from {least} to {most}.")
    return said
