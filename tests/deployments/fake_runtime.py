"""A runtime in memory that keeps the same promises; tests/contract holds it to them."""

from dataclasses import dataclass, field, replace

from deployments.runtimes.interface import RuntimeRejected, RuntimeUnavailable, Seen, State, Wanted


@dataclass
class FakeRuntime:
    """`becomes`: what a started instance is found as; `is_away`: as when it cannot be asked."""

    becomes: State = State.READY
    is_away: bool = False
    is_deaf: bool = False  # goes on when it is asked to stop, until it is killed
    seen: dict[str, Seen] = field(default_factory=dict)
    starts: list[Wanted] = field(default_factory=list)

    def start(self, wanted: Wanted) -> None:
        self._answer()
        if not wanted.bundle.is_dir():
            raise RuntimeRejected("The files of this version are missing.", "BundleMissing")
        if wanted.key in self.keys():
            return
        self.starts.append(wanted)
        self.seen[wanted.key] = Seen(
            state=self.becomes,
            address=f"unix:/nowhere/{wanted.key}",
            memory_used=1,
            isolation="none",
            slots=wanted.slots,
        )

    def stop(self, key: str, *, seconds: float = 10) -> bool:
        self._answer()
        if key not in self.keys():
            return True
        if self.is_deaf and seconds > 0:
            return False
        self.end(key, exit_code=0, was_asked=True)
        return True

    def look(self, key: str) -> Seen:
        self._answer()
        return self.seen.get(key, Seen(state=State.UNKNOWN))

    def keys(self) -> set[str]:
        self._answer()
        return {key for key, seen in self.seen.items() if seen.state != State.EXITED}

    def end(self, key: str, *, exit_code: int, **seen: bool) -> None:
        """It dies by itself."""
        self.seen[key] = Seen(state=State.EXITED, exit_code=exit_code, **seen)  # type: ignore[arg-type]

    def make_ready(self, key: str) -> None:
        self.seen[key] = replace(self.seen[key], state=State.READY)

    def _answer(self) -> None:
        if self.is_away:
            raise RuntimeUnavailable("It is away.")
