from django.urls import URLPattern, path

from . import views

OWN = "collections/<str:owner>/<slug:slug>"

urlpatterns: list[URLPattern] = [
    path("account/collections", views.mine, name="own_collections"),
    path("account/collections/new", views.new, name="new_collection"),
    path(f"{OWN}.atom", views.feed, name="own_collection_feed"),
    path(OWN, views.collection, name="own_collection"),
    path(f"{OWN}/edit", views.edit, name="edit_collection"),
    path(f"{OWN}/models", views.arrange, name="arrange_collection"),
    path(f"{OWN}/delete", views.delete, name="delete_collection"),
    # A model's name may hold slashes: see catalog/urls.py.
    path("models/<str:owner>/<path:name>/collect", views.collect, name="collect"),
]
