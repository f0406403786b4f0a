"""Deployments and predictions, made ready to print."""
