"""Asking models: what may be asked, how it is run, and what comes of it."""

from .shapes import shape

__all__ = ["shape"]
