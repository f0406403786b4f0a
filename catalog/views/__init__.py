"""The pages: one module a noun."""

from .ai_models import examples, family, model, model_markdown, stats, versions
from .collections import collection, collections
from .exports import models_csv, models_jsonl
from .feeds import collection_feed, models_feed
from .home import favicon, home
from .images import image
from .publishers import publisher, publishers
from .search import facet, models, models_markdown
from .sitemaps import llms_txt, robots_txt, sitemap, sitemap_part
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
    "image",
    "llms_txt",
    "model",
    "model_markdown",
    "models",
    "models_csv",
    "models_feed",
    "models_jsonl",
    "models_markdown",
    "publisher",
    "publishers",
    "robots_txt",
    "sitemap",
    "sitemap_part",
    "stats",
    "suggestions",
    "task",
    "tasks",
    "versions",
]
