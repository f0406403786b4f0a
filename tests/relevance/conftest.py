from tests.contract.conftest import ask, engine

__all__ = ["ask", "engine"]
