"""The catalog's tables: what a model is, who made it, where each fact comes from."""

from .ai_models import AIModel, Card, FormerName
from .collections import Collection, CollectionItem
from .imports import ImportReject, ImportRun
from .indexes import IndexCheck, IndexReject
from .likes import Follow, Like, NewsFeed
from .offers import Offer
from .publishers import Publisher
from .saved import Alert, SavedMatch, SavedSearch
from .search_terms import SearchTerm
from .sources import Source, SourceRecord
from .vectors import LearnedEmbedder, ModelVector
from .versions import DailyRuns, Example, Version
from .vocabulary import Library, License, LicenseClass, Task

__all__ = [
    "AIModel",
    "Alert",
    "Card",
    "Collection",
    "CollectionItem",
    "DailyRuns",
    "Example",
    "Follow",
    "FormerName",
    "ImportReject",
    "ImportRun",
    "IndexCheck",
    "IndexReject",
    "LearnedEmbedder",
    "Library",
    "License",
    "LicenseClass",
    "Like",
    "ModelVector",
    "NewsFeed",
    "Offer",
    "Publisher",
    "SavedMatch",
    "SavedSearch",
    "SearchTerm",
    "Source",
    "SourceRecord",
    "Task",
    "Version",
]
