from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path

from . import views

OF_ONE = "deployments/<str:owner>/<str:name>"
OF_A_MODEL = "models/<str:owner>/<path:name>"
Respond = Callable[..., HttpResponseBase]


def by_method(get: Respond, post: Respond) -> Respond:
    """A page that is looked at and sent to under one address."""

    def respond(request: HttpRequest, **names: Any) -> HttpResponseBase:
        return (post if request.method == "POST" else get)(request, **names)

    return respond


urlpatterns: list[URLPattern] = [
    path("deployments", views.deployments, name="deployments"),
    path(OF_ONE, views.deployment, name="deployment"),
    path(f"{OF_ONE}/part", views.deployment_part, name="deployment_part"),
    path(
        f"{OF_ONE}/run",
        by_method(views.deployment_try, views.ask_deployment),
        name="deployment_try",
    ),
    path(f"{OF_ONE}/logs", views.deployment_logs, name="deployment_logs"),
    path(f"{OF_ONE}/logs.txt", views.deployment_log_text, name="deployment_log_text"),
    path(f"{OF_ONE}/logs/stream", views.deployment_log_stream, name="deployment_log_stream"),
    path(f"{OF_ONE}/metrics", views.deployment_metrics, name="deployment_metrics"),
    path(f"{OF_ONE}/releases", views.deployment_releases, name="deployment_releases"),
    path(f"{OF_ONE}/releases/<int:number>/again", views.roll_back, name="roll_back"),
    path(
        f"{OF_ONE}/settings",
        by_method(views.deployment_settings, views.change_deployment),
        name="deployment_settings",
    ),
    path(f"{OF_ONE}/stop", views.stop_deployment, name="stop_deployment"),
    path(f"{OF_ONE}/start", views.start_deployment, name="start_deployment"),
    path(f"{OF_ONE}/delete", views.delete_deployment, name="delete_deployment"),
    path(f"{OF_ONE}/hand-over", views.hand_over_deployment, name="hand_over_deployment"),
    path(f"{OF_ONE}/hand-over/end", views.take_back_offer, name="take_back_offer"),
    path("account/offers/<int:pk>/take", views.take_offer, name="take_offer"),
    path("account/offers/<int:pk>/decline", views.decline_offer, name="decline_offer"),
    path("predictions", views.predictions, name="predictions"),
    path("predictions/<str:prediction_id>", views.prediction, name="prediction"),
    path("predictions/<str:prediction_id>/part", views.prediction_part, name="prediction_part"),
    path(
        "predictions/<str:prediction_id>/cancel", views.cancel_prediction, name="cancel_prediction"
    ),
    # A name may hold slashes: these come before the catalog's own last route.
    path(f"{OF_A_MODEL}/run", views.model_run, name="model_run"),
    path(f"{OF_A_MODEL}/deploy", views.deploy, name="deploy"),
]
