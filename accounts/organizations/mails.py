"""The e-mail with an invitation's link. No network call is in a transaction: call it after."""

from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.models import Invitation, User

from . import pages

log = structlog.get_logger(__name__)


def send(invitation: Invitation, link: str, by: User) -> bool:
    """False: no mail is sent here, or could not be now; then the link is for the inviter."""
    if not settings.EMAIL_URL:
        return False
    organization = invitation.organization
    context = {
        "organization": organization,
        "role": pages.short_role(invitation.role),
        "by": by.get_full_name() or by.get_username(),
        "link": link,
        "origin": settings.PUBLIC_URL,
        "expires_at": invitation.expires_at,
    }
    letter = EmailMessage(
        subject=_("[Slipway] You are invited to %(name)s") % {"name": organization},
        body=render_to_string("organizations/invitation.txt", context).strip() + "\n",
        to=[invitation.email],
    )
    try:
        letter.send()
    except (SMTPException, OSError) as error:
        log.warning("invitation not sent", invitation=invitation.pk, error=str(error))
        return False
    return True
