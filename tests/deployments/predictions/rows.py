"""What a standing Slipway is given to serve, written into its database by a process of its own.

`python -m tests.deployments.predictions.rows ADDRESS...` with the addresses of the models in the
order of NAMES; prints a token of ada's and one of bob's.
"""

import os
import sys

NAMES = ("hello", "count", "paint")


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django  # noqa: PLC0415

    django.setup()
    from accounts import tokens  # noqa: PLC0415
    from accounts.models import User  # noqa: PLC0415
    from tests.deployments.predictions import models  # noqa: PLC0415

    ada, bob = (User.objects.create_user(name, password="x") for name in ("ada", "bob"))
    schemas = (models.GREETER_SCHEMA, models.COUNTER_SCHEMA, models.PAINTER_SCHEMA)
    for name, schema, address in zip(NAMES, schemas, sys.argv[1:], strict=True):
        version = models.version(f"slipway/{name}", schema, is_streaming=name == "count")
        models.serve(ada, version, address)
    for user in (ada, bob):
        print(tokens.make(user, name="test", scopes=["all"])[1])  # noqa: T201


if __name__ == "__main__":
    main()
