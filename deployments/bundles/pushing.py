"""Makes a version that runs here of a bundle's folder."""

import tempfile
import time
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction

from catalog.models import AIModel, Version
from deployments.bundles import environments, keeping, publishing, reading, schemas, unpacking
from deployments.bundles.errors import BadBundle
from deployments.bundles.reading import MB, Contents
from deployments.models import Bundle, Environment

PAUSE = 0.5


def push(folder: Path, owner: str, name: str) -> Version:
    """Checks the bundle, builds its environment, and keeps it: the same again is the same version.

    It takes as long as the installation of its packages. Raises BadBundle, and then nothing is
    kept.
    """
    contents = reading.read(folder)
    publishing.check(owner, name, contents)
    _check_room(contents)
    environment = environments.for_requirements(contents.requirements)
    _build(environment)
    if there := _existing(contents, owner, name):
        return there
    with keeping.draft(contents) as copy:
        schema = schemas.made(contents, copy, environments.folder(environment))
        keeping.keep(copy, contents.digest, schema)
    return _published(contents, environment, schema, owner, name)


def push_archive(archive: IO[bytes], owner: str, name: str) -> Version:
    """Of a zip or tar file. Raises BadBundle, and then nothing is kept."""
    keeping.place().mkdir(mode=0o755, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=keeping.DRAFT, dir=keeping.place()) as place:
        return push(unpacking.unpack(archive, Path(place)), owner, name)


def push_unbuilt(folder: Path, owner: str, name: str) -> Version:
    """Of a bundle that brings its schema: the environment is built when it is first used."""
    contents = reading.read(folder)
    publishing.check(owner, name, contents)
    schema = schemas.brought(contents)
    if schema is None:
        raise BadBundle(f"It brings no {reading.SCHEMA}; it has to be built to know its inputs.")
    environment = environments.for_requirements(contents.requirements)
    with keeping.draft(contents) as copy:
        keeping.keep(copy, contents.digest, schema)
    return _published(contents, environment, schema, owner, name)


def _check_room(contents: Contents) -> None:
    """Versions are kept for good, so their files together have a limit."""
    others = Bundle.objects.exclude(digest=contents.digest).values("digest", "size").distinct()
    taken = sum(row["size"] for row in others)
    if taken + contents.size > settings.BUNDLES_SIZE_MAX:
        raise BadBundle(
            f"The bundles here have {taken // MB:,} MB together and may have "
            f"{settings.BUNDLES_SIZE_MAX // MB:,} MB: delete versions that nobody needs, or have "
            "the administrator raise BUNDLES_SIZE_MAX."
        )


def _existing(contents: Contents, owner: str, name: str) -> Version | None:
    """What was pushed before, unless its files were lost."""
    if not keeping.is_kept(contents.digest):
        return None
    models = AIModel.objects.named(owner, name)
    same = Version.objects.filter(ai_model__in=models, version_id=contents.digest)
    return same.exclude(bundle=None).first()


def _build(environment: Environment) -> None:
    rows = Environment.objects.filter(pk=environment.pk, status=Environment.Status.FAILED)
    rows.update(status=Environment.Status.MISSING)  # whoever pushes again wants it tried again
    environment.refresh_from_db()
    while not environments.ensure(environment):
        environment.refresh_from_db()
        if environment.status == Environment.Status.FAILED:
            error = environment.error
            environments.remove_unused(environment)
            raise BadBundle(f"Its packages cannot be installed:\n{error}")
        time.sleep(PAUSE)  # somebody else builds it


@transaction.atomic
def _published(
    contents: Contents, environment: Environment, schema: dict[str, Any], owner: str, name: str
) -> Version:
    model = publishing.model_of(owner, name)
    version, is_new = Version.objects.get_or_create(
        ai_model=model,
        version_id=contents.digest,
        defaults={
            "cog_version": environments.COG.partition("==")[2],
            "openapi_schema": schema,
        },
    )
    if is_new:
        _add_bundle(version, environment, contents)
        publishing.tell(model, contents)
    return version


def _add_bundle(version: Version, environment: Environment, contents: Contents) -> None:
    Bundle.objects.create(
        version=version,
        environment=environment,
        digest=contents.digest,
        predictor=contents.predictor,
        config=contents.config,
        size=contents.size,
        memory=contents.memory,
        max_concurrency=contents.max_concurrency,
        is_streaming=contents.is_streaming,
        wants_network=contents.wants_network,
        setup_seconds=contents.setup_seconds,
    )
