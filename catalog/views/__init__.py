"""The pages: one module a noun."""

from .ai_models import examples, family, model, stats, versions
from .collections import collection, collections
from .home import favicon, home
from .publishers import publisher, publishers
from .search import facet, models
from .suggestions import suggestions
from .tasks import task, tasks

__all__ = [
    "collection",
    "collections",
    "examples",
    "facet",
    "family",
    "favicon",
    "home",
    "model",
    "models",
    "publisher",
    "publishers",
    "stats",
    "suggestions",
    "task",
    "tasks",
    "versions",
]
