"""What has to come back of a model for it to be ranked."""

RANKED_BY = (
    "id",
    "key",
    "whole",
    "name",
    "runs",
    "owner",
    "owner_whole",
    "meanings",
    "tag_words",
    "about",
    "stems",
    "weight",
    "popularity",
)
