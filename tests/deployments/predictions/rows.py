"""What a standing Slipway is given: two people and three models, pushed as people push theirs.

`python -m tests.deployments.predictions.rows FOLDER` prints a token of each of the two.
"""

import os
import sys
import textwrap
from pathlib import Path

COG = 'build:\n  python_version: "3.11"\npredict: "predict.py:Predictor"\n'


def main(folder: Path) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django  # noqa: PLC0415

    django.setup()
    from accounts import tokens  # noqa: PLC0415
    from accounts.models import User  # noqa: PLC0415
    from tests.deployments import making  # noqa: PLC0415
    from tests.deployments.predictions import models  # noqa: PLC0415

    codes = {"hello": models.GREETER, "count": models.COUNTER, "paint": models.PAINTER}
    for name, code in codes.items():
        bundle = folder / name
        bundle.mkdir(parents=True)
        (bundle / "cog.yaml").write_text(COG)
        (bundle / "predict.py").write_text(textwrap.dedent(code))
        making.version_of(bundle, f"slipway/{name}")
    for name in ("ada", "bob"):
        user = User.objects.create_user(name, password="x")
        print(tokens.make(user, name="test", scopes=["all"])[1])  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
