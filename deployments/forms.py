"""What people type about deployments and predictions: read, checked, and handed to actions."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from catalog import schemas
from catalog.models import Version
from catalog.schemas import Asked, Schema
from deployments.models import Deployment, Hardware, Release
from deployments.predictions.checking import BadInput
from deployments.wishes import LONGEST_IDLE, MOST_INSTANCES, Refused

LONGEST_LINE = 120  # characters of a default that fit into one line
IDLE_MINUTES = LONGEST_IDLE // 60
MOST_CHOICES = 500


class FewFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once."""

    widget = FewFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data]
        kept = [super(FilesField, self).clean(each, initial) for each in given if each]
        if self.required and not kept:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return kept


class InputForm(forms.Form):
    """A form of a version's inputs: one field each, as its schema asks for it.

    `wished()` is the input: what was left empty is left out, so that the model's own default holds.
    """

    prefix = "input"

    def __init__(
        self, version: Version, *args: Any, given: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.asked = {asked.name: asked for asked in schemas.inputs(version.openapi_schema)}
        self.given = given or {}
        for name, asked in self.asked.items():
            self.fields[name] = _field(asked, self.given.get(name))
        self.kept_files = {
            name: kept for name, asked in self.asked.items() if (kept := self._kept(asked))
        }
        for name in self.kept_files:
            self.fields[name].required = False

    def wished(self) -> dict[str, Any]:
        """The input, with files as the uploads that they are still; call it when it is valid."""
        wished = {}
        for name, asked in self.asked.items():
            value = self.cleaned_data.get(name)
            if is_file(asked.schema) and not value:
                value = self.kept_files.get(name)
            elif not is_file(asked.schema):
                value = _meant(asked, value)
            if value not in (None, []) or name in self.required_lists():
                wished[name] = value
        return wished

    @property
    def with_kept(self) -> list[tuple[forms.BoundField, bool]]:
        """Each field, and whether a file of a former prediction stands for it."""
        return [(self[name], name in self.kept_files) for name in self.asked]

    def required_lists(self) -> set[str]:
        return {
            name
            for name, asked in self.asked.items()
            if asked.is_required and asked.schema.get("type") == "array"
        }

    def refuse(self, error: BadInput) -> None:
        """Put each sentence to its field."""
        for field, sentences in error.sentences.items():
            name = field.removeprefix("input.").partition(".")[0]
            for sentence in sentences:
                self.add_error(name if name in self.fields else None, sentence)

    def _kept(self, asked: Asked) -> Any:
        """A file that a former prediction was given, when it is run again."""
        if not is_file(asked.schema):
            return None
        sent = self.data.get(f"{self.add_prefix(asked.name)}-kept") if self.is_bound else None
        kept = self.given.get(asked.name)
        return kept if kept and (not self.is_bound or sent) else None


def is_file(schema: Schema) -> bool:
    items = schema.get("items")
    form = items.get("format") if isinstance(items, Mapping) else schema.get("format")
    return form == "uri"


def is_secret(schema: Schema) -> bool:
    return bool(
        schema.get("format") == "password" or schema.get("writeOnly") or schema.get("x-cog-secret")
    )


def _field(asked: Asked, given: Any) -> forms.Field:
    schema = _plain(asked.schema)
    value = schema.get("default") if given is None else given
    made = _of_kind(schema, asked, value)
    title = schema.get("title")
    made.label = str(title)[:100] if isinstance(title, str) and title else asked.name
    made.help_text = _help(schema)
    return made


def _of_kind(schema: Schema, asked: Asked, value: Any) -> forms.Field:
    kind, needed = schema.get("type"), asked.is_required
    if is_file(schema):
        return FilesField(required=needed) if kind == "array" else forms.FileField(required=needed)
    if isinstance(schema.get("enum"), list) and schema["enum"]:
        return _choice(schema["enum"], needed, value)
    if is_secret(schema):
        hidden = forms.PasswordInput(attrs={"autocomplete": "off"})
        return forms.CharField(required=needed, strip=False, widget=hidden)
    if kind == "boolean":
        return forms.BooleanField(required=False, initial=bool(value))
    if kind in ("integer", "number"):
        return _number(schema, needed, value)
    if kind == "string":
        return _text(schema, needed, value)
    if kind == "array" and _items(schema).get("type") in ("string", "integer", "number"):
        lines = "\n".join(map(str, value)) if isinstance(value, list) else ""
        return forms.CharField(required=needed, initial=lines, widget=_area(3))
    written = "" if value is None else json.dumps(value, ensure_ascii=False, indent=2)
    return forms.CharField(required=needed, initial=written, widget=_area(4))


def _plain(schema: Schema) -> Schema:
    """An optional one is `anyOf` of it and null: the other one is what is asked for."""
    alternatives = schema.get("anyOf")
    if not isinstance(alternatives, list):
        return schema
    others = [one for one in alternatives if isinstance(one, Mapping) and one.get("type") != "null"]
    return {**others[0], **schema} if len(others) == 1 else schema


def _choice(values: list[Any], is_needed: bool, value: Any) -> forms.Field:
    choices = [(json.dumps(each), str(each)) for each in values[:MOST_CHOICES]]
    if not is_needed and value is None:
        choices.insert(0, ("", "–"))
    chosen = json.dumps(value) if value is not None else ""
    return forms.ChoiceField(required=is_needed, choices=choices, initial=chosen)


def _number(schema: Schema, is_needed: bool, value: Any) -> forms.Field:
    bounds = {
        "min_value": _bound(schema.get("minimum")),
        "max_value": _bound(schema.get("maximum")),
    }
    if schema.get("type") == "integer":
        return forms.IntegerField(required=is_needed, initial=value, **bounds)
    any_step = forms.NumberInput(attrs={"step": "any"})
    return forms.FloatField(required=is_needed, initial=value, widget=any_step, **bounds)


def _text(schema: Schema, is_needed: bool, value: Any) -> forms.Field:
    initial = "" if value is None else str(value)
    most = schema.get("maxLength")
    most = most if isinstance(most, int) else None
    is_line = bool(schema.get("format")) or (most is not None and most <= LONGEST_LINE)
    rows = min(8, 2 + initial.count("\n") + len(initial) // 90)
    widget = forms.TextInput() if is_line else _area(rows)
    return forms.CharField(
        required=is_needed and schema.get("default") is None,
        initial=initial,
        strip=False,
        max_length=most,
        widget=widget,
    )


def _meant(asked: Asked, value: Any) -> Any:
    """The value of a field as JSON has it; None for what is left out."""
    schema = _plain(asked.schema)
    kind = schema.get("type")
    if isinstance(schema.get("enum"), list) and schema["enum"]:
        return json.loads(value) if value else None
    if kind == "string":
        return value if value or schema.get("default") else None
    if kind == "array" and _items(schema).get("type") in ("string", "integer", "number"):
        return [_entry(line.strip(), schema) for line in value.splitlines() if line.strip()]
    if kind in ("boolean", "integer", "number"):
        return value
    return _json(value) if value else None


def _entry(line: str, schema: Schema) -> Any:
    """A line of a list; what is no number is left as it is, for the check to tell of it."""
    if _items(schema).get("type") == "string":
        return line
    try:
        return json.loads(line)
    except ValueError:
        return line


def _json(text: str) -> Any:
    """What is no JSON is a text: the check against the schema tells what would be right."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _help(schema: Schema) -> str:
    parts = []
    if isinstance(schema.get("description"), str):
        parts.append(_as_sentence(schema["description"][:500].rstrip()))
    low, high = _bound(schema.get("minimum")), _bound(schema.get("maximum"))
    if low is not None and high is not None:
        parts.append(_("%(low)s to %(high)s.") % {"low": f"{low:g}", "high": f"{high:g}"})
    if schema.get("type") == "array" and not is_file(schema):
        parts.append(_("One a line."))
    if schema.get("type") not in KNOWN and "enum" not in schema:
        parts.append(_("As JSON."))
    return " ".join(parts)


def _as_sentence(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?", "。", "！", "？")) else f"{text}."


KNOWN = ("string", "boolean", "integer", "number", "array")


def _items(schema: Schema) -> Schema:
    items = schema.get("items")
    return items if isinstance(items, Mapping) else {}


def _bound(value: Any) -> Any:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class ChangeForm(forms.Form):
    """What a deployment runs with."""

    version = forms.ModelChoiceField(
        Version.objects.none(), label=gettext_lazy("Version"), empty_label=None
    )
    hardware = forms.ModelChoiceField(
        Hardware.objects.none(),
        label=gettext_lazy("Hardware"),
        empty_label=None,
        widget=forms.RadioSelect,
    )
    min_instances = forms.IntegerField(
        label=gettext_lazy("Instances at least"),
        min_value=0,
        max_value=MOST_INSTANCES,
        help_text=gettext_lazy("0: it sleeps when nobody asks, and the first request wakes it."),
    )
    max_instances = forms.IntegerField(
        label=gettext_lazy("Instances at most"),
        min_value=1,
        max_value=MOST_INSTANCES,
        help_text=gettext_lazy("More are started while requests wait."),
    )
    idle_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes without a request until it sleeps"),
        min_value=0,
        max_value=IDLE_MINUTES,
        help_text=gettext_lazy("0: it never sleeps."),
    )
    stop_at = forms.DateTimeField(
        label=gettext_lazy("Stop at (UTC)"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("Empty: it goes on until somebody stops it."),
    )
    budget = forms.DecimalField(
        label=format_lazy("{} ({})", gettext_lazy("Stop when it has cost"), settings.CURRENCY),
        required=False,
        min_value=Decimal("0.000001"),
        max_digits=14,
        decimal_places=6,
        help_text=gettext_lazy("Empty: whatever it costs."),
    )

    def __init__(self, *args: Any, versions: QuerySet[Version], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].queryset = versions  # type: ignore[attr-defined]
        self.fields["hardware"].queryset = Hardware.objects.filter(is_enabled=True)  # type: ignore[attr-defined]

    def wishes(self) -> dict[str, Any]:
        """As actions.deploy and actions.update take them."""
        wished = dict(self.cleaned_data)
        wished["idle_seconds"] = wished.pop("idle_minutes") * 60
        return wished

    def refuse(self, error: Refused) -> None:
        name = {"idle_seconds": "idle_minutes"}.get(error.field, error.field)
        self.add_error(name if name in self.fields else None, str(error))


class DeployForm(ChangeForm):
    owner = forms.ChoiceField(
        label=gettext_lazy("Owner"),
        help_text=gettext_lazy(
            "Who has it and pays for it. Members of an organisation see what it does."
        ),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=64,
        help_text=gettext_lazy("Small letters, digits and hyphens; part of its address."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )

    field_order = ("owner", "name", "version", "hardware")

    def __init__(self, *args: Any, owners: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owners = {str(owner.pk): owner for owner in owners}
        if len(owners) == 1:
            del self.fields["owner"]
        else:
            names = [(pk, owner.get_username()) for pk, owner in self.owners.items()]
            self.fields["owner"].choices = names  # type: ignore[attr-defined]

    def wishes(self) -> dict[str, Any]:
        wished = super().wishes()
        chosen = wished.get("owner") or next(iter(self.owners))
        return {**wished, "owner": self.owners[chosen]}


class HandOverForm(forms.Form):
    to = forms.CharField(
        max_length=150,
        label=gettext_lazy("To"),
        help_text=gettext_lazy(
            "An organisation where you are a developer gets it at once; a person, by the username, "
            "has a week to take it."
        ),
        error_messages={"required": gettext_lazy("Write who is to have it.")},
        widget=forms.TextInput(
            attrs={
                **{"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
                "list": "receivers",
            }
        ),
    )


class LoadForm(forms.Form):
    """How much somebody will ask, to know what it would cost."""

    requests = forms.IntegerField(
        label=gettext_lazy("Requests a day"), min_value=0, max_value=10**9, required=False
    )
    seconds = forms.FloatField(
        label=gettext_lazy("Seconds each"),
        min_value=0,
        max_value=86_400,
        required=False,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )


def settings_of(deployment: Deployment, release: Release) -> dict[str, Any]:
    """What a ChangeForm begins with."""
    stop_at: datetime | None = deployment.stop_at
    return {
        "version": release.version_id,
        "hardware": release.hardware_id,
        "min_instances": release.min_instances,
        "max_instances": release.max_instances,
        "idle_minutes": -(-release.idle_seconds // 60),
        "stop_at": stop_at,
        "budget": deployment.budget,
    }
