import wave
from importlib.metadata import files

import numpy
import onnxruntime
from cog import BaseModel, BasePredictor, Input, Path

RATE = 16_000  # samples a second, as the model was trained
WINDOW, CONTEXT = 512, 64  # samples that it hears at a time, and of those before
LONGEST = 600  # seconds


class Speech(BaseModel):
    segments: list[dict]
    seconds: float
    seconds_of_speech: float


class Predictor(BasePredictor):
    def setup(self) -> None:
        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            str(model_file()), sess_options=options, providers=["CPUExecutionProvider"]
        )

    def predict(
        self,
        audio: Path = Input(description="A WAV file of 16-bit samples"),
        threshold: float = Input(
            description="From which probability on it counts as speech",
            default=0.5,
            ge=0.05,
            le=0.95,
        ),
        least_seconds: float = Input(
            description="Shorter speech and shorter pauses are passed over", default=0.2, ge=0, le=5
        ),
    ) -> Speech:
        samples = read(str(audio))
        probabilities = self.listen(samples)
        segments = joined(probabilities, threshold, least_seconds)
        return Speech(
            segments=segments,
            seconds=round(len(samples) / RATE, 2),
            seconds_of_speech=round(sum(part["end"] - part["start"] for part in segments), 2),
        )

    def listen(self, samples: numpy.ndarray) -> list[float]:
        """The probability of speech in each window."""
        state = numpy.zeros((2, 1, 128), dtype=numpy.float32)
        before = numpy.zeros(CONTEXT, dtype=numpy.float32)
        found = []
        for at in range(0, len(samples), WINDOW):
            window = samples[at : at + WINDOW]
            window = numpy.pad(window, (0, WINDOW - len(window)))
            heard = numpy.concatenate([before, window])[None, :]
            told = {"input": heard, "state": state, "sr": numpy.array(RATE, dtype=numpy.int64)}
            probability, state = self.session.run(None, told)
            before = window[-CONTEXT:]
            found.append(float(probability[0][0]))
        return found


def model_file() -> str:
    """The 16-kHz model that the package brings; importing the package would ask for torch."""
    for file in files("silero-vad") or []:
        if file.name == "silero_vad.onnx":
            return file.locate()
    raise FileNotFoundError("silero_vad.onnx is not in the package.")


def read(path: str) -> numpy.ndarray:
    """Samples from -1 to 1 at RATE, of one channel."""
    try:
        with wave.open(path) as audio:
            rate, channels, width = audio.getframerate(), audio.getnchannels(), audio.getsampwidth()
            if width != 2:
                raise ValueError("The WAV file must have 16-bit samples.")
            if audio.getnframes() > LONGEST * rate:
                raise ValueError(f"The audio is longer than {LONGEST // 60} minutes.")
            raw = audio.readframes(audio.getnframes())
    except (wave.Error, EOFError) as error:
        raise ValueError(f"The audio is no WAV file: {error}.") from error
    samples = numpy.frombuffer(raw, dtype="<i2").astype(numpy.float32) / 32768
    samples = samples.reshape(-1, channels).mean(axis=1)
    if rate == RATE or not len(samples):
        return samples
    places = numpy.arange(0, len(samples) / rate, 1 / RATE) * rate
    return numpy.interp(places, numpy.arange(len(samples)), samples).astype(numpy.float32)


def joined(probabilities: list[float], threshold: float, least_seconds: float) -> list[dict]:
    """Runs of speech, over pauses that are too short to count."""
    least = least_seconds * RATE / WINDOW
    runs: list[list[int]] = []
    for at, probability in enumerate(probabilities):
        if probability < threshold:
            continue
        if runs and at - runs[-1][1] <= least:
            runs[-1][1] = at + 1
        else:
            runs.append([at, at + 1])
    return [
        {
            "start": round(start * WINDOW / RATE, 2),
            "end": round(end * WINDOW / RATE, 2),
            "probability": round(max(probabilities[start:end]), 3),
        }
        for start, end in runs
        if end - start >= least
    ]
