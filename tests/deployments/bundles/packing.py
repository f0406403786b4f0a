"""Archives as people send them, and as nobody should."""

import io
import tarfile
import zipfile
from pathlib import Path

Content = dict[str, bytes]


def zipped(files: Content) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return whole.getvalue()


def tarred(files: Content, mode: str = "w:gz", **member: object) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            told = tarfile.TarInfo(name)
            told.size = len(content)
            for field, value in member.items():
                setattr(told, field, value)
            archive.addfile(told, io.BytesIO(content))
    return whole.getvalue()


def files_of(folder: Path) -> Content:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
