"""Production's settings, as Django's own check for deployment sees them."""

import os
import subprocess
import sys
from pathlib import Path

from launch.instance import ROOT


def test_the_settings_of_production_pass_the_check_for_deployment(tmp_path: Path) -> None:
    production = {
        "DEBUG": "false",
        "SECRET_KEY": "a-key-of-many-Characters-1234567890-abcdefghijklmnop",
        "SEALING_KEYS": "another-of-many-Characters-1234567890-abcdefghijklmnop",
        "ALLOWED_HOSTS": "models.example.org",
        "PUBLIC_URL": "https://models.example.org",
        "TRUSTED_PROXIES": "1",
        "VAR_DIR": str(tmp_path),
        "PATH": os.environ["PATH"],
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]

    told = subprocess.run(command, cwd=ROOT, env=production, capture_output=True, text=True)

    assert told.returncode == 0, told.stderr
    assert "no issues" in told.stdout
