from tests.contract.conftest import engine, make_model, names

__all__ = ["engine", "make_model", "names"]
