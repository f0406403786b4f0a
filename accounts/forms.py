"""What people write to come in and to keep their account."""

from typing import Any

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.account.forms import (
    AddEmailForm,
    ChangePasswordForm,
    ConfirmEmailVerificationCodeForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
    SignupForm,
)
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.socialaccount import forms as social
from django import forms
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import audit, second_factor, tries
from .models import User

WRITTEN_EXACTLY = {"autocapitalize": "none", "spellcheck": "false"}
PASSWORD_HELP = gettext_lazy(
    "12 characters or more, and none that many people use. A few unrelated words make a good one."
)


class SignInForm(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self, login=_("Username or e-mail address"), password=_("Password"))
        self.fields["login"].widget.attrs |= WRITTEN_EXACTLY | {"autocomplete": "username"}


class NewAccount(forms.Form):
    """What both forms that make an account say and check."""

    def explain(self, **labels: str) -> None:
        _name(self, username=_("Username"), email=_("E-mail address"), **labels)
        self.fields["username"].widget.attrs |= WRITTEN_EXACTLY
        self.fields["username"].help_text = _(
            "It stands in the addresses of what you deploy and push, for all to see."
        )
        self.fields["email"].help_text = _email_help()

    def clean_email(self) -> str:
        return _in_domains(super().clean_email())  # type: ignore[misc]

    def clean(self) -> dict[str, Any] | None:
        tries.count_address(tries.SIGN_UP_BY_ADDRESS, context.request)
        return super().clean()


class SignUpForm(NewAccount, SignupForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.explain(password1=_("Password"))
        self.fields["password1"].help_text = PASSWORD_HELP


class ServiceSignUpForm(NewAccount, social.SignupForm):  # type: ignore[misc]
    """Who comes by another service the first time: a name, and the address if it told none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.explain()


class AddressForm(AddEmailForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self, email=_("Another address"))


class AddressCodeForm(ConfirmEmailVerificationCodeForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self, code=_("One-time code"))
        self.fields["code"].widget.attrs |= WRITTEN_EXACTLY


class NewPasswordForm(ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _once(self, oldpassword=_("Password that you have now"))

    def clean_oldpassword(self) -> str:
        """By the door that counts tries, which allauth's own form goes around."""
        password: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("enter_current_password")
        return password


class FirstPasswordForm(SetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _once(self)


class ResetPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _once(self)


class LostPasswordForm(allauth.ResetPasswordForm):  # type: ignore[misc]
    users: list[User]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self, email=_("E-mail address of your account"))

    def clean_email(self) -> str:
        """An organisation may have an address too, and has no password to lose."""
        email: str = super().clean_email()
        self.users = [user for user in self.users if not user.is_organization]
        return email


class SureForm(ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self, password=_("Password"))


class SecondCodeForm(AuthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_code(self)

    def clean_code(self) -> str:
        return second_factor.checked(self.user, super().clean_code)

    def _emit_authentication_failed(self, authenticator: Any) -> None:
        audit.note("second_factor.refused", about=self.user, is_refused=True)


class SureCodeForm(mfa.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_code(self)

    def clean_code(self) -> str:
        return second_factor.checked(self.user, super().clean_code)


class AppForm(ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_code(self)


class KeyForm(AddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)  # the browser and the key settle that
        _name_key(self)

    def clean(self) -> dict[str, Any]:
        with second_factor.readable():
            return super().clean()  # type: ignore[no-any-return]


class KeyDoorForm(LoginWebAuthnForm):  # type: ignore[misc]
    def clean_credential(self) -> Any:
        tries.count_address(tries.KEY_BY_ADDRESS, context.request)
        with second_factor.readable():
            return super().clean_credential()


class SecondKeyForm(AuthenticateWebAuthnForm):  # type: ignore[misc]
    def clean_credential(self) -> Any:
        with second_factor.readable():
            return super().clean_credential()


class SureKeyForm(ReauthenticateWebAuthnForm):  # type: ignore[misc]
    def clean_credential(self) -> Any:
        with second_factor.readable():
            return super().clean_credential()


class KeyNameForm(EditWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_key(self)


class ProfileForm(forms.Form):
    name = forms.CharField(
        max_length=150,
        required=False,
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("As people know you. Empty: your username is shown."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"


def _name(form: forms.Form, **labels: str) -> None:
    """Our words over the fields instead of allauth's within them, which vanish when one types."""
    for name, label in labels.items():
        form.fields[name].label = label
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
        field.help_text = ""


def _name_code(form: forms.Form) -> None:
    _name(form, code=_("One-time code"))
    form.fields["code"].widget.attrs |= WRITTEN_EXACTLY | {"inputmode": "numeric"}


def _name_key(form: forms.Form) -> None:
    _name(form, name=_("Name of the key"))
    form.fields["name"].validators.append(MaxLengthValidator(60))
    form.fields["name"].widget.attrs |= {"autocomplete": "off", "maxlength": "60"}
    form.fields["name"].help_text = _("To know it by: where it is kept, or what it looks like.")


def _once(form: forms.Form, **labels: str) -> None:
    """A new password, asked for once: whoever mistypes it has another one sent."""
    del form.fields["password2"]
    _name(form, password1=_("New password"), **labels)
    form.fields["password1"].help_text = PASSWORD_HELP


def _in_domains(email: str) -> str:
    domains = settings.SIGN_UP_DOMAINS
    if domains and email.rpartition("@")[2] not in domains:
        raise forms.ValidationError(_email_help(), code="domain")
    return email


def _email_help() -> str:
    if not settings.SIGN_UP_DOMAINS:
        return ""
    said = _("Sign-up is for people with an address at %(domains)s.")
    return said % {"domains": ", ".join(settings.SIGN_UP_DOMAINS)}
