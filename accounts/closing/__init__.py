"""Closing an account or an organisation: told first, then worked through until nothing is left."""
