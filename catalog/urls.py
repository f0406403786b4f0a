from django.urls import URLPattern, path

from . import views

urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("images", views.image, name="image"),
    path("robots.txt", views.robots_txt, name="robots_txt"),
    path("llms.txt", views.llms_txt, name="llms_txt"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("sitemaps/<slug:kind>-<int:number>.xml", views.sitemap_part, name="sitemap_part"),
    path("models", views.models, name="models"),
    path("suggestions", views.suggestions, name="suggestions"),
    path("models.atom", views.models_feed, name="models_feed"),
    path("models.csv", views.models_csv, name="models_csv"),
    path("models.md", views.models_markdown, name="models_markdown"),
    path("models.jsonl", views.models_jsonl, name="models_jsonl"),
    path("facets/<slug:name>", views.facet, name="facet"),
    path("models/<str:owner>/<path:name>/versions", views.versions, name="model_versions"),
    path("models/<str:owner>/<path:name>/examples", views.examples, name="model_examples"),
    path("models/<str:owner>/<path:name>/family", views.family, name="model_family"),
    path("models/<str:owner>/<path:name>/stats", views.stats, name="model_stats"),
    path("models/<str:owner>/<path:name>.md", views.model_markdown, name="model_markdown"),
    # Last, because a name may hold slashes.
    path("models/<str:owner>/<path:name>", views.model, name="model"),
    path("publishers", views.publishers, name="publishers"),
    path("publishers/<str:slug>", views.publisher, name="publisher"),
    path("tasks", views.tasks, name="tasks"),
    path("tasks/<str:task_id>", views.task, name="task"),
    path("collections", views.collections, name="collections"),
    path("collections/<slug:slug>.atom", views.collection_feed, name="collection_feed"),
    path("collections/<slug:slug>", views.collection, name="collection"),
]
