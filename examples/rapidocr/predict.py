from cog import BaseModel, BasePredictor, Input, Path
from rapidocr_onnxruntime import RapidOCR


class Reading(BaseModel):
    text: str
    lines: list[dict]


class Predictor(BasePredictor):
    def setup(self) -> None:
        self.reader = RapidOCR()

    def predict(
        self,
        image: Path = Input(description="A picture with text in it: PNG, JPEG, WebP or BMP"),
        least_score: float = Input(
            description="Lines that the model is less sure of are left out", default=0.5, ge=0, le=1
        ),
    ) -> Reading:
        found, _ = self.reader(str(image))
        lines = [
            {"text": text, "score": round(float(score), 3), "box": rounded(box)}
            for box, text, score in found or []
            if float(score) >= least_score
        ]
        return Reading(text="\n".join(line["text"] for line in lines), lines=lines)


def rounded(box: list) -> list[list[int]]:
    """Its four corners in pixels, clockwise from the upper left."""
    return [[round(x), round(y)] for x, y in box]
