"""Whether Slipway is well: for supervisors (livez, readyz) and for people (status)."""
