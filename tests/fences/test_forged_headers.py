"""What a client says of itself in headers that only a server in front may set."""

import pytest
import requests


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "Script_Name"])
def test_a_client_says_below_which_path_we_are_served_and_is_not_believed(
    web: int, name: str
) -> None:
    """Each link would begin with it, in the parts of pages too that are kept for all readers."""
    answer = requests.get(f"http://127.0.0.1:{web}/x/livez", headers={name: "/x"}, timeout=30)

    assert answer.status_code != 200
