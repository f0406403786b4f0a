"""The commands behind the Makefile.

Any Python 3 can read this file, to say that it is too old; the others are for 3.11 and newer.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the host's Python, whatever it is
    sys.exit(
        "Slipway needs Python 3.11 or newer, and this is {}.{}. "
        "Install a newer one, or name it: make run PYTHON=python3.12".format(*sys.version_info[:2])
    )

from launch import commands

sys.exit(commands.main(sys.argv[1:]))
