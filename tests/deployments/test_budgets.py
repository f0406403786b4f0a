"""Budgets at the doors that spend: none is a way past, and what comes to nothing is free."""

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts import budgets, tokens
from accounts.models import Membership, Reservation, Role, Token, User
from catalog.models import Version
from deployments import actions as lifecycle
from deployments.lifecycle import advance
from deployments.models import Deployment, Prediction, Reason, Status
from deployments.predictions import actions, attending, running
from deployments.predictions.claims import Held
from deployments.predictions.pieces import Pieces
from tests.deployments import deployables, rows
from tests.deployments.driving import drive

if TYPE_CHECKING:
    from tests.deployments.conftest import Deploy
    from tests.deployments.fake_runtime import FakeRuntime

pytestmark = pytest.mark.django_db
DAY, MONEY = ("requests", "day"), ("money", "day")
ASKED = {"input": {"text": "you"}}
USUAL = Decimal("0.0002")  # of two seconds on the hardware of the rows


@pytest.fixture(autouse=True)
def var_dir(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture
def ada(db: None) -> User:
    return rows.user("ada")


@pytest.fixture
def hello() -> Version:
    return rows.version()


@pytest.fixture
def mine(ada: User, hello: Version) -> Deployment:
    return rows.deployment(ada, hello)


@pytest.fixture
def shared(hello: Version) -> Deployment:
    owner = User.objects.create(username=lifecycle.INSTALLATION, is_active=False)
    return rows.deployment(owner, hello, name="shared", is_shared=True, shared_version=hello)


@pytest.fixture
def made(ada: User) -> tuple[Token, Client]:
    token, text = tokens.make(ada, name="ci", scopes=["all"])
    return token, Client(headers={"Authorization": f"Bearer {text}"})


def post(client: Client, path: str, body: Any = None, **headers: str) -> Any:
    return client.post(path, body or {}, content_type="application/json", headers=headers)


def used(subject: Token | User) -> Decimal:
    budget = subject.budgets.get()
    return budgets.amount(budget, budget.used)


def test_no_door_is_a_way_past_a_budget_of_requests(
    ada: User, hello: Version, mine: Deployment, made: tuple[Token, Client], client: Client
) -> None:
    token, program = made
    budgets.set_for(token, {DAY: Decimal(0)})
    version = {**ASKED, "version": hello.version_id}
    of_model = f"/v1/models/{hello.ai_model.full_name}/predictions"
    of_mine = f"/v1/deployments/ada/{mine.name}/predictions"

    answers = [
        post(program, "/v1/predictions", version),
        post(program, "/v1/v1/predictions", version),
        post(program, of_model, ASKED),
        post(program, of_mine, ASKED),
        post(program, of_mine, ASKED, Prefer="wait=5"),
        post(program, of_mine, {**ASKED, "stream": True}),
        post(program, of_mine, ASKED, **{"Idempotency-Key": "once"}),
    ]

    assert [one.status_code for one in answers] == [429] * len(answers)
    limit = answers[0].json()["limit"]
    assert (limit["unit"], limit["most"]) == ("requests", 0)
    assert limit["url"].endswith(f"/account/tokens/{token.pk}#budgets")
    assert int(answers[0]["Retry-After"]) > 0
    assert not Prediction.objects.exists()


@pytest.mark.parametrize("kind", [DAY, MONEY])
def test_none_is_past_what_an_administrator_set(
    ada: User, mine: Deployment, made: tuple[Token, Client], kind: tuple[str, str]
) -> None:
    budgets.set_for(ada, {kind: Decimal(9)})
    budgets.set_for(ada, {kind: Decimal(0)}, is_imposed=True)

    answer = post(made[1], f"/v1/deployments/ada/{mine.name}/predictions", ASKED)

    assert answer.status_code == (429 if kind == DAY else 402)
    assert "An administrator of this site set it" in answer.json()["detail"]
    assert not Prediction.objects.exists()


def test_the_page_is_none_either(
    ada: User, hello: Version, mine: Deployment, client: Client
) -> None:
    budgets.set_for(ada, {MONEY: Decimal(0)})
    client.force_login(ada)

    answers = [
        client.post(f"/deployments/ada/{mine.name}/run", {"input-text": "you"}),
        client.post(f"/models/{hello.ai_model.full_name}/run", {"input-text": "you"}),
    ]

    assert [one.status_code for one in answers] == [402, 402]
    page = answers[0].content.decode()
    assert "A budget is used up" in page and 'href="/account/budgets"' in page
    assert not Prediction.objects.exists()


def test_an_exhausted_budget_starts_nothing_that_all_share(
    ada: User, hello: Version, made: tuple[Token, Client]
) -> None:
    budgets.set_for(made[0], {DAY: Decimal(0)})

    post(made[1], "/v1/predictions", {**ASKED, "version": hello.version_id})

    assert not Deployment.objects.exists()


def test_what_comes_to_nothing_is_not_counted(
    ada: User, mine: Deployment, made: tuple[Token, Client], settings: Settings
) -> None:
    token, program = made
    budgets.set_for(token, {DAY: Decimal(2)})
    path = f"/v1/deployments/ada/{mine.name}/predictions"

    wrong = post(program, path, {"input": {"text": 7}})
    settings.QUEUE_MAX = 0
    full = post(program, path, ASKED)
    settings.QUEUE_MAX = 9
    Deployment.objects.update(wanted=Deployment.Wanted.STOPPED)
    stopped = post(program, path, ASKED)

    assert (wrong.status_code, full.status_code, stopped.status_code) == (422, 429, 409)
    assert used(token) == 0


def test_the_same_key_again_is_the_same_request(
    ada: User, mine: Deployment, made: tuple[Token, Client]
) -> None:
    token, program = made
    budgets.set_for(token, {DAY: Decimal(1)})
    path = f"/v1/deployments/ada/{mine.name}/predictions"

    answers = [post(program, path, ASKED, **{"Idempotency-Key": "once"}) for _ in range(3)]

    assert {one.status_code for one in answers} == {201}
    assert len({one.json()["id"] for one in answers}) == 1
    assert used(token) == 1


def test_an_organisation_pays_whoever_of_its_members_asks(hello: Version) -> None:
    acme = User.objects.create(username="acme", kind=User.Kind.ORGANIZATION)
    deployment = rows.deployment(acme, hello)
    budgets.set_for(acme, {DAY: Decimal(3)})
    done = 0
    for name in ("eva", "finn"):
        member = rows.user(name)
        Membership.objects.create(organization=acme, user=member, role=Role.DEVELOPER)
        client = Client()
        client.force_login(member)
        for _ in range(3):
            path = f"/deployments/acme/{deployment.name}/run"
            done += client.post(path, {"input-text": "you"}).status_code == 302

    assert done == Prediction.objects.count() == 3


def test_what_runs_for_all_is_reserved_and_settled_at_its_end(
    ada: User, hello: Version, shared: Deployment
) -> None:
    budgets.set_for(ada, {MONEY: Decimal(1)})

    prediction = actions.create(ada, version=hello, input={"text": "you"})
    reserved = used(ada)
    prediction.cost = Decimal("0.00005")
    running.note_end(prediction)
    running.note_end(prediction)

    assert reserved == USUAL
    assert used(ada) == Decimal("0.00005")
    assert not Reservation.objects.exists()


def test_what_is_cancelled_while_it_waits_costs_nothing(
    ada: User, hello: Version, shared: Deployment
) -> None:
    budgets.set_for(ada, {MONEY: Decimal(1)})

    actions.cancel(actions.create(ada, version=hello, input={"text": "you"}))

    assert used(ada) == 0


def test_what_runs_beyond_its_budget_is_cancelled_and_says_why(
    ada: User, hello: Version, shared: Deployment
) -> None:
    budgets.set_for(ada, {MONEY: Decimal("0.001")})  # ten seconds
    prediction = actions.create(ada, version=hello, input={"text": "you"})
    instance = rows.instance(shared)
    status = Prediction.Status.PROCESSING
    Prediction.objects.update(status=status, lease_owner="me", instance=instance)
    held = Held(prediction, instance, "me")
    runs = [attending._Run(held, Pieces(held), since=0.0)]

    attending._keep_to_budgets(runs, 9.0)
    in_time = Prediction.objects.get().cancel_asked_at
    attending._keep_to_budgets(runs, 11.0)
    asked = Prediction.objects.get().cancel_asked_at
    canceled = running.Outcome(Prediction.Status.CANCELED, metrics={"predict_time": 11.1})
    running.settle(held, canceled)

    assert in_time is None and asked is not None
    ended = Prediction.objects.get()
    assert (ended.status, ended.reason) == ("canceled", "BudgetReached")
    assert "A budget was used up" in ended.error
    assert used(ada) == Decimal("0.00111")
    assert not Reservation.objects.exists()


def test_ones_own_deployment_is_paid_by_the_second_and_not_twice(
    ada: User, hello: Version, mine: Deployment, made: tuple[Token, Client]
) -> None:
    token, _program = made
    budgets.set_for(ada, {MONEY: Decimal(1)})
    budgets.set_for(token, {MONEY: Decimal(1)})
    ada = User.objects.get()
    ada.token = Token.objects.get()
    mine.owner = ada

    actions.create(ada, version=hello, deployment=mine, input={"text": "you"})

    assert (used(ada), used(token)) == (0, USUAL)


def test_without_budgets_a_prediction_costs_no_statement_more(
    ada: User, hello: Version, mine: Deployment, django_assert_num_queries: Any
) -> None:
    def ask(deployment: Deployment) -> None:
        actions.create(ada, version=hello, deployment=deployment, input={"text": "you"})

    mine.owner = ada
    ask(mine)

    with django_assert_num_queries(6) as without:
        ask(mine)

    asked = " ".join(one["sql"] for one in without)
    assert "accounts_budget" not in asked and "accounts_reservation" not in asked


@pytest.mark.parametrize(
    ("is_imposed", "told"),
    [(False, "Raise it at /account/budgets."), (True, "alone can raise it.")],
)
def test_money_that_is_used_up_starts_nothing_and_says_who_can_raise_it(
    ada: User, mine: Deployment, made: tuple[Token, Client], is_imposed: bool, told: str
) -> None:
    budgets.set_for(ada, {MONEY: Decimal(1)}, is_imposed=is_imposed)
    budgets.charge(None, ada.pk, Decimal(1))
    Deployment.objects.update(wanted=Deployment.Wanted.STOPPED, status=Status.STOPPED)

    response = post(made[1], f"/v1/deployments/ada/{mine.name}/start")

    assert response.status_code == 402
    assert response.json()["limit"]["unit"] == "USD"
    assert response.json()["detail"].endswith(told)
    mine.refresh_from_db()
    assert mine.wanted == Deployment.Wanted.STOPPED


def long_since(deployment: Deployment) -> None:
    earlier = timezone.now() - timezone.timedelta(seconds=100)
    deployment.instances.update(started_at=earlier, billed_until=None)


@pytest.mark.parametrize("payer", ["owner", "token", "administrator"])
def test_instances_are_paid_and_stop_when_the_money_is_out(
    fake: "FakeRuntime", deploy: "Deploy", payer: str
) -> None:
    deployment = drive(
        deploy(hardware=deployables.hardware("dear", price_per_second=Decimal("0.02"))),
        Status.RUNNING,
    )
    token = tokens.make(deployment.owner, name="ci", scopes=["all"])[0]
    subject: Token | User = token if payer == "token" else deployment.owner
    if payer == "token":
        Deployment.objects.update(charged_token_id=token.pk)
    budgets.set_for(subject, {MONEY: Decimal(1)}, is_imposed=payer == "administrator")
    long_since(deployment)

    advance(deployment.pk)
    stopped = drive(deployment, Status.STOPPED)

    assert stopped.reason == Reason.STOPPED_BY_BUDGET
    assert used(subject) >= 2
    assert fake.keys() == set()


def test_the_token_that_deployed_pays_until_somebody_else_changes_it(
    fake: "FakeRuntime", deploy: "Deploy"
) -> None:
    deployment = drive(deploy(), Status.RUNNING)
    owner = deployment.owner
    owner.token = tokens.make(owner, name="ci", scopes=["all"])[0]

    lifecycle.update(deployment, by=owner, max_instances=2)
    deployment.refresh_from_db()
    by_token = deployment.charged_token_id
    lifecycle.update(deployment, by=User.objects.get(pk=owner.pk), max_instances=3)
    deployment.refresh_from_db()

    assert (by_token, deployment.charged_token_id) == (owner.token.pk, None)
