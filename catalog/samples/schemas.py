"""OpenAPI documents of samples' versions: inputs and outputs as models of such a task have them."""

from typing import Any

Properties = dict[str, dict[str, Any]]

PROMPT = {"type": "string", "title": "Prompt", "description": "What to make, in words."}
SEED = {
    "type": "integer",
    "title": "Seed",
    "description": "The same seed gives the same output. Leave it empty for a random one.",
    "nullable": True,
}
TEXT_INPUTS: Properties = {
    "prompt": PROMPT,
    "max_tokens": {
        "type": "integer",
        "title": "Max tokens",
        "description": "The most tokens to write.",
        "default": 512,
        "minimum": 1,
        "maximum": 8192,
    },
    "temperature": {
        "type": "number",
        "title": "Temperature",
        "description": "Higher is more surprising.",
        "default": 0.7,
        "minimum": 0,
        "maximum": 2,
    },
}
PICTURE_INPUTS: Properties = {
    "prompt": PROMPT,
    "width": {"type": "integer", "title": "Width", "default": 1024, "description": "Pixels."},
    "height": {"type": "integer", "title": "Height", "default": 1024, "description": "Pixels."},
    "seed": SEED,
}
SOUND_INPUTS: Properties = {
    "audio": {"type": "string", "format": "uri", "title": "Audio", "description": "A recording."}
}
IMAGE_INPUTS: Properties = {
    "image": {"type": "string", "format": "uri", "title": "Image", "description": "A picture."}
}
INPUTS: dict[str, Properties] = {
    "text-to-image": PICTURE_INPUTS,
    "text-to-video": PICTURE_INPUTS,
    "automatic-speech-recognition": SOUND_INPUTS,
    "image-classification": IMAGE_INPUTS,
    "object-detection": IMAGE_INPUTS,
    "image-segmentation": IMAGE_INPUTS,
    "image-text-to-text": {**IMAGE_INPUTS, **TEXT_INPUTS},
}
GIVES_A_FILE = {"text-to-image", "text-to-video", "text-to-speech", "image-segmentation"}
EXAMPLES: dict[str, Any] = {
    "prompt": "A lighthouse at dusk, seen from the sea",
    "audio": "https://samples.example/recording.wav",
    "image": "https://samples.example/picture.png",
}


def openapi(task: str) -> dict[str, Any]:
    """In the shape that Cog writes: components.schemas.Input and Output."""
    properties = {
        name: {**schema, "x-order": order}
        for order, (name, schema) in enumerate(_inputs(task).items())
    }
    required = [name for name, schema in properties.items() if _is_required(schema)]
    return {
        "openapi": "3.0.2",
        "info": {"title": "Cog", "version": "0.1.0"},
        "paths": {},
        "components": {
            "schemas": {
                "Input": {
                    "type": "object",
                    "title": "Input",
                    "required": required,
                    "properties": properties,
                },
                "Output": _output(task),
            }
        },
    }


def example_input(task: str) -> dict[str, Any]:
    return {
        name: EXAMPLES.get(name, schema.get("default")) for name, schema in _inputs(task).items()
    }


def example_output(task: str) -> Any:
    if task in GIVES_A_FILE:
        return [f"https://samples.example/{task}.out"]
    return "Made up, as the model is."


def _inputs(task: str) -> Properties:
    return INPUTS.get(task, TEXT_INPUTS)


def _is_required(schema: dict[str, Any]) -> bool:
    return "default" not in schema and not schema.get("nullable")


def _output(task: str) -> dict[str, Any]:
    if task in GIVES_A_FILE:
        return {"type": "array", "title": "Output", "items": {"type": "string", "format": "uri"}}
    return {"type": "string", "title": "Output"}
