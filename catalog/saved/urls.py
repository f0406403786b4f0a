from django.urls import URLPattern, path

from . import views

urlpatterns: list[URLPattern] = [
    path("account/searches", views.saved_searches, name="saved_searches"),
    path("account/searches/new", views.new, name="save_search"),
    path("account/searches/<int:pk>", views.saved_search, name="saved_search"),
    path("account/searches/<int:pk>/edit", views.edit, name="edit_saved_search"),
    path("account/searches/<int:pk>/pause", views.pause, name="pause_saved_search"),
    path("account/searches/<int:pk>/resume", views.resume, name="resume_saved_search"),
    path("account/searches/<int:pk>/delete", views.delete, name="delete_saved_search"),
    path("account/searches/<int:pk>/feed", views.renew_feed, name="renew_feed"),
    path("account/searches/<int:pk>/secret", views.renew_secret, name="renew_webhook_secret"),
    path("account/searches/<int:pk>/test/<slug:channel>", views.send_test, name="send_test"),
    path("account/alerts/<uuid:pk>/again", views.send_again, name="send_alert_again"),
    path("feeds/<str:token>.atom", views.feed, name="saved_feed"),
    path("account/mail/<str:token>", views.stop_mail, name="stop_mail"),
]
