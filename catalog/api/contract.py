"""What the contract (openapi.json) says of each route; the views wear these as decorators."""

from collections.abc import Callable
from typing import Any, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
)

from catalog import prices
from catalog.api import parameters, serializers
from catalog.search import FACETS, SORTS
from config.api import pages
from config.api.contract import PROBLEM

View = TypeVar("View", bound=Callable[..., Any])
Parameters = list[OpenApiParameter]

MODEL_NAME: Parameters = [
    OpenApiParameter("owner", str, "path", description="Who publishes the model; any case."),
    OpenApiParameter("name", str, "path", description="The model's name; any case."),
]
PAGE: Parameters = [
    OpenApiParameter("cursor", str, description="Out of `next` or `previous` of another page."),
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": 100, "default": pages.LIMIT},
        description="Results a page.",
    ),
]
ORDER: Parameters = [
    OpenApiParameter(
        "sort_by",
        enum=["latest_version_created_at", "model_created_at"],
        description="Order of the plain listing. What has no version stands behind what has one, "
        "by the day it was published.",
    ),
    OpenApiParameter("sort_direction", enum=["desc", "asc"], description="Newest first or last."),
]
FILTER_MEANINGS = {
    "task": "What it does, by the Hugging Face Hub's task ids.",
    "library": "What it is loaded with.",
    "license": "The license's id.",
    "license_class": "open, conditional, non-commercial or unknown; inherited from the base model "
    "by what has no license of its own.",
    "language": "ISO 639 code of a language it knows.",
    "publisher": "Who publishes it.",
    "source": "The catalog it was read from.",
    "tag": "A tag of its publisher's.",
    "capability": "Something it can do: tools, vision, audio, reasoning, embeddings, streaming.",
}
FILTERS: Parameters = [
    OpenApiParameter(
        name,
        str,
        many=True,
        description=f"{FILTER_MEANINGS[name]} Repeatable; `-` before a value means not.",
    )
    for name in FACETS
]
RANGES: Parameters = [
    OpenApiParameter("params_min", str, description="Parameters at least: 7000000000 or 7B."),
    OpenApiParameter("params_max", str, description="Parameters at most: 7000000000 or 7B."),
    OpenApiParameter(
        "active_params_min",
        str,
        description="Parameters at work on each token at least: 3B. Of a mixture of experts the "
        "active ones, else all.",
    ),
    OpenApiParameter("active_params_max", str, description="The same at most."),
    OpenApiParameter("context_min", str, description="Context length in tokens at least: 128k."),
    OpenApiParameter("context_max", str, description="Context length in tokens at most: 128k."),
    OpenApiParameter(
        "memory_min", str, description="Memory needed as its source says, at least: 24GB."
    ),
    OpenApiParameter("memory_max", str, description="The same at most, with its unit: 24GB."),
    OpenApiParameter(
        "fits",
        str,
        description="Runs in this much memory, by `memory_estimate`: 24GB. Models whose size "
        "nobody knows are left out.",
    ),
    OpenApiParameter(
        "context",
        str,
        description="Tokens of context that `fits` and `runs_here` reckon with: 32k. Rounded up "
        "to a power of two from 2k to 1M; 8k without it. A model's own length is its most.",
    ),
    OpenApiParameter(
        "runs_here",
        bool,
        description="Fits the memory of this installation, and its files need no hardware that is "
        "missing here, as far as is known. No promise that it runs well.",
    ),
    OpenApiParameter(
        "price_min",
        float,
        description="Dollars for one `price_unit` at least, by the lowest offer.",
    ),
    OpenApiParameter(
        "price_max", float, description="The same at most: 0.5. 0 finds what is offered for free."
    ),
    OpenApiParameter(
        "price_unit",
        enum=list(prices.UNITS),
        description="What `price_min`, `price_max` and `sort=price` compare: input_tokens (without "
        "it) and output_tokens by the million, the others each.",
    ),
    OpenApiParameter("has_price", bool, description="Whether somebody offers it for a price."),
    OpenApiParameter(
        "updated_since",
        OpenApiTypes.DATE,
        description="Changed at its source on or after.",
    ),
    OpenApiParameter("runnable", bool, description="Whether a version of it can run here."),
]
SEARCH: Parameters = [
    OpenApiParameter("q", str, description="Text to look for; typos are forgiven."),
    *FILTERS,
    *RANGES,
    OpenApiParameter("sort", enum=list(SORTS), description="Order of a search."),
    OpenApiParameter(
        "variants",
        enum=["folded", "all"],
        description="Taken from addresses of the search page, without effect: here every model is "
        "listed, and `group` tells whose copy it is.",
    ),
    OpenApiParameter(
        "facets",
        str,
        description=f"What to count, separated by commas: {', '.join(FACETS)}. Without it a "
        f"search counts {', '.join(parameters.USUAL_FACETS)}; `facets=` counts nothing.",
    ),
]
EXPAND: Parameters = [
    OpenApiParameter(
        "expand",
        str,
        description="Large parts that listings leave out, separated by commas: schema (of the "
        "latest version), example.",
    )
]


def _operation(
    operation_id: str,
    summary: str,
    description: str,
    shape: Any,
    *,
    takes: Parameters | None = None,
    is_named: bool = False,
    tags: list[str],
) -> Callable[[View], View]:
    errors = {400: PROBLEM, 404: PROBLEM} if is_named else {400: PROBLEM}
    return extend_schema(
        operation_id=operation_id,
        summary=summary,
        description=description,
        parameters=takes or [],
        responses={**(shape if isinstance(shape, dict) else {200: shape}), **errors},
        tags=tags,
    )


list_models = _operation(
    "models.list",
    "List and search models",
    "Without parameters of a search: all public models in Replicate's order, paged by cursors that "
    "inserts do not move.\n\nWith `q`, a filter, `sort` or `facets`: the models that fit, best "
    "first, and with them `total` and `facets`. A parameter that does not exist is an error, so "
    "that a misspelt filter does not answer with everything.",
    serializers.ModelListShape,
    takes=[*SEARCH, *ORDER, *PAGE, *EXPAND],
    tags=["Models"],
)
search_models = _operation(
    "models.search",
    "Search models by a text",
    "The HTTP method QUERY with the text as its body: text/plain as it is or in JSON's quotes, or "
    "application/json with one string. Answers as GET with `q` does, takes the same parameters, "
    "and changes nothing. OpenAPI 3.1 has no place for this method, so it stands under `x-query`.",
    serializers.ModelListShape,
    takes=[*SEARCH, *PAGE, *EXPAND],
    tags=["Models"],
)
get_model = _operation(
    "models.get",
    "Get a model",
    "Any case of the name is answered, with the canonical address in Content-Location. A former "
    "name is answered by a redirect (308) whose body is already the answer.",
    serializers.WholeModelShape,
    takes=MODEL_NAME,
    is_named=True,
    tags=["Models"],
)
get_readme = _operation(
    "models.readme.get",
    "Get a model's readme",
    "Markdown as its publisher wrote it. Untrusted: clean what you render.",
    {(200, "text/plain"): OpenApiTypes.STR},
    takes=MODEL_NAME,
    is_named=True,
    tags=["Models"],
)
list_versions = _operation(
    "models.versions.list",
    "List a model's versions",
    "Newest first, each with its whole schema.",
    serializers.VersionListShape,
    takes=[*MODEL_NAME, *PAGE],
    is_named=True,
    tags=["Versions"],
)
get_version = _operation(
    "models.versions.get",
    "Get a version",
    "A version never changes.",
    serializers.VersionShape,
    takes=[*MODEL_NAME, OpenApiParameter("version_id", str, "path", description="The id.")],
    is_named=True,
    tags=["Versions"],
)
list_examples = _operation(
    "models.examples.list",
    "List a model's examples",
    "Predictions that were made where the model comes from, newest first.",
    serializers.ExampleListShape,
    takes=[*MODEL_NAME, *PAGE],
    is_named=True,
    tags=["Versions"],
)
search_all = _operation(
    "search",
    "Search models and collections",
    "Replicate's search for one text. `score` and `generated_description` are null: nothing here "
    "is generated, and the engines' scores cannot be compared.",
    serializers.SearchShape,
    takes=[
        OpenApiParameter(
            "query",
            {"type": "string", "minLength": 1},
            required=True,
            description="Text to look for.",
        ),
        OpenApiParameter(
            "limit",
            {"type": "integer", "minimum": 1, "maximum": 50, "default": 20},
            description="Models at most.",
        ),
    ],
    tags=["Models"],
)
list_collections = _operation(
    "collections.list",
    "List collections",
    "By name.",
    serializers.CollectionListShape,
    takes=PAGE,
    tags=["Collections"],
)
get_collection = _operation(
    "collections.get",
    "Get a collection",
    "With its models in their order, each with the curator's note.",
    serializers.WholeCollectionShape,
    takes=[OpenApiParameter("slug", str, "path", description="The collection's slug.")],
    is_named=True,
    tags=["Collections"],
)
