"""Pictures of cards, fetched by us and shown from here."""
