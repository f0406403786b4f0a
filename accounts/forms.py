"""What people write to sign in."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["required"] = True
        self.fields["username"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}
