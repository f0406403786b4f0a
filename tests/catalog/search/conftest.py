"""What only the embedded engine does; tests/contract holds what both do."""

import pytest

from tests.contract.conftest import embedded, make_model, meilisearch, names

__all__ = ["embedded", "make_model", "meilisearch", "names"]


@pytest.fixture
def engine(embedded: None) -> str:
    return "embedded"
