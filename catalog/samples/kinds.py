"""What kinds of models samples are of, in about the proportions that the Hub has."""

from dataclasses import dataclass

# Size labels of encoders, which name no number, and the parameters behind them.
NAMED_SIZES = {
    "tiny": 15_000_000,
    "small": 60_000_000,
    "base": 110_000_000,
    "medium": 240_000_000,
    "large": 350_000_000,
    "xl": 1_200_000_000,
}
ENCODERS = ("tiny", "small", "base", "large")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Models of one task: which sizes they come in, what loads them, what is made of them."""

    weight: float
    task: str
    purpose: str  # completes "A 7B model that ..."
    sizes: tuple[str, ...]
    library: str = "transformers"
    tunes: tuple[str, ...] = ("",)
    themes: tuple[str, ...] = ("finetuned", "custom", "distilled")
    quantised: tuple[str, ...] = ("ONNX",)
    contexts: tuple[int, ...] = ()
    formats: tuple[str, ...] = ("safetensors",)
    tags: tuple[str, ...] = ()
    is_called: float = 0.02  # share that has a version with a schema


CHAT_THEMES = (
    "legal medical code math roleplay finance support sql story french german japanese tool-use "
    "long-context extraction tutor email-writer uncensored"
).split()
LLM_FILES = ("GGUF", "AWQ", "GPTQ-Int4", "MLX-4bit", "FP8", "EXL3")

KINDS = (
    Kind(
        weight=36,
        task="text-generation",
        purpose="writes, answers and calls tools",
        sizes=tuple("350m 0.6b 1b 1.5b 3b 7b 8b 13b 14b 30b-a3b 32b 70b 120b-a12b".split()),
        tunes=("", "instruct", "chat", "reasoning"),
        themes=tuple(CHAT_THEMES),
        quantised=LLM_FILES,
        contexts=(4096, 8192, 32768, 131072, 262144),
        tags=("conversational", "text-generation-inference"),
        is_called=0.06,
    ),
    Kind(
        weight=6,
        task="image-text-to-text",
        purpose="reads images and answers about them",
        sizes=tuple("2b 4b 7b 8b 11b 27b 72b".split()),
        tunes=("instruct", "thinking"),
        themes=("ocr", "charts", "receipts", "medical", "screens", "captions"),
        quantised=LLM_FILES,
        contexts=(32768, 131072, 262144),
        tags=("vision", "multimodal"),
        is_called=0.08,
    ),
    Kind(
        weight=12,
        task="text-classification",
        purpose="sorts texts into classes",
        sizes=ENCODERS,
        themes=("sentiment", "emotion", "toxicity", "intent", "spam", "topics", "language-id"),
        contexts=(512,),
        tags=("text-embeddings-inference",),
    ),
    Kind(
        weight=6,
        task="token-classification",
        purpose="finds names and terms in text",
        sizes=ENCODERS,
        themes=("ner", "pos", "pii", "biomedical-ner", "dates"),
        contexts=(512,),
    ),
    Kind(
        weight=5,
        task="fill-mask",
        purpose="fills gaps in text",
        sizes=ENCODERS,
        themes=("uncased", "legal", "clinical", "tweets", "multilingual"),
        contexts=(512, 8192),
    ),
    Kind(
        weight=6,
        task="sentence-similarity",
        purpose="turns sentences into vectors that can be compared",
        sizes=(*ENCODERS, "4b"),
        library="sentence-transformers",
        themes=("retrieval", "code-search", "multilingual", "questions"),
        contexts=(512, 8192, 32768),
        tags=("feature-extraction", "embeddings"),
        is_called=0.05,
    ),
    Kind(
        weight=3,
        task="question-answering",
        purpose="finds the answer in a given text",
        sizes=ENCODERS,
        contexts=(512,),
    ),
    Kind(
        weight=3,
        task="summarization",
        purpose="shortens texts",
        sizes=("small", "base", "large"),
        themes=("news", "meetings", "papers", "dialogue"),
        contexts=(1024, 4096),
    ),
    Kind(
        weight=4,
        task="translation",
        purpose="translates between languages",
        sizes=("tiny", "small", "base"),
        themes=("en-de", "de-en", "en-fr", "zh-en", "en-zh", "es-en", "ja-en", "mul-en"),
        contexts=(512,),
    ),
    Kind(
        weight=6,
        task="automatic-speech-recognition",
        purpose="writes down what is said",
        sizes=("tiny", "small", "medium", "large"),
        themes=("french", "cantonese", "telephone", "medical", "timestamps", "swahili"),
        tags=("audio", "speech"),
        is_called=0.1,
    ),
    Kind(
        weight=4,
        task="text-to-speech",
        purpose="reads texts aloud",
        sizes=("82m", "300m", "1b"),
        themes=("narrator", "multilingual", "expressive", "german"),
        tags=("audio", "speech", "tts"),
        is_called=0.15,
    ),
    Kind(
        weight=8,
        task="text-to-image",
        purpose="draws images from descriptions",
        sizes=("0.9b", "2.6b", "8b", "12b"),
        library="diffusers",
        tunes=("", "turbo", "dev"),
        themes=("pixel-art", "watercolour", "portraits", "isometric", "anime", "product-photos"),
        quantised=("GGUF", "FP8", "ONNX"),
        tags=("image-generation",),
        is_called=0.3,
    ),
    Kind(
        weight=2,
        task="text-to-video",
        purpose="makes short videos from descriptions",
        sizes=("1.3b", "5b", "14b"),
        library="diffusers",
        themes=("landscape", "slow-motion", "anime", "product"),
        quantised=("GGUF", "FP8"),
        tags=("video-generation",),
        is_called=0.4,
    ),
    Kind(
        weight=4,
        task="image-classification",
        purpose="says what an image shows",
        sizes=ENCODERS,
        library="timm",
        themes=("food", "plants", "x-ray", "satellite", "documents"),
        tags=("vision",),
        is_called=0.05,
    ),
    Kind(
        weight=3,
        task="object-detection",
        purpose="finds things in images and marks where they are",
        sizes=("tiny", "small", "medium", "large"),
        library="ultralytics",
        themes=("traffic", "licence-plates", "poultry", "tables", "ppe"),
        formats=("pytorch",),
        tags=("vision",),
        is_called=0.1,
    ),
    Kind(
        weight=2,
        task="image-segmentation",
        purpose="cuts images into their parts",
        sizes=("small", "base", "large"),
        themes=("portraits", "roads", "cells", "rooftops"),
        tags=("vision",),
        is_called=0.1,
    ),
    Kind(
        weight=4,
        task="reinforcement-learning",
        purpose="plays one game well",
        sizes=("tiny",),
        library="stable-baselines3",
        tunes=("lander", "cartpole", "walker", "pong"),
        themes=("seed1", "seed2", "long-run", "tuned"),
        quantised=(),
        formats=("pytorch",),
        tags=("deep-reinforcement-learning",),
    ),
    Kind(
        weight=2,
        task="time-series-forecasting",
        purpose="continues series of numbers",
        sizes=("8m", "46m", "200m"),
        themes=("energy", "retail", "weather"),
        contexts=(512, 2048),
    ),
)

# License id of the Hub, and how often it is given among models that give one.
LICENSES = {
    "apache-2.0": 52,
    "mit": 20,
    "cc-by-nc-4.0": 8,
    "cc-by-4.0": 5,
    "cc-by-sa-4.0": 3,
    "openrail": 3,
    "creativeml-openrail-m": 3,
    "bsd-3-clause": 2,
    "gpl-3.0": 2,
    "agpl-3.0": 1,
    "cc-by-nc-sa-4.0": 1,
}
# Loaded by another library than the kind's own once it is in one of these files.
LIBRARY_OF_FILES = {"GGUF": "gguf", "MLX-4bit": "mlx", "ONNX": "onnx"}
BITS_OF_FILES = {
    "GGUF": 4.8,
    "AWQ": 4.3,
    "GPTQ-Int4": 4.3,
    "MLX-4bit": 4.5,
    "FP8": 8.2,
    "EXL3": 4.0,
    "ONNX": 16,
}
LANGUAGES = "zh es fr de ja pt ko it ru ar hi th vi pl tr nl id sv uk bn sw".split()
