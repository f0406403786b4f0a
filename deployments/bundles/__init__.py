"""Bundles: a folder with cog.yaml and a predictor, which becomes a version that runs here."""

from .verdicts import Verdict, can_run_here

__all__ = ["Verdict", "can_run_here"]
