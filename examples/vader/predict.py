from cog import BaseModel, BasePredictor, Input
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

CLEAR = 0.05  # the authors' own bounds of what counts as neutral


class Sentiment(BaseModel):
    label: str
    compound: float
    positive: float
    neutral: float
    negative: float


class Predictor(BasePredictor):
    def setup(self) -> None:
        self.analyzer = SentimentIntensityAnalyzer()

    def predict(
        self,
        text: str = Input(description="What somebody wrote, in English", max_length=20_000),
    ) -> Sentiment:
        scores = self.analyzer.polarity_scores(text)
        return Sentiment(
            label=label_of(scores["compound"]),
            compound=scores["compound"],
            positive=scores["pos"],
            neutral=scores["neu"],
            negative=scores["neg"],
        )


def label_of(compound: float) -> str:
    if compound >= CLEAR:
        return "positive"
    return "negative" if compound <= -CLEAR else "neutral"
