"""Whatever is asked, killed and swept in whatever order: nothing twice, and in the end it is so."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from accounts.models import User
from catalog.models import Version
from deployments import actions, lifecycle
from deployments.models import Deployment, Instance, Release, Status
from deployments.runtimes.interface import State
from tests.deployments import deployables
from tests.deployments.driving import is_settled, told
from tests.deployments.fake_runtime import FakeRuntime


@pytest.mark.django_db
def test_in_any_order_it_ends_as_wanted(own_var_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from deployments.runtimes import choice  # noqa: PLC0415

    ada = User.objects.create_user("ada")
    versions = [deployables.version(f"# {n}", real=False) for n in range(2)]
    hardware = deployables.hardware()

    class Life(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            Deployment.objects.all().delete()
            self.runtime = FakeRuntime()
            monkeypatch.setattr(choice, "runtime", lambda name="local": self.runtime)
            self.deployment = actions.deploy(
                ada,
                ai_model=versions[0].ai_model,
                version=versions[0],
                hardware=hardware,
                name="life",
                min_instances=1,
                max_instances=2,
            )

        @rule(version=st.sampled_from(versions), most=st.integers(1, 2))
        def update(self, version: Version, most: int) -> None:
            actions.update(self.deployment, by=ada, version=version, max_instances=most)

        @rule(number=st.integers(1, 4))
        def roll_back(self, number: int) -> None:
            with suppress(actions.Refused):
                actions.roll_back(self.deployment, by=ada, number=number)

        @rule()
        def stop(self) -> None:
            actions.stop(self.deployment, by=ada)

        @rule()
        def start(self) -> None:
            actions.start(self.deployment, by=ada)

        @rule(becomes=st.sampled_from([State.READY, State.STARTING, State.SETUP_FAILED]))
        def models_become(self, becomes: State) -> None:
            self.runtime.becomes = becomes

        @rule(which=st.integers(0, 3))
        def kill(self, which: int) -> None:
            keys = sorted(self._running())
            if keys:
                self.runtime.end(keys[which % len(keys)], exit_code=-9)

        @rule(is_away=st.booleans())
        def runtime_goes_away(self, is_away: bool) -> None:
            self.runtime.is_away = is_away

        @rule()
        def advance(self) -> None:
            lifecycle.advance(self.deployment.pk, patience=0)

        @rule()
        def sweep(self) -> None:
            lifecycle.sweep()
            with suppress(Exception):
                lifecycle.stop_orphans()

        @invariant()
        def at_most_one_release_serves(self) -> None:
            serving = Release.objects.filter(status=Release.Status.SERVING)
            assert serving.count() <= 1

        @invariant()
        def nothing_runs_that_no_row_knows(self) -> None:
            living = set(Instance.objects.living().values_list("key", flat=True))
            running = {key for key, seen in self.runtime.seen.items() if seen.state != State.EXITED}
            assert running <= living
            assert len(living) <= 4

        def _running(self) -> set[str]:
            return {key for key, seen in self.runtime.seen.items() if seen.state != State.EXITED}

        def teardown(self) -> None:
            self.runtime.is_away, self.runtime.becomes = False, State.READY
            for key, seen in list(self.runtime.seen.items()):
                if seen.state == State.STARTING:
                    self.runtime.make_ready(key)
            for _ in range(60):
                Deployment.objects.update(next_try_at=None)
                Instance.objects.filter(status="stopping").update(slots_taken=0)
                lifecycle.advance(self.deployment.pk, patience=0.05)
                self.deployment.refresh_from_db()
                if is_settled(self.deployment):
                    break
            self._check_end()

        def _check_end(self) -> None:
            row: Any = Deployment.objects.get()
            assert row.observed_generation == row.generation, told(row)
            if row.wanted == Deployment.Wanted.STOPPED:
                assert row.status == Status.STOPPED and not self.runtime.keys(), told(row)
            else:
                assert row.status in (Status.RUNNING, Status.FAILED), told(row)
            if row.status == Status.RUNNING:
                assert row.release_serving == row.release_wanted, told(row)
                assert self.runtime.keys(), told(row)

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=8,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],  # what a failure comes down to takes minutes to find
        ),
    )
