"""Archives, YAML and file names that are traps; each is refused with a sentence."""

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import tokens
from accounts.models import User
from deployments.bundles import reading, unpacking
from deployments.bundles.errors import BadBundle

CODE = "class Predictor:\n    def predict(self, text: str) -> str:\n        return text\n"
PREDICT = 'predict: "predict.py:Predictor"\n'


def tar_of(kind: bytes, name: str = "x", link: str = "/etc/passwd") -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, link
        archive.addfile(member)
    return made.getvalue()


def zip_of(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def lying_zip() -> bytes:
    """Its list says that the file has one byte; it has twenty million."""
    content = zip_of(a=bytes(20_000_000))
    size = (20_000_000).to_bytes(4, "little")
    return content.replace(size, (1).to_bytes(4, "little"))


def nested_zip() -> bytes:
    """Zips are not opened within: their bytes are what counts."""
    return zip_of(**{"cog.yaml": PREDICT.encode(), "more.zip": zip_of(a=bytes(50_000_000))})


@pytest.mark.parametrize(
    ("archive", "sentence"),
    [
        (lambda: tar_of(tarfile.SYMTYPE), "no plain file"),
        (lambda: tar_of(tarfile.LNKTYPE), "no plain file"),
        (lambda: tar_of(tarfile.CHRTYPE), "no plain file"),
        (lambda: tar_of(tarfile.BLKTYPE), "no plain file"),
        (lambda: tar_of(tarfile.FIFOTYPE), "no plain file"),
        (lambda: tar_of(tarfile.REGTYPE, "../x"), "leads out"),
        (lambda: tar_of(tarfile.REGTYPE, "/etc/cron.d/x"), "leads out"),
        (lambda: tar_of(tarfile.REGTYPE, "a/../../x"), "leads out"),
        (lambda: tar_of(tarfile.REGTYPE, "C:\\x"), "leads out"),
        (lambda: tar_of(tarfile.REGTYPE, "..\\x"), "leads out"),
        (lambda: tar_of(tarfile.REGTYPE, "a\nb"), "cannot be the name"),
        (lambda: zip_of(a=bytes(60_000_000)), "times its size"),
        (lambda: gzip.compress(bytes(60_000_000)), "no archive"),
        (lambda: gzip.compress(gzip.compress(bytes(30_000_000))), "no archive"),
        (lambda: b"\x89PNG\r\n\x1a\n" + zip_of(a=b"x"), "no archive"),
        (lambda: b"GIF89a/*" + zip_of(a=b"x"), "no archive"),
        (lambda: b"%PDF-1.4\n" + tar_of(tarfile.REGTYPE), "no archive"),
        (lambda: b"Rar!\x1a\x07\x01\x00" + bytes(100), "no archive"),
        (lambda: b"7z\xbc\xaf\x27\x1c" + bytes(100), "no archive"),
        (lambda: zip_of(a=b"x")[:-30], "no whole zip"),
        (lying_zip, "no archive"),
    ],
)
def test_a_hostile_archive_is_refused_with_its_reason(
    archive: Callable[[], bytes], sentence: str, tmp_path: Path
) -> None:
    target = tmp_path / "bundle"
    target.mkdir()

    with pytest.raises(BadBundle, match=sentence):
        unpacking.unpack(io.BytesIO(archive()), target)

    assert [path for path in tmp_path.iterdir() if path != target] == []


def test_an_archive_in_an_archive_is_a_file(tmp_path: Path) -> None:
    unpacking.unpack(io.BytesIO(nested_zip()), tmp_path)

    assert (tmp_path / "more.zip").stat().st_size < 100_000


ALIASES = "a: &a [x, x, x, x]\n" + "\n".join(
    f"{name}: &{name} [*{before}, *{before}, *{before}, *{before}]"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        (PREDICT + ALIASES, "has an alias"),
        (PREDICT + "x: &x\n  <<: *x\n", "has an alias"),
        (PREDICT + "x: " + "[" * 5000, "is nested deeper"),
        (PREDICT + "x: " + "{a: " * 5000, "is nested deeper"),
        (
            PREDICT + "x:\n" + "".join(f"{' ' * depth}- \n" for depth in range(100)),
            "is nested deeper",
        ),
        (PREDICT + "x: !!python/object/apply:os.system ['id']\n", "is not YAML"),
        (PREDICT + "x: !!python/name:os.system\n", "is not YAML"),
        (PREDICT + "x: " + "y" * 2_000_000, "is larger than"),
        (PREDICT + "x: .nan\n", "JSON cannot"),
        (PREDICT + 'x: "\\0"\n', "NUL"),
    ],
)
def test_a_hostile_yaml_is_refused_with_its_reason(
    config: str, sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "cog.yaml").write_text(config)
    (tmp_path / "predict.py").write_text(CODE)

    with pytest.raises(BadBundle, match=sentence):
        reading.read(tmp_path)


@pytest.fixture
def client(ada: User, settings: Settings, tmp_path: Path) -> Client:
    settings.VAR_DIR = tmp_path
    text = tokens.make(ada, name="test", scopes=["all"])[1]
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {text}"})


@pytest.mark.parametrize(
    "name",
    [
        *("../../x", "/etc/passwd", "a\r\nSet-Cookie: b=c.txt", 'a".html', "\u202egpj.exe"),
        *("x" * 1000, "\0", "<script>1</script>.svg", "CON"),
    ],
)
def test_a_hostile_file_name_names_nothing_but_the_download(
    client: Client, tmp_path: Path, name: str
) -> None:
    part = SimpleUploadedFile("x", b"content", content_type="image/svg+xml")
    part.name, part._name = name, name  # type: ignore[attr-defined]

    answer: Any = client.post("/v1/files", {"content": part})

    assert answer.status_code in (201, 400)
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert all(tmp_path / "files" in path.parents for path in kept)
    if answer.status_code == 201:
        address = answer.json()["urls"]["download"].removeprefix("http://testserver")
        told = client.get(address)
        assert "\n" not in told["Content-Disposition"]
        assert told["Content-Disposition"].startswith("attachment")
        assert told["Content-Type"] == "application/octet-stream"
