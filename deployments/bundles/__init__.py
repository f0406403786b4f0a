"""Bundles: a folder with cog.yaml and a predictor, which becomes a version that runs here."""
