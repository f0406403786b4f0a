"""MLflow's registry store behind the least of an HTTP server; runs in MLflow's own environment.

    python mlflow_registry.py fill mlflow.db slipway.sqlite3
    python mlflow_registry.py serve mlflow.db 5001

Filled through its own tables, for it takes models one by one only; searched through its own
search_registered_models(). Models have tags and no versions, which is in its favour.
"""

import sqlite3
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from urllib.parse import parse_qs, urlsplit

from mlflow.store.model_registry.dbmodels.models import SqlRegisteredModel, SqlRegisteredModelTag
from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore
from sqlalchemy import insert

BATCH = 5000
TAGS = ("task", "library", "license")
MODELS = """
SELECT publisher.slug || '.' || model.name, model.summary, task_id, library_id, license_id
FROM catalog_aimodel AS model JOIN catalog_publisher AS publisher ON publisher.id = publisher_id
WHERE model.status IN ('listed', 'deprecated')
"""


def fill(store: SqlAlchemyStore, database: str) -> None:
    models = sqlite3.connect(database).execute(MODELS)
    with store.ManagedSessionMaker() as session:
        while batch := list(islice(models, BATCH)):
            rows = [{"name": name, "description": summary[:5000]} for name, summary, *_ in batch]
            session.execute(insert(SqlRegisteredModel), rows)
            session.execute(insert(SqlRegisteredModelTag), list(tags(batch)))


def tags(batch):
    for name, _, *values in batch:
        for key, value in zip(TAGS, values, strict=True):
            if value:
                yield {"name": name, "key": key, "value": value}


def serve(store: SqlAlchemyStore, port: int) -> None:
    class Search(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            asked = {name: each[0] for name, each in parse_qs(urlsplit(self.path).query).items()}
            found = store.search_registered_models(
                filter_string=asked.get("filter"), max_results=int(asked.get("max_results", 1))
            )
            body = str(len(found)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """One line a search would be all that is seen."""

    ThreadingHTTPServer(("127.0.0.1", port), Search).serve_forever()


if __name__ == "__main__":
    what, file, argument = sys.argv[1:]
    registry = SqlAlchemyStore(f"sqlite:///{file}")
    fill(registry, argument) if what == "fill" else serve(registry, int(argument))
