"""Linux's Landlock by system calls: a process shuts itself in, with no package and no root."""

import ctypes
import os
import struct
from contextlib import suppress

CREATE, ADD_RULE, RESTRICT = 444, 445, 446
LIBC = ctypes.CDLL(None, use_errno=True)
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
READ = EXECUTE | READ_FILE | READ_DIR
OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
BIND_TCP, CONNECT_TCP = 1, 2
ABSTRACT_SOCKETS, SIGNALS = 1, 2


def abi() -> int:
    """Which version the kernel has; 0 for none."""
    version = LIBC.syscall(CREATE, None, 0, 1)
    return version if version > 0 else 0


def confine(*, read: list[str], write: list[str], port: int, has_network: bool) -> None:
    """From here on only these paths, and with TCP only this port, for this process and its own."""
    version = abi()
    if not version:
        raise SystemExit("This kernel has no Landlock.")
    files = (1 << 13) - 1
    files |= (REFER if version >= 2 else 0) | (TRUNCATE if version >= 3 else 0)
    files |= IOCTL_DEV if version >= 5 else 0
    net = BIND_TCP | CONNECT_TCP if version >= 4 and not has_network else 0
    scoped = ABSTRACT_SOCKETS | SIGNALS if version >= 6 else 0
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = LIBC.syscall(CREATE, struct.pack("QQQ", files, net, scoped), size, 0)
    if rules < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
    for path in read:
        _allow(rules, path, READ)
    for path in write:
        _allow(rules, path, files)
    if net:
        _add(rules, 2, struct.pack("QQ", BIND_TCP, port))
    if LIBC.syscall(RESTRICT, rules, 0) < 0:
        raise OSError(ctypes.get_errno(), "landlock_restrict_self")
    os.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    with suppress(FileNotFoundError, PermissionError):
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        is_folder = os.path.isdir(path)  # noqa: PTH112 - pathlib would take a megabyte
        _add(rules, 1, struct.pack("=Qi", rights if is_folder else rights & OF_FILES, place))
        os.close(place)


def _add(rules: int, kind: int, rule: bytes) -> None:
    if LIBC.syscall(ADD_RULE, rules, kind, rule, 0) < 0:
        raise OSError(ctypes.get_errno(), "landlock_add_rule")
