"""Organisations: who is in them and as what, and who is invited."""
