from tests.contract.conftest import ask, embedded, engine, meilisearch

__all__ = ["ask", "embedded", "engine", "meilisearch"]
