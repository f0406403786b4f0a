"""Telling receivers what becomes of predictions: noted with it, sent at least once, and kept."""

from .noting import note

__all__ = ["note"]
