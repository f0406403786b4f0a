from django.urls import URLPattern, path

from . import views

urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("models", views.models, name="models"),
    path("facets/<slug:name>", views.facet, name="facet"),
    path("models/<str:owner>/<str:name>", views.model, name="model"),
    path("models/<str:owner>/<str:name>/versions", views.versions, name="model_versions"),
    path("models/<str:owner>/<str:name>/examples", views.examples, name="model_examples"),
    path("models/<str:owner>/<str:name>/family", views.family, name="model_family"),
    path("models/<str:owner>/<str:name>/stats", views.stats, name="model_stats"),
    path("publishers", views.publishers, name="publishers"),
    path("publishers/<str:slug>", views.publisher, name="publisher"),
    path("tasks", views.tasks, name="tasks"),
    path("tasks/<str:task_id>", views.task, name="task"),
    path("collections", views.collections, name="collections"),
    path("collections/<slug:slug>", views.collection, name="collection"),
]
