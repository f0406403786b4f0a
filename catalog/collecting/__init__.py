"""Collections that people and organisations make: who sees them, what is in them, in what order."""
