"""What every runtime can do: start, stop, list, look. Each call is safe to repeat."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol


class RuntimeUnavailable(Exception):
    """It cannot be asked now; trying again later may help. The message says what was tried."""


class RuntimeRejected(Exception):
    """It says no, and would again: the message says why, in words for the owner.

    `reason` is one of deployments.models.Reason.
    """

    def __init__(self, message: str, reason: str = "RuntimeRejected") -> None:
        super().__init__(message)
        self.reason = reason


class State(StrEnum):
    STARTING = "starting"  # its process is there; setup goes on
    READY = "ready"
    UNHEALTHY = "unhealthy"  # answers no more, or its worker died: stop it and start another
    SETUP_FAILED = "setup-failed"
    EXITED = "exited"  # its processes are gone; `exit_code` or `signal` says how
    UNKNOWN = "unknown"  # nothing is known of this key: never started, or forgotten


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One instance to start. `key` names it: starting a key that is there starts nothing."""

    key: str
    bundle: Path  # folder with the bundle's files; never written to
    environment: Path  # folder of its virtual environment
    predictor: str  # as in predict.py:Predictor
    memory: int  # bytes
    cpus: float
    slots: int = 1  # predictions at a time
    setup_seconds: int = 300
    has_network: bool = False
    variables: dict[str, str] = field(default_factory=dict)  # for the model; no secrets of ours


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a look at one key found."""

    state: State
    address: str = ""  # unix:/path/to/socket or http://127.0.0.1:port, once there is one
    detail: str = ""  # last words, for people
    exit_code: int | None = None
    was_asked: bool = False  # EXITED because of stop(), or with Slipway or its machine: no crash
    is_out_of_memory: bool = False
    is_port_taken: bool = False
    is_setup_timed_out: bool = False  # SETUP_FAILED because `setup_seconds` were over
    memory_used: int | None = None  # bytes of all its processes
    isolation: str = ""  # bubblewrap, landlock, none
    slots: int = 1


class Runtime(Protocol):
    """Raises RuntimeUnavailable or RuntimeRejected, nothing else, and never blocks for long."""

    def start(self, wanted: Wanted) -> None:
        """Returns once the processes are on their way; look() tells when it is ready."""

    def stop(self, key: str, *, seconds: float = 10) -> bool:
        """Ask it to end; after `seconds` since the first asking it is killed with all its children.

        True when nothing of it is left. Returns soon: call again until True.
        """

    def look(self, key: str) -> Seen: ...

    def keys(self) -> set[str]:
        """Every key of which something runs here."""
