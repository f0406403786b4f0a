from cog import BaseModel, BasePredictor, Input, Path
from magika import Magika


class Kind(BaseModel):
    label: str
    description: str
    mime_type: str
    group: str
    is_text: bool
    score: float


class Predictor(BasePredictor):
    def setup(self) -> None:
        self.magika = Magika()

    def predict(self, file: Path = Input(description="Any file")) -> Kind:
        result = self.magika.identify_path(str(file))
        if not result.ok:
            raise ValueError(f"The file cannot be read: {result.status}.")
        found = result.output
        return Kind(
            label=str(found.label),
            description=found.description,
            mime_type=found.mime_type,
            group=found.group,
            is_text=found.is_text,
            score=float(result.score),
        )
