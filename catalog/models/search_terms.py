"""SearchTerm: what curators say that people mean by a word."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.vocabulary import topics
from catalog.vocabulary.spellings import run_together

from .ai_models import AIModel
from .vocabulary import Task

MOST_WORDS = 6
LONGEST_KEY = 100


class SearchTerm(models.Model):
    """A word or phrase and what it means, beside or instead of the vocabulary's own.

    Searches follow within seconds: see catalog/search/terms.py.
    """

    class Kind(models.TextChoices):
        SPELLING = "spelling", _("Another spelling")
        TASK = "task", _("A task")
        TOPIC = "topic", _("A topic")
        MODEL = "model", _("A model")
        NOTHING = "nothing", _("Nothing special")

    class Language(models.TextChoices):
        ANY = "", _("Any language")
        ENGLISH = "en", _("English")
        CHINESE = "zh", _("Chinese")

    # Which field holds the meaning.
    MEANINGS = {
        Kind.SPELLING: "spelling",
        Kind.TASK: "task",
        Kind.TOPIC: "topic",
        Kind.MODEL: "ai_model",
    }

    text = models.CharField(max_length=100, help_text="What people type, as in nano banana.")
    key = models.CharField(
        max_length=LONGEST_KEY, unique=True, editable=False, help_text="Its words run together."
    )
    kind = models.CharField(
        "means",
        max_length=10,
        choices=Kind,
        default=Kind.SPELLING,
        help_text="“Nothing special” turns off what the vocabulary says of it.",
    )
    spelling = models.CharField(
        max_length=100, blank=True, help_text="The words that the models' names hold."
    )
    task = models.ForeignKey(
        Task, models.CASCADE, null=True, blank=True, related_name="search_terms"
    )
    topic = models.CharField(max_length=64, blank=True)
    ai_model = models.ForeignKey(
        AIModel,
        models.CASCADE,
        null=True,
        blank=True,
        verbose_name="model",
        related_name="search_terms",
    )
    language = models.CharField(max_length=8, choices=Language, blank=True, default=Language.ANY)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    # Counted up by every change, so that a process sees one without trusting clocks.
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(condition=~Q(key=""), name="search_term_has_words"),
            models.CheckConstraint(
                condition=Q(kind="spelling", task=None, topic="", ai_model=None) & ~Q(spelling="")
                | Q(kind="task", spelling="", topic="", ai_model=None, task__isnull=False)
                | Q(kind="topic", spelling="", task=None, ai_model=None) & ~Q(topic="")
                | Q(kind="model", spelling="", task=None, topic="", ai_model__isnull=False)
                | Q(kind="nothing", spelling="", task=None, topic="", ai_model=None),
                name="search_term_means_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def save(self, *, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        self.key = run_together(self.text)
        if not self._state.adding:
            self.revision = F("revision") + 1
        if update_fields is not None:
            update_fields = {*update_fields, "key", "revision", "updated_at"}
        super().save(update_fields=update_fields, **kwargs)

    def clean(self) -> None:
        """Keep what its kind needs, forget the rest, and say what is missing."""
        self.key = run_together(self.text)
        for field in self.MEANINGS.values():
            if field != self.MEANINGS.get(self.Kind(self.kind)):
                setattr(self, field, None if field in ("task", "ai_model") else "")
        problems = {**self._problems_of_text(), **self._problems_of_meaning()}
        if problems:
            raise ValidationError(problems)

    def _problems_of_text(self) -> dict[str, str]:
        if not self.text:
            return {}  # its field says so already
        key, count = run_together(self.text), len(self.text.split())
        if not key:
            return {"text": "Type at least one letter or digit."}
        if count > MOST_WORDS:
            return {"text": f"A term has at most {MOST_WORDS} words; this one has {count}."}
        if len(key) > LONGEST_KEY:
            return {"text": f"Written out it is longer than {LONGEST_KEY} letters; shorten it."}
        taken = SearchTerm.objects.filter(key=key).exclude(pk=self.pk).first()
        if taken:
            told = "capitals, spaces and signs make no difference; change that one instead."
            return {"text": f"There is a term “{taken}” already: {told}"}
        return {}

    def _problems_of_meaning(self) -> dict[str, str]:
        field = self.MEANINGS.get(self.Kind(self.kind))
        if field is None:
            return {}
        if not getattr(self, field):
            label = self.Kind(self.kind).label.lower()
            return {field: f"It means {label}; say which, or choose another kind."}
        if field == "topic" and self.topic not in {topic.id for topic in topics()}:
            return {"topic": f"There is no topic {self.topic}; choose one of the list."}
        return self._problems_of_spelling() if field == "spelling" else {}

    def _problems_of_spelling(self) -> dict[str, str]:
        spelled = run_together(self.spelling)
        if not spelled:
            return {"spelling": "Type at least one letter or digit."}
        if spelled == run_together(self.text):
            return {"spelling": "It means itself; type what else the names hold."}
        way = self._way_back(spelled)
        if way:
            told = " → ".join([self.text, *way])
            return {"spelling": f"It goes in a circle: {told}. End at what the names hold."}
        return {}

    def _way_back(self, spelled: str) -> list[str]:
        """The spellings that lead from this one's back to its own text; none when they do not."""
        rows = SearchTerm.objects.filter(kind=self.Kind.SPELLING).exclude(pk=self.pk)
        following = {row.key: row.spelling for row in rows}
        way = [self.spelling]
        while spelled in following and len(way) <= len(following):
            way.append(following[spelled])
            spelled = run_together(way[-1])
            if spelled == run_together(self.text):
                return way
        return []
