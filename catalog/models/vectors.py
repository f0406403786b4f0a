"""Vectors of models, for search by meaning. All of it is derived: wiped, it is made anew."""

from django.db import models

from .ai_models import AIModel


class LearnedEmbedder(models.Model):
    """What was learned from the catalog's own texts; every host reads it from here."""

    fingerprint = models.CharField(max_length=32, primary_key=True)
    layout = models.CharField(max_length=16, help_text="Of the code that reads the texts.")
    learned_at = models.DateTimeField()
    texts = models.PositiveIntegerField(help_text="How many models it was learned from.")
    payload = models.BinaryField(help_text="numpy's .npz, without pickled objects.")

    def __str__(self) -> str:
        return self.fingerprint


class ModelVector(models.Model):
    """The vector of what one model is described as."""

    ai_model = models.OneToOneField(
        AIModel, models.CASCADE, primary_key=True, related_name="vector"
    )
    embedder = models.CharField(max_length=32, help_text="Fingerprint of what made it.")
    as_of = models.DateTimeField(help_text="The updated_at of the row that was read.")
    digest = models.CharField(max_length=32, help_text="Of the text, which changes less often.")
    vector = models.BinaryField(help_text="float16, unit length; empty when nothing is said.")

    class Meta:
        indexes = [models.Index(fields=["embedder"], name="model_vector_by_embedder")]

    def __str__(self) -> str:
        return f"vector of {self.ai_model_id}"
