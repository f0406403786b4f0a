"""The form of a model: what its source says stands beside what a curator may set."""

from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.timezone import localtime

from catalog import provenance
from catalog.models import AIModel
from catalog.provenance import FieldOrigin
from catalog.search.words import joined, words
from catalog.sources.jsonl import LONGEST_ALIAS, MOST_ALIASES

LISTS = (
    *("languages", "tags", "capabilities", "formats", "datasets", "papers", "regions"),
    *("base_model_names", "aliases"),
)
FIELDS = (
    *("publisher", "name", "summary", "status", "deprecated_at", "retired_at", "replacement"),
    *("task", "library", "license", "license_text", "license_class", "license_url", "gate"),
    *("parameters", "active_parameters", "context_length", "memory_bytes", "storage_bytes"),
    *("base_model", "base_relation"),
    *("paper_url", "code_url", "weights_url", "cover_url"),
    *LISTS,
)
NAMING = ("publisher", "name")


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 3, "cols": 40})

    def prepare_value(self, value: Any) -> str:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = (line.strip() for line in str(value or "").splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != self.to_python(data))


class AIModelForm(forms.ModelForm):  # type: ignore[type-arg]
    languages = LinesField(required=False, help_text="ISO 639 codes, one a line.")
    tags = LinesField(required=False, help_text="One a line.")
    capabilities = LinesField(required=False, help_text="One a line.")
    formats = LinesField(required=False, help_text="One a line.")
    datasets = LinesField(required=False, help_text="One a line.")
    papers = LinesField(required=False, help_text="arXiv ids, one a line.")
    regions = LinesField(required=False, help_text="One a line.")
    base_model_names = LinesField(required=False, help_text="owner/name, one a line.")
    aliases = LinesField(
        required=False,
        label="Also known as",
        help_text="What else people type when they look for it, one a line.",
    )
    give_back = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Give back to the source",
        help_text="What you tick loses its lock and takes the source's word again.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            del self.fields["give_back"]
            return
        origins = _origins(self.instance)
        for name, field in self.fields.items():
            if name in origins:
                field.help_text = _with_origin(str(field.help_text), origins[name])
        self._offer_back(origins)

    def clean_aliases(self) -> list[str]:
        """Each once without regard to case, spaces and signs; none empty or endless."""
        aliases: dict[str, str] = {}
        for alias in self.cleaned_data["aliases"]:
            aliases.setdefault(joined(words(alias)), alias)
        if "" in aliases:
            raise ValidationError(f"“{aliases['']}” has no letter or digit; take it out.")
        if long := next((alias for alias in aliases.values() if len(alias) > LONGEST_ALIAS), ""):
            raise ValidationError(
                f"“{long[:40]}…” has {len(long)} characters; an alias has at most {LONGEST_ALIAS}."
            )
        if len(aliases) > MOST_ALIASES:
            raise ValidationError(f"A model has at most {MOST_ALIASES} aliases; take some out.")
        return list(aliases.values())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "/" in cleaned.get("name", ""):
            self.add_error("name", "A model's name holds no slash; take it out.")
        if cleaned.get("publisher") and cleaned.get("name"):
            self._refuse_taken_name(f"{cleaned['publisher'].slug}/{cleaned['name']}")
        for name in ("base_model", "replacement"):
            if self.instance.pk and cleaned.get(name) == self.instance:
                self.add_error(name, "A model cannot be its own; choose another or none.")
        return cleaned

    @property
    def curated(self) -> dict[str, Any]:
        """The fields that were changed, apart from the model's name, with their new values."""
        given_back = set(self.cleaned_data.get("give_back", ()))
        changed = {*self.changed_data} - {*NAMING, "give_back"} - given_back
        return {name: self.cleaned_data[name] for name in FIELDS if name in changed}

    def _offer_back(self, origins: dict[str, FieldOrigin]) -> None:
        choices = [
            (name, f"{_label(name)}: {_said(origins.get(name))}")
            for name in self.instance.locked_fields
        ]
        give_back = self.fields["give_back"]
        give_back.choices = choices  # type: ignore[attr-defined]
        if not choices:
            give_back.help_text = "Nothing is locked: every field follows its source."

    def _refuse_taken_name(self, full_name: str) -> None:
        taken = AIModel.objects.filter(key=full_name.lower()).exclude(pk=self.instance.pk)
        if taken.exists():
            self.add_error("name", f"There is a model {full_name} already.")


def _origins(ai_model: AIModel) -> dict[str, FieldOrigin]:
    """As provenance has it; a curated field tells when its source was read, not when it was set."""
    origins = provenance.of(ai_model)
    records = provenance.in_order(ai_model.source_records.all())
    said = provenance.sayers(records) if records else {}
    for name in said.keys() & {*ai_model.locked_fields}:
        origins[name] = replace(origins[name], read_at=said[name].read_at)
    return origins


def _with_origin(help_text: str, origin: FieldOrigin) -> str:
    """What stands below a field: its help, then whose word its value is."""
    if origin.is_curated:
        said = format_html("<strong>Set by a curator.</strong> {}", _said(origin))
    elif origin.source_value not in (None, "", []):
        said = format_html("From {}, {}.", origin.source_label, _when(origin))
    else:
        return help_text
    note = f" ({origin.note})" if origin.note else ""
    return format_html("{}{}{}{}", help_text, " " if help_text else "", said, note)


def _said(origin: FieldOrigin | None) -> str:
    if origin is None or not origin.origin:
        return "no source says anything"
    value = origin.source_value
    if value in (None, "", []):
        return f"the source says nothing ({origin.origin})"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"the source says {Truncator(text).chars(200)} ({origin.origin}, {_when(origin)})"


def _when(origin: FieldOrigin) -> str:
    return f"read {localtime(origin.read_at):%Y-%m-%d}" if origin.read_at else "date unknown"


def _label(name: str) -> str:
    return name.replace("_", " ")
