"""Writes an owner's e-mail about new models, in text and in simple HTML, in their language."""

import smtplib
from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Alert, SavedSearch
from catalog.pages import figures
from catalog.saved import news, tokens
from catalog.saved.outcomes import ended
from config.webhooks import Outcome

Problem = Alert.Problem


def is_possible() -> bool:
    """Whether this installation sends e-mail at all."""
    return bool(settings.EMAIL_URL)


def prepared(alert: Alert) -> Callable[[], Outcome]:
    """The letter, ready to be sent without the database."""
    saved = alert.saved_search
    if not is_possible():
        return partial(ended, Problem.NO_MAIL)
    if saved.mailing == SavedSearch.Mailing.OFF and not alert.is_test:
        return partial(ended, Problem.SWITCHED_OFF)
    if not saved.owner.email:
        return partial(ended, Problem.NO_RECIPIENT)
    with translation.override(saved.language):
        return partial(_send, _letter(alert))


def _letter(alert: Alert) -> EmailMultiAlternatives:
    saved, told = alert.saved_search, news.of(alert)
    stop_url = news.at_home(reverse("stop_mail", args=[tokens.mail_token(saved)]))
    context = {
        "saved": saved,
        "news": told,
        "headline": _headline(alert),
        "lines": [(row, news.at_home(row.url)) for row in told.rows],
        "is_test": alert.is_test,
        "stop_url": stop_url,
        "language": saved.language,
    }
    letter = EmailMultiAlternatives(
        subject=f"{saved.name}: {_headline(alert)}",
        body=render_to_string("saved/mail.txt", context).strip() + "\n",
        to=[saved.owner.email],
        headers={
            # The same for every try, so that a mail program shows a letter that came twice once.
            "Message-ID": f"<{alert.pk}@{urlsplit(settings.PUBLIC_URL).hostname}>",
            "List-Unsubscribe": f"<{stop_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    letter.attach_alternative(render_to_string("saved/mail.html", context), "text/html")
    return letter


def _headline(alert: Alert) -> str:
    if alert.is_test:
        return _("this is a test")
    text = ngettext("%(count)s new match", "%(count)s new matches", alert.total)
    return text % {"count": figures.whole(alert.total)}


def _send(letter: EmailMultiAlternatives) -> Outcome:
    try:
        letter.send()
    except smtplib.SMTPResponseException as error:
        said = error.smtp_error
        text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        return Outcome(problem=Problem.MAIL_FAILED, detail=f"{error.smtp_code} {text}")
    except smtplib.SMTPRecipientsRefused as error:
        code, reason = next(iter(error.recipients.values()))
        return Outcome(
            problem=Problem.MAIL_FAILED, detail=f"{code} {reason.decode(errors='replace')}"
        )
    except (smtplib.SMTPException, OSError) as error:
        return Outcome(problem=Problem.MAIL_FAILED, detail=str(error))
    return Outcome()
