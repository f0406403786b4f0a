"""Telling receivers what becomes of predictions: noted with it, sent at least once, and kept."""
