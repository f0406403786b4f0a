"""The marks that a conversion leaves in a model's name, and what the name is without them."""

import re

from catalog.search.words import words

# By the word as it stands in names, how people write it.
FORMATS = {
    "gguf": "GGUF",
    "ggml": "GGML",
    "gptq": "GPTQ",
    "awq": "AWQ",
    "exl2": "EXL2",
    "exl3": "EXL3",
    "hqq": "HQQ",
    "aqlm": "AQLM",
    "autoround": "AutoRound",
    "bnb": "bitsandbytes",
    "mlx": "MLX",
    "onnx": "ONNX",
    "openvino": "OpenVINO",
    "ov": "OpenVINO",
    "coreml": "Core ML",
    "tflite": "TFLite",
    "litert": "LiteRT",
    "ct2": "CTranslate2",
    "ctranslate2": "CTranslate2",
    "nvfp4": "NVFP4",
    "mxfp4": "MXFP4",
    "mxfp8": "MXFP8",
}
SIZE = r"int[248]|fp[48]|nf4|[2-8](?:\.\d+)?(?:bits?|bpw)|w\d+a\d+"
SAID = r"quanti[sz]ed|quants?|imatrix"
MARK = rf"(?:{'|'.join(FORMATS)}|{SIZE}|{SAID}|i?q[1-8](?: [01kmslx]{{1,3}}){{0,2}}|[2-8] bit)"
# What qualifies a mark beside it, and says nothing alone.
BEFORE = r"(?:unsloth|i1|ud|static|dynamic)"
AFTER = r"(?:dynamic|block|mixed|static|group|sym|g\d+|\d+g)"
CONVERSION = re.compile(rf"(?:(?<!\S){BEFORE} )*(?<!\S){MARK}(?!\S)(?: (?:{AFTER}|{MARK})(?!\S))*")
ONE_MARK = re.compile(rf"(?<!\S){MARK}(?!\S)")
# Neither a conversion nor another model: how the files are laid out, and the usual precision.
LAYOUT = frozenset({"hf", "bf16", "fp16", "f16", "fp32"})
# Whoever says so made another model of it, whatever else the name says.
ALTERED = frozenset(
    {
        *("uncensored", "abliterated", "heretic", "derestricted", "unfiltered", "obliterated"),
        *("distill", "distilled", "distil", "finetune", "finetuned", "tuned", "sft", "dpo", "lora"),
        *("merge", "merged", "pruned", "reap", "instruct", "chat", "it", "thinking", "reasoning"),
        *("coder", "roleplay", "rp", "base"),
    }
)


def labels(name: str) -> list[str]:
    """What a copy was converted to, as its name says: GGUF, 4-bit. Empty for no conversion."""
    found = ONE_MARK.findall(" ".join(words(name)))
    return list(dict.fromkeys(map(_label, found)))


def _label(mark: str) -> str:
    if mark in FORMATS:
        return FORMATS[mark]
    if bits := re.fullmatch(r"([\d.]+) ?bits?", mark):
        return f"{bits[1]}-bit"
    return mark if re.fullmatch(SAID, mark) else mark.replace(" ", "_").upper()


def is_converted(text: str) -> bool:
    """Whether a name, or what somebody typed, speaks of a conversion."""
    return ONE_MARK.search(" ".join(words(text))) is not None


def parted(name: str) -> tuple[list[str], bool]:
    """The words of a name without marks, and whether there were any.

    Run together, these words are the same for a model and its converted copies.
    """
    spelled = " ".join(words(name))
    bare = CONVERSION.sub(" ", spelled)
    return [word for word in bare.split() if word not in LAYOUT], bare != spelled
