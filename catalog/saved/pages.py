"""Saved searches, made ready to print."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.forms import SearchForm
from catalog.models import Alert, SavedSearch
from catalog.pages import figures, results, rows
from catalog.pages.address import Address
from catalog.pages.lines import Row
from catalog.pages.results import Chip
from catalog.saved import mails, news, tokens
from catalog.saved.forms import parsed

SHOWN_MATCHES = 50
SHOWN_ALERTS = 20
SENTENCES = dict(Alert.Problem.choices)
LOOKS = {Alert.Status.SENT: "good", Alert.Status.WAITING: "warn", Alert.Status.FAILED: "bad"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One alert: what became of it, in words."""

    alert: Alert
    channel: str
    status: str
    looks: str
    told: str
    sentence: str
    at: datetime
    ago: str

    @property
    def is_settled(self) -> bool:
        return self.alert.status != Alert.Status.WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A saved search in the list of all."""

    saved: SavedSearch
    text: str
    chips: list[Chip]
    sentences: list[str]  # why it cannot be read any more
    search_url: str
    new: str
    told_by: str
    last: Said | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPage:
    card: Card
    rows: list[Row]
    new: int
    alerts: list[Said]
    feed_url: str
    secret: str
    sends_mail: bool
    mail_address: str


def all_of(searches: QuerySet[SavedSearch]) -> list[Card]:
    """The searches must come from with_last_alert()."""
    ids = [saved.last_alert for saved in searches if saved.last_alert]  # type: ignore[attr-defined]
    last = Alert.objects.in_bulk(ids)
    return [card(saved, last.get(saved.last_alert)) for saved in searches]  # type: ignore[attr-defined]


def with_last_alert(searches: QuerySet[SavedSearch]) -> QuerySet[SavedSearch]:
    newest = Alert.objects.filter(saved_search=OuterRef("pk")).order_by("-created_at")
    return searches.annotate(last_alert=Subquery(newest.values("pk")[:1])).defer("known")


def card(saved: SavedSearch, last: Alert | None = None) -> Card:
    form = parsed(saved.query_string)
    address = address_of(form)
    return Card(
        saved=saved,
        text=address.get("q"),
        chips=results.chips(address),
        sentences=form.sentences(),
        search_url=news.search_path(saved),
        new=figures.whole(saved.unseen) if saved.unseen else "",
        told_by=_told_by(saved),
        last=said(last) if last else None,
    )


def page(saved: SavedSearch) -> SavedPage:
    matches = saved.matches.values_list("ai_model_id", flat=True)[:SHOWN_MATCHES]
    alerts = list(saved.alerts.all()[:SHOWN_ALERTS])
    return SavedPage(
        card=card(saved, alerts[0] if alerts else None),
        rows=rows.in_order(list(matches)),
        new=saved.unseen,
        alerts=[said(alert) for alert in alerts],
        feed_url=feed_url(saved),
        secret=tokens.webhook_key(saved).secret if saved.webhook_url else "",
        sends_mail=mails.is_possible(),
        mail_address=saved.owner.email,
    )


def feed_url(saved: SavedSearch) -> str:
    return news.at_home(feed_path(saved))


def feed_path(saved: SavedSearch) -> str:
    return reverse("saved_feed", args=[tokens.feed_token(saved)])


def address_of(form: SearchForm) -> Address:
    return Address(tuple(form.parameters()) if form.is_valid() else ())


def name_of(address: Address) -> str:
    """What a search could be called: whisper, Text to Speech, not Keras."""
    values = [
        _("not %(value)s") % {"value": chip.value} if chip.is_excluded else chip.value
        for chip in results.chips(address)
    ]
    text = address.get("q")
    return ", ".join([*([text] if text else []), *values]) or _("All models")


def said(alert: Alert) -> Said:
    at = alert.tried_at or alert.created_at
    return Said(
        alert=alert,
        channel=alert.get_channel_display(),
        status=alert.get_status_display(),
        looks=LOOKS[Alert.Status(alert.status)],
        told=_told(alert),
        sentence=_sentence(alert),
        at=at,
        ago=figures.ago(at),
    )


def _told(alert: Alert) -> str:
    if alert.is_test:
        return _("Test")
    text = ngettext("%(count)s new match", "%(count)s new matches", alert.total)
    return text % {"count": figures.whole(alert.total)}


def _sentence(alert: Alert) -> str:
    """What went wrong in words, with the answer's status and what the other side said."""
    if not alert.problem:
        return ""
    parts = [str(SENTENCES.get(alert.problem, alert.problem))]
    if alert.answer:
        parts.append(_("Status %(status)s.") % {"status": alert.answer})
    if alert.detail:
        parts.append(f"({alert.detail})")
    return " ".join(parts)


def _told_by(saved: SavedSearch) -> str:
    by = [_("feed")]
    if saved.mailing != SavedSearch.Mailing.OFF:
        how = str(saved.get_mailing_display())
        by.append(_("e-mail (%(how)s)") % {"how": how[:1].lower() + how[1:]})
    if saved.has_webhook:
        by.append(_("webhook"))
    return ", ".join(by)
