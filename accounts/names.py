"""What an account may be called: its name stands in addresses, and before the models it pushes."""

import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from .models import User

LONGEST = 39
WRITTEN = re.compile(rf"(?=.{{2,{LONGEST}}}$)[A-Za-z0-9]+([-_][A-Za-z0-9]+)*")
# What reads as the installation itself, or as a page of it.
RESERVED = frozenset(
    """
    about account accounts admin administrator admins anonymous api auth billing blog bot
    catalog collections contact curator dashboard deployments docs everyone example feeds
    files guest hardware health help home installation legal library login logout mail me
    metrics models moderator new nobody none null official organization organizations owner
    postmaster predictions privacy publishers root search security settings signin signup
    sitemap slipway staff static status support sysadmin system tasks team terms test tokens
    undefined user users v1 webhooks webmaster www
    """.split()  # noqa: SIM905
)


def check(name: str) -> None:
    """Whether somebody may take this name now; ValidationError says why not."""
    check_looks(name)
    if User.objects.filter(username__iexact=name).exists():
        raise ValidationError(_("This name is taken. Choose another one."), code="taken")


def check_looks(name: str) -> None:
    """All but whether another account has it."""
    if not WRITTEN.fullmatch(name):
        raise ValidationError(
            _(
                "Use 2 to %(most)s letters from a to z and digits; single hyphens and underscores "
                "may stand between them."
            )
            % {"most": LONGEST},
            code="looks",
        )
    if name.lower() in RESERVED or _has_another(name):
        raise ValidationError(_("This name is taken. Choose another one."), code="taken")


def _has_another(name: str) -> bool:
    return any(import_string(path)(name) for path in settings.NAMES_TAKEN_BY)


VALIDATORS = [check_looks]
