"""The deployments' routes below /v1; none ends with a slash."""

from django.urls import path

from deployments.api import (
    deliveries,
    deployments,
    files,
    moving,
    predictions,
    versions,
    webhooks,
)

MODEL = "models/<str:owner>/<path:name>"  # names may hold slashes: see catalog/api_urls.py
PREDICTION = "predictions/<str:prediction_id>"
DEPLOYMENT = "deployments/<str:owner>/<str:name>"

urlpatterns = [
    path("hardware", deployments.HardwareList.as_view(), name="hardware"),
    path("deployments", deployments.DeploymentList.as_view(), name="deployments"),
    path("deployments/preflight", deployments.Preflight.as_view(), name="preflight"),
    path(DEPLOYMENT, deployments.DeploymentDetail.as_view(), name="deployment"),
    path(f"{DEPLOYMENT}/stop", deployments.Stop.as_view(), name="stop-deployment"),
    path(f"{DEPLOYMENT}/start", deployments.Start.as_view(), name="start-deployment"),
    path(f"{DEPLOYMENT}/rollback", deployments.RollBack.as_view(), name="roll-back-deployment"),
    path(f"{DEPLOYMENT}/releases", deployments.ReleaseList.as_view(), name="releases"),
    path(f"{DEPLOYMENT}/hand-over", moving.HandOver.as_view(), name="hand-over-deployment"),
    path("offers", moving.OfferList.as_view(), name="offers"),
    path("offers/<int:offer_id>", moving.OfferDetail.as_view(), name="offer"),
    path("offers/<int:offer_id>/take", moving.TakeOffer.as_view(), name="take-offer"),
    path("predictions", predictions.PredictionList.as_view(), name="predictions"),
    path(PREDICTION, predictions.PredictionDetail.as_view(), name="prediction"),
    path(f"{PREDICTION}/cancel", predictions.PredictionCancel.as_view(), name="cancel-prediction"),
    path(f"{PREDICTION}/stream", predictions.PredictionStream.as_view(), name="stream"),
    path(f"{MODEL}/predictions", predictions.ModelPredictionList.as_view(), name="run-model"),
    path(f"{MODEL}/versions", versions.VersionList.as_view(), name="versions"),
    path(
        f"{DEPLOYMENT}/predictions",
        predictions.DeploymentPredictionList.as_view(),
        name="run-deployment",
    ),
    path("files", files.FileList.as_view(), name="files"),
    path("files/<str:file_id>", files.FileDetail.as_view(), name="file"),
    path("files/<str:file_id>/download", files.FileDownload.as_view(), name="file-download"),
    path("webhooks/deliveries", deliveries.DeliveryList.as_view(), name="deliveries"),
    path(
        "webhooks/deliveries/<uuid:delivery_id>",
        deliveries.DeliveryDetail.as_view(),
        name="delivery",
    ),
    path(
        "webhooks/deliveries/<uuid:delivery_id>/redeliver",
        deliveries.Redeliver.as_view(),
        name="redeliver",
    ),
    path("webhooks/default/secret", webhooks.DefaultSecret.as_view(), name="webhook-secret"),
]
