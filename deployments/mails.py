"""The e-mail that tells of an offer. It waits for a mail server: never in a transaction."""

from smtplib import SMTPException

import structlog
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import limits
from accounts.models import User
from catalog.models import NewsFeed, SavedSearch
from deployments.models import Offer

log = structlog.get_logger(__name__)

A_DAY = 86_400
SENT_A_DAY, GOT_A_DAY = 20, 5  # by one giver to all, and by all to one receiver


def tell_of(offer: Offer, by: User) -> None:
    """To a confirmed address alone. The offer stands on their page whatever becomes of this."""
    if not settings.EMAIL_URL:
        return
    address = EmailAddress.objects.filter(user=offer.to, verified=True).order_by("-primary").first()
    if address is None:
        return
    try:
        if _is_allowed(offer.to, by):
            _letter(offer, by, address.email).send()
    except (limits.Uncounted, SMTPException, OSError) as error:
        log.warning("offer not told by mail", offer=offer.pk, error=str(error))


def _letter(offer: Offer, by: User, address: str) -> EmailMessage:
    context = {
        "by": by.get_username(),
        "deployment": offer.deployment,
        "link": settings.PUBLIC_URL + reverse("deployments"),
        "origin": settings.PUBLIC_URL,
        "expires_at": offer.expires_at,
    }
    with translation.override(_language(offer.to)):
        return EmailMessage(
            subject=_("[Slipway] A deployment is offered to you"),
            body=render_to_string("deployments/offer.txt", context).strip() + "\n",
            to=[address],
        )


def _language(reader: User) -> str:
    """The one of what else comes to them by itself."""
    searches = SavedSearch.objects.filter(owner=reader).order_by("-pk")
    feeds = NewsFeed.objects.filter(user=reader)
    known = (rows.values_list("language", flat=True).first() for rows in (searches, feeds))
    return next(filter(None, known), settings.LANGUAGE_CODE)


def _is_allowed(to: User, by: User) -> bool:
    """Offers are made in a moment, and must be no way to fill a mailbox."""
    counted = (
        limits.strict(f"offer-mail-by:{by.pk}", SENT_A_DAY, A_DAY),
        limits.strict(f"offer-mail-to:{to.pk}", GOT_A_DAY, A_DAY),
    )
    return all(verdict.is_allowed for verdict in counted)
