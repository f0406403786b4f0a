"""What a request's body says, held to a shape."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from .problems import BadParameters


class AmountField(serializers.DecimalField):
    """Money; null for none of it, which an empty text is not."""

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return serializers.Field.validate_empty_values(self, data)


def body(request: Request, shape: type[serializers.Serializer[None]]) -> dict[str, Any]:
    """Raises BadParameters, which names each field that is wrong or that there is not."""
    sent = request.data
    if not isinstance(sent, Mapping):
        raise BadParameters({"body": [_("Send a JSON object.")]})
    serializer = shape(data=sent)
    known = ", ".join(serializer.fields)
    wrong = {
        str(name): [_("There is no such field; there are %s.") % known]
        for name in sent
        if name not in serializer.fields
    }
    if not serializer.is_valid():
        wrong |= {name: [str(each) for each in found] for name, found in serializer.errors.items()}
    if wrong:
        raise BadParameters(wrong)
    return dict(serializer.validated_data)
