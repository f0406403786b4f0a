"""Linux's seccomp, without root or a package: which sockets a process may make from here on.

Landlock knows no datagrams. The sockets of Unix stay: Cog's server speaks to its worker by one.
"""

import ctypes
import errno
import os
import struct

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
# What a machine calls itself to the kernel's audit, and its numbers of socket and io_uring_setup,
# with which sockets can be made past any filter of the first.
MACHINES = {"x86_64": (0xC000003E, 41, 425), "aarch64": (0xC00000B7, 198, 425)}
OTHER_ABI = 0x4000_0000  # of x32, which has numbers of its own
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES
LOAD, IF_EQUAL, IF_AT_LEAST, AND, RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
NUMBER, MACHINE, FAMILY, KIND = 0, 4, 16, 24  # where they lie in what a filter is shown
UNIX, INET, INET6 = 1, 2, 10
STREAM, DATAGRAM = 1, 2


def confine(*, has_datagrams: bool) -> bool:
    """Whether it holds: some kernels have no seccomp, and other machines other numbers."""
    known = MACHINES.get(os.uname().machine)
    if known is None:
        return False
    rules = b"".join(_rules(*known, has_datagrams=has_datagrams))
    held = ctypes.create_string_buffer(rules)
    program = struct.pack("HxxxxxxQ", len(rules) // 8, ctypes.addressof(held))
    return bool(LIBC.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0) == 0)


def _rules(machine: int, make: int, ring: int, *, has_datagrams: bool) -> list[bytes]:
    """Each jump counts the steps that it leaves out, when so and when not."""
    return [
        _step(LOAD, MACHINE),
        _step(IF_EQUAL, machine, 0, 12),
        _step(LOAD, NUMBER),
        _step(IF_AT_LEAST, OTHER_ABI, 10, 0),
        _step(IF_EQUAL, ring, 9, 0),
        _step(IF_EQUAL, make, 0, 9),
        _step(LOAD, FAMILY),
        _step(IF_EQUAL, UNIX, 7, 0),
        _step(IF_EQUAL, INET, 1, 0),
        _step(IF_EQUAL, INET6, 0, 4),
        _step(LOAD, KIND),
        _step(AND, 0xF),
        _step(IF_EQUAL, STREAM, 2, 0),
        _step(IF_EQUAL, DATAGRAM if has_datagrams else STREAM, 1, 0),
        _step(RETURN, REFUSE),
        _step(RETURN, ALLOW),
    ]


def _step(code: int, value: int, when: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("HBBI", code, when, otherwise, value)
