"""Search by meaning: vectors of what models are described as, and which are nearest to a text."""

from catalog.search.vectors.asking import Nearest, forget, meant, nearest

__all__ = ["Nearest", "forget", "meant", "nearest"]
