"""Made-up models, marked as samples, to measure the catalog with at any size."""

from .filling import OtherSeed, add, remove

__all__ = ["OtherSeed", "add", "remove"]
