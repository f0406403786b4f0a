from django.urls import URLPattern, path

from . import views

ONE = "account/webhooks/<uuid:pk>"

urlpatterns: list[URLPattern] = [
    path("account/webhooks", views.deliveries, name="webhook_deliveries"),
    path("account/webhooks/test", views.send_test, name="test_webhook"),
    path("account/webhooks/secret", views.renew_secret, name="renew_secret_of_webhooks"),
    path(ONE, views.delivery, name="delivery"),
    path(f"{ONE}/again", views.send_again, name="send_delivery_again"),
]
