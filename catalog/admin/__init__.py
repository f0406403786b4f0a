"""The curator's desk: every table, quick at any size, each change through catalog/actions.py."""

from django.contrib import admin

from . import (
    ai_models,
    collections,
    facts,
    imports,
    indexes,
    publishers,
    saved,
    search_terms,
    vocabulary,
)

admin.site.site_header = "Slipway"
admin.site.site_title = "Slipway"
admin.site.index_title = "The catalog and who may change it"
admin.site.site_url = "/"

__all__ = [
    "ai_models",
    "collections",
    "facts",
    "imports",
    "indexes",
    "publishers",
    "saved",
    "search_terms",
    "vocabulary",
]
