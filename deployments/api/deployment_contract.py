"""What the contract (openapi.json) says of the routes of deployments and hardware."""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers

from catalog.api import contract
from config.api.contract import PROBLEM
from config.api.reading import AmountField
from deployments.api import owners
from deployments.models import Deployment, Release, Status
from deployments.wishes import LONGEST_IDLE, MOST_INSTANCES

View = TypeVar("View", bound=Callable[..., Any])
Text = serializers.CharField
Whole = serializers.IntegerField
Moment = serializers.DateTimeField


class CreatedByShape(serializers.Serializer[None]):
    type = serializers.ChoiceField(["user", "organization"])
    username = Text()
    name = Text()
    avatar_url = Text(allow_null=True)
    github_url = Text(allow_null=True)


class ConfigurationShape(serializers.Serializer[None]):
    hardware = Text(help_text="Its sku.")
    min_instances = Whole()
    max_instances = Whole()
    idle_seconds = Whole(help_text="Without a request until it sleeps; 0: never.")


class ReleaseShape(serializers.Serializer[None]):
    number = Whole()
    model = Text(help_text="owner/name.")
    version = Text(help_text="The version's id.")
    created_at = Moment()
    created_by = CreatedByShape(allow_null=True)
    configuration = ConfigurationShape()
    status = serializers.ChoiceField(Release.Status.values)
    reason = Text(allow_null=True, help_text="Why it failed, as a word.")
    detail = Text(help_text="What the part that failed said of it.")
    note = Text(help_text="What was changed.")
    served_at = Moment(allow_null=True)
    ended_at = Moment(allow_null=True)


class ConditionShape(serializers.Serializer[None]):
    type = serializers.ChoiceField(["EnvironmentReady", "Placed", "Ready", "UpToDate"])
    status = serializers.BooleanField()
    reason = Text(allow_null=True, help_text="Why it is not so, as a word.")
    since = Moment(allow_null=True)


class InstanceShape(serializers.Serializer[None]):
    key = Text()
    release = Whole(help_text="The number of its release.")
    status = Text()
    reason = Text(allow_null=True)
    isolation = Text(help_text="What keeps it from all else: bubblewrap, landlock, none.")
    memory = Whole(help_text="Bytes that it may use.")
    memory_used = Whole(allow_null=True, help_text="Bytes when it was last looked at.")
    slots = Whole(help_text="Predictions that it takes at a time.")
    slots_taken = Whole()
    started_at = Moment()
    ready_at = Moment(allow_null=True)


class DeploymentUrlsShape(serializers.Serializer[None]):
    web = serializers.URLField(help_text="Its page.")
    get = serializers.URLField()
    predictions = serializers.URLField(help_text="POST an input here.")


class LoadShape(serializers.Serializer[None]):
    queued = Whole(help_text="Predictions that wait.")
    instances_ready = Whole()
    instances = Whole(help_text="With those that start or end.")
    slots_taken = Whole()


class DeploymentShape(serializers.Serializer[None]):
    owner = Text()
    name = Text()
    current_release = ReleaseShape(help_text="The one that is wanted.")
    serving_release = Whole(allow_null=True, help_text="The number of the one that answers.")
    wanted = serializers.ChoiceField(Deployment.Wanted.values)
    status = serializers.ChoiceField(Status.values)
    reason = Text(allow_null=True, help_text="Why it stands there, as a word.")
    sentence = Text(help_text="The same for people.")
    next_action = Text(help_text="What to do about it; empty when nothing needs to be done.")
    detail = Text(help_text="What the part that failed said of it.")
    conditions = ConditionShape(many=True)
    instances = InstanceShape(many=True)
    metrics = LoadShape()
    created_at = Moment()
    status_changed_at = Moment()
    stop_at = Moment(allow_null=True)
    budget = serializers.FloatField(allow_null=True)
    cost = serializers.FloatField(help_text="So far.")
    currency = Text()
    price_per_second = serializers.FloatField(help_text="Of one instance.")
    urls = DeploymentUrlsShape()


class DeploymentListShape(serializers.Serializer[None]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = DeploymentShape(many=True)


class ReleaseListShape(serializers.Serializer[None]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = ReleaseShape(many=True)


class ChangeShape(serializers.Serializer[None]):
    version = Text(required=False, max_length=200, help_text="The version's id.")
    hardware = Text(required=False, max_length=40, help_text="A sku of GET /v1/hardware.")
    min_instances = Whole(required=False, min_value=0, max_value=MOST_INSTANCES)
    max_instances = Whole(required=False, min_value=1, max_value=MOST_INSTANCES)
    idle_seconds = Whole(
        required=False,
        min_value=0,
        max_value=LONGEST_IDLE,
        help_text="Without a request until it sleeps; 0: never.",
    )
    stop_at = Moment(required=False, allow_null=True, help_text="It is stopped then.")
    budget = AmountField(
        14, 6, required=False, allow_null=True, help_text="It is stopped when it has cost so much."
    )


class DeployShape(ChangeShape):
    owner = Text(
        required=False,
        max_length=150,
        help_text="Who has it and pays for it: an organisation in which you are a developer. "
        "Yourself, or the organisation of your token, unless said.",
    )
    name = Text(max_length=64, help_text="Small letters, digits and hyphens.")
    model = Text(max_length=300, help_text="owner/name.")
    version = Text(
        required=False, max_length=200, help_text="The newest that runs here, unless said."
    )
    hardware = Text(
        required=False,
        max_length=40,
        help_text="A sku of GET /v1/hardware; the smallest that holds it, unless said.",
    )


class RollBackShape(serializers.Serializer[None]):
    number = Whole(min_value=1, help_text="The release to go back to.")


class HardwareShape(serializers.Serializer[None]):
    name = Text()
    sku = Text()
    cpus = serializers.FloatField()
    memory = Whole(help_text="Bytes that one instance may use.")
    accelerator = Text(allow_null=True)
    accelerator_memory = Whole(allow_null=True, help_text="Bytes.")
    price_per_second = serializers.FloatField(help_text="0 when it costs nothing.")
    currency = Text()
    count = Whole(allow_null=True, help_text="How many at a time; null: as memory holds.")


class PreflightShape(serializers.Serializer[None]):
    fits = serializers.BooleanField(help_text="Whether there is room for it now.")
    is_possible = serializers.BooleanField(help_text="Whether there would be, were nothing else.")
    hardware = Text()
    lines = serializers.ListField(child=Text(), help_text="The arithmetic.")
    made = serializers.ListField(child=Text(), help_text="What deploying would make.")
    cost_per_hour = serializers.FloatField(help_text="Of all instances, awake.")
    cost_per_day = serializers.FloatField()
    cost_per_day_at_load = serializers.FloatField(
        allow_null=True, help_text="Of the load that the request tells of."
    )
    currency = Text()


class PreflightRequestShape(DeployShape):
    name = Text(required=False, max_length=64)
    owner = None  # type: ignore[assignment]
    requests_per_day = Whole(required=False, min_value=0, max_value=10**9)
    seconds_each = serializers.FloatField(required=False, min_value=0, max_value=86_400)


NAMED = [
    OpenApiParameter("owner", str, "path", description="Whose deployment it is."),
    OpenApiParameter("name", str, "path", description="The deployment's name."),
]
KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    "header",
    description="The same key and wish again is the same deployment; with another wish: 422.",
)
ERRORS = {400: PROBLEM, 401: PROBLEM, 403: PROBLEM}


def _operation(
    operation_id: str, summary: str, description: str, *, answers: dict[int, Any], **said: Any
) -> Callable[[View], View]:
    return extend_schema(
        operation_id=f"deployments.{operation_id}",
        summary=summary,
        description=description,
        responses={**answers, **ERRORS},
        tags=["Deployments"],
        **said,
    )


ONE = {200: DeploymentShape, 404: PROBLEM}
list_deployments = _operation(
    "list",
    "List deployments",
    "Your own and those of your organisations, the newest first.",
    parameters=[owners.OWNER, *contract.PAGE],
    answers={200: DeploymentListShape},
)
create = _operation(
    "create",
    "Deploy a model",
    "Answers at once; `status`, `reason` and `sentence` tell how far it has come.",
    parameters=[KEY],
    request=DeployShape,
    answers={201: DeploymentShape, 402: PROBLEM, 422: PROBLEM},
)
preflight = _operation(
    "preflight",
    "Reckon what a deployment would be",
    "Nothing is made: whether it fits here now, with the arithmetic, and what it would cost.",
    request=PreflightRequestShape,
    answers={200: PreflightShape},
)
get = _operation("get", "Get a deployment", "As it is now.", parameters=NAMED, answers=ONE)
update = _operation(
    "update",
    "Change a deployment",
    "Makes a new release, which serves once it is ready; until then the old one answers. One "
    "that does not become ready is rolled back, and its `reason` says why.",
    parameters=NAMED,
    request=ChangeShape,
    answers=ONE,
)
delete = _operation(
    "delete",
    "Delete a deployment",
    "It is seen no more at once, its instances end, and its name is free again.",
    parameters=NAMED,
    answers={204: None, 404: PROBLEM},
)
stop = _operation(
    "stop",
    "Stop a deployment",
    "Its instances end; it costs nothing until it is started.",
    parameters=NAMED,
    request=None,
    answers=ONE,
)
start = _operation(
    "start",
    "Start a deployment",
    "After a stop, or to try again what failed. 402: a budget of money is used up.",
    parameters=NAMED,
    request=None,
    answers={**ONE, 402: PROBLEM},
)
list_releases = _operation(
    "releases.list",
    "List the releases of a deployment",
    "The newest first.",
    parameters=[*NAMED, *contract.PAGE],
    answers={200: ReleaseListShape, 404: PROBLEM},
)
roll_back = _operation(
    "rollback",
    "Go back to an earlier release",
    "What it was becomes a new release.",
    parameters=NAMED,
    request=RollBackShape,
    answers=ONE,
)
list_hardware = extend_schema(
    operation_id="hardware.list",
    summary="List hardware",
    description="What instances may run on here, as a bare list.",
    responses={200: HardwareShape(many=True), 401: PROBLEM, 403: PROBLEM},
    tags=["Hardware"],
)
