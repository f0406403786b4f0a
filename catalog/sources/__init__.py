"""Outside catalogs: one module each turns its records into ours; ingest writes them."""
