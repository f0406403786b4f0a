from datetime import UTC, datetime, time

import pytest
from django.core.management import call_command

from catalog import starter
from catalog.models import AIModel, ImportReject, Publisher, SourceRecord

pytestmark = pytest.mark.django_db


def test_an_empty_catalog_gets_all_of_the_starter_dated_by_its_facts() -> None:
    hub, replicate, _ = starter.origins()

    call_command("load_starter")

    assert AIModel.objects.listed().count() > 20_000
    assert ImportReject.objects.count() == 0
    read_at = datetime.combine(replicate.date, time(), UTC)
    of_replicate = SourceRecord.objects.filter(source="replicate")
    assert of_replicate.count() == replicate.records
    assert set(of_replicate.values_list("read_at", flat=True)) == {read_at}
    assert SourceRecord.objects.filter(source="huggingface").count() == hub.records


def test_a_catalog_that_holds_a_model_is_left_as_it_is() -> None:
    own = AIModel.objects.create(publisher=Publisher.objects.create(slug="acme"), name="own")

    call_command("load_starter")

    assert list(AIModel.objects.all()) == [own]
