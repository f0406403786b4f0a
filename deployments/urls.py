from django.urls import URLPattern, path

from . import views

OF_ONE = "deployments/<str:owner>/<str:name>"

urlpatterns: list[URLPattern] = [
    path("deployments", views.deployments, name="deployments"),
    path(OF_ONE, views.deployment, name="deployment"),
    path(f"{OF_ONE}/part", views.deployment_part, name="deployment_part"),
    path(f"{OF_ONE}/logs", views.deployment_logs, name="deployment_logs"),
    path(f"{OF_ONE}/logs.txt", views.deployment_log_text, name="deployment_log_text"),
    path(f"{OF_ONE}/logs/stream", views.deployment_log_stream, name="deployment_log_stream"),
    path(f"{OF_ONE}/metrics", views.deployment_metrics, name="deployment_metrics"),
    path(f"{OF_ONE}/releases", views.deployment_releases, name="deployment_releases"),
]
