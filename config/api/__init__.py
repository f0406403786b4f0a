"""What every part of the REST API shares: errors, pages, bodies, the root, its own contract."""
