"""What a password must be, beside what Django's own validators ask for."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 128


class LongestValidator:
    """A bound, so that nobody has us hash a book."""

    def validate(self, password: str, user: object = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return _("A password has at most %(most)s characters.") % {"most": LONGEST}
