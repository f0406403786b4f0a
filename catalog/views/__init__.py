"""The pages: one module a noun."""

from .ai_models import examples, family, model, stats, versions
from .collections import collection, collections
from .exports import models_csv, models_jsonl
from .feeds import collection_feed, models_feed
from .home import favicon, home
from .publishers import publisher, publishers
from .search import facet, models
from .suggestions import suggestions
from .tasks import task, tasks

__all__ = [
    "collection",
    "collection_feed",
    "collections",
    "examples",
    "facet",
    "family",
    "favicon",
    "home",
    "model",
    "models",
    "models_csv",
    "models_feed",
    "models_jsonl",
    "publisher",
    "publishers",
    "stats",
    "suggestions",
    "task",
    "tasks",
    "versions",
]
