"""The shapes of shapes.py as the contract describes them; nothing is rendered through these.

The first fields of each are Replicate's, under its names and meanings; ours follow.
"""

from rest_framework import serializers

from catalog.models import AIModel, LicenseClass, Source

Text = serializers.CharField
Moment = serializers.DateTimeField
Count = serializers.IntegerField


def _words(help_text: str) -> serializers.ListField:
    return serializers.ListField(child=Text(), help_text=help_text)


class VersionShape(serializers.Serializer[None]):
    id = Text()
    created_at = Moment()
    cog_version = Text(help_text="The version of Cog that built it; empty when unknown.")
    openapi_schema = serializers.DictField(
        help_text="OpenAPI document whose components.schemas.Input and Output say what it takes "
        "and answers. Empty in listings, unless expand=schema asks for it."
    )


class ExampleShape(serializers.Serializer[None]):
    """A prediction that was made where the model comes from."""

    id = Text()
    model = Text(help_text="owner/name.")
    version = Text(help_text="The version's id, or the word hidden.")
    input = serializers.JSONField()
    output = serializers.JSONField()
    logs = Text()
    error = Text(allow_null=True)
    status = serializers.ChoiceField(["succeeded"])
    source = serializers.ChoiceField(["web"])  # type: ignore[assignment]
    data_removed = serializers.BooleanField()
    created_at = Moment(allow_null=True)
    started_at = Moment(allow_null=True)
    completed_at = Moment(allow_null=True)
    metrics = serializers.DictField(help_text="predict_time in seconds, where it is known.")
    urls = serializers.DictField(child=serializers.URLField(), help_text="web: the model's page.")


class OfferShape(serializers.Serializer[None]):
    """Who runs the model for what price."""

    provider = Text()
    unit = Text(help_text="What is paid for.")
    amount = serializers.FloatField()
    currency = Text(help_text="ISO 4217.")
    context_length = Count(allow_null=True)
    tokens_per_second = serializers.FloatField(allow_null=True)
    source = Text(help_text="Where the price was read.")  # type: ignore[assignment]
    url = serializers.URLField(allow_null=True)
    seen_at = Moment(help_text="When the price was read.")


class MemoryEstimateShape(serializers.Serializer[None]):
    """bytes = (weight_bytes + token_bytes x context_length) plus overhead_percent."""

    bytes = Count()
    context_length = Count(help_text="Tokens of context reckoned with; the model's own at most.")
    weight_bytes = Count(help_text="Parameters by bits, or the files where no bits are given.")
    weight_bits = serializers.FloatField(allow_null=True, help_text="Bits of one weight.")
    token_bytes = Count(help_text="For each token of context; 0 for what keeps none.")
    overhead_percent = Count()


class PriceShape(serializers.Serializer[None]):
    """The lowest offer of each unit, in dollars; only units in which there is one."""

    input_tokens = serializers.FloatField(required=False, help_text="Per million.")
    output_tokens = serializers.FloatField(required=False, help_text="Per million.")
    image = serializers.FloatField(required=False)
    audio_minute = serializers.FloatField(required=False)
    second = serializers.FloatField(required=False, help_text="Of run time.")
    request = serializers.FloatField(required=False)


class ModelShape(serializers.Serializer[None]):
    url = serializers.URLField(help_text="The model's page here.")
    owner = Text()
    name = Text()
    description = Text(allow_null=True)
    visibility = serializers.ChoiceField(["public", "private"])
    github_url = serializers.URLField(allow_null=True, help_text="Where its code is.")
    paper_url = serializers.URLField(allow_null=True)
    license_url = serializers.URLField(allow_null=True)
    weights_url = serializers.URLField(allow_null=True)
    run_count = Count(help_text="Runs at its source; 0 when nobody counts, see runs.")
    cover_image_url = serializers.URLField(allow_null=True)
    default_example = ExampleShape(
        allow_null=True, help_text="Null in listings, unless expand=example asks for it."
    )
    latest_version = VersionShape(allow_null=True)
    is_official = serializers.BooleanField(help_text="A curator verified the publisher.")

    task = Text(allow_null=True, help_text="A task id of the Hugging Face Hub.")
    library = Text(allow_null=True)
    license = Text(allow_null=True, help_text="The license's id, or its text as the source has it.")
    license_class = serializers.ChoiceField(
        LicenseClass.choices, help_text="What the license permits, its own or the inherited one."
    )
    license_inherited_from = Text(
        allow_null=True,
        help_text="owner/name of the base model whose license holds, where it has none of its own.",
    )
    languages = _words("ISO 639 codes.")
    tags = _words("What its publisher tagged it with.")
    aliases = _words("What else people call it, as its source or a curator says.")
    capabilities = _words("Such as tools, vision, streaming.")
    formats = _words("Such as safetensors, gguf.")
    parameters = Count(allow_null=True)
    active_parameters = Count(allow_null=True, help_text="Used per token, in a mixture of experts.")
    context_length = Count(allow_null=True, help_text="Tokens.")
    memory_bytes = Count(allow_null=True, help_text="Memory needed to run it, as its source says.")
    memory_estimate = MemoryEstimateShape(
        allow_null=True, help_text="Memory to run it, reckoned from its size and format."
    )
    storage_bytes = Count(allow_null=True, help_text="Size on disk.")
    base_model = Text(allow_null=True, help_text="owner/name of the first of base_models.")
    base_models = _words("owner/name of what it was made from, as its source says.")
    group = Text(
        help_text="owner/name of the original of which this is a converted or re-uploaded copy; "
        "its own name when it is none."
    )
    is_variant = serializers.BooleanField(help_text="It is a copy of the model that group names.")
    base_relation = serializers.ChoiceField(AIModel.BaseRelation.choices, allow_null=True)
    datasets = _words("What it was trained on.")
    papers = _words("arXiv ids.")
    gate = serializers.ChoiceField(
        AIModel.Gate.choices, allow_null=True, help_text="What its source asks before a download."
    )
    downloads = Count(allow_null=True, help_text="At its source; null when nobody counts.")
    likes = Count(allow_null=True, help_text="At its source.")
    own_likes = Count(help_text="Likes of people on this installation; in no sum with `likes`.")
    runs = Count(allow_null=True, help_text="At its source.")
    trending_score = serializers.FloatField(allow_null=True)
    is_runnable = serializers.BooleanField(help_text="A version of it can run here.")
    status = serializers.ChoiceField(["listed", "deprecated"])
    deprecated_at = serializers.DateField(allow_null=True)
    retired_at = serializers.DateField(allow_null=True)
    replacement = Text(allow_null=True, help_text="owner/name of what to use instead.")
    source = serializers.ChoiceField(  # type: ignore[assignment]
        Source.choices, help_text="The catalog that leads."
    )
    source_id = Text(allow_null=True)
    source_url = serializers.URLField(allow_null=True)
    last_seen_at = Moment(allow_null=True, help_text="When it was last seen at its source.")
    published_at = Moment(allow_null=True)
    updated_at = Moment(allow_null=True, help_text="When its source last changed it.")
    price = PriceShape(allow_null=True, help_text="Null when nobody offers it for a price.")
    offers = OfferShape(many=True)


class OriginShape(serializers.Serializer[None]):
    """Where one value comes from, and when it was read there."""

    source = serializers.ChoiceField(Source.choices)  # type: ignore[assignment]
    source_url = serializers.URLField(allow_null=True)
    origin = Text(allow_null=True, help_text="The listing that it was read from.")
    read_at = Moment(allow_null=True)
    is_curated = serializers.BooleanField(help_text="A curator of this installation set it.")
    note = Text(allow_null=True, help_text="What was cut or derived on the way in.")


class WholeModelShape(ModelShape):
    provenance = serializers.DictField(
        child=OriginShape(), help_text="By field, for every field that has a value."
    )


class CollectionShape(serializers.Serializer[None]):
    name = Text()
    slug = Text()
    description = Text()


class NotedModelShape(ModelShape):
    note = Text(help_text="Why the model is in the collection.")


class WholeCollectionShape(CollectionShape):
    full_description = Text(allow_null=True, help_text="Markdown.")
    models = NotedModelShape(many=True, help_text="In the collection's order.")


class NamedCollectionShape(CollectionShape):
    models = _words("owner/name of each model.")


class MetadataShape(serializers.Serializer[None]):
    tags = _words("The model's tags.")
    score = serializers.FloatField(allow_null=True)
    generated_description = Text(allow_null=True)


class FoundModelShape(serializers.Serializer[None]):
    model = ModelShape()
    metadata = MetadataShape()


class PageShape(serializers.Serializer[None]):
    name = Text()
    href = Text()


class SearchShape(serializers.Serializer[None]):
    query = Text()
    models = FoundModelShape(many=True)
    collections = NamedCollectionShape(many=True)
    pages = PageShape(many=True)


class FacetValueShape(serializers.Serializer[None]):
    value = Text()
    count = Count()


class ListShape(serializers.Serializer[None]):
    next = serializers.URLField(allow_null=True, help_text="Absolute; null on the last page.")
    previous = serializers.URLField(allow_null=True)


class VersionListShape(ListShape):
    results = VersionShape(many=True)


class ExampleListShape(ListShape):
    results = ExampleShape(many=True)


class CollectionListShape(ListShape):
    results = CollectionShape(many=True)


class ModelListShape(ListShape):
    total = Count(required=False, help_text="Models that fit; only with a search.")
    facets = serializers.DictField(
        child=FacetValueShape(many=True),
        required=False,
        help_text="Counts of values by facet, largest first; only with a search.",
    )
    is_degraded = serializers.BooleanField(
        required=False,
        help_text="The search engine did not answer: this is the database's plainer answer.",
    )
    notice = serializers.CharField(
        required=False, help_text="Why that is so, and what it means; only with is_degraded."
    )
    results = ModelShape(many=True)
