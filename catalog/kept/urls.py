from django.urls import URLPattern, path

from . import views

MODEL = "models/<str:owner>/<path:name>"  # names may hold slashes: see catalog/urls.py

urlpatterns: list[URLPattern] = [
    path(f"{MODEL}/like", views.like, name="like"),
    path(f"{MODEL}/follow", views.follow, name="follow"),
    path("publishers/<str:slug>/follow", views.follow_publisher, name="follow_publisher"),
    path("account/likes", views.likes, name="likes"),
    path("account/following", views.following, name="following"),
    path("account/following/feed", views.renew_feed, name="renew_news_feed"),
    path("feeds/following/<str:token>.atom", views.feed, name="news_feed"),
]
