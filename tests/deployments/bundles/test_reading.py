"""What is said of a bundle before anything of it runs."""

from pathlib import Path

import pytest

from deployments.bundles import reading
from deployments.bundles.errors import BadBundle

CONFIG = 'predict: "predict.py:Predictor"\n'
CODE = "class Predictor:\n    def predict(self, text: str) -> str:\n        return text\n"


def bundle(place: Path, **files: str) -> Path:
    for name, text in {"cog.yaml": CONFIG, "predict.py": CODE, **files}.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return place


def test_the_same_files_have_the_same_digest_wherever_they_lie(tmp_path: Path) -> None:
    one = reading.read(bundle(tmp_path / "one"))
    other = reading.read(bundle(tmp_path / "other", **{"__pycache__/x.pyc": "left behind"}))
    changed = reading.read(bundle(tmp_path / "changed", **{"predict.py": CODE + "\n"}))

    assert one.digest == other.digest != changed.digest
    assert one.files == ("cog.yaml", "predict.py")


def test_what_cog_yaml_says_is_understood(tmp_path: Path) -> None:
    config = """
    build:
      python_packages: ["numpy==2.4.0", "  # none", "vaderSentiment==3.3.2"]
      python_requirements: more.txt
    predict: "src/predict.py:Predictor"
    concurrency: {max: 4}
    slipway: {memory: 1.5GB, setup_seconds: 20, network: true}
    """
    files = {"cog.yaml": config, "src/predict.py": CODE, "more.txt": "# ours\npillow>=12 # new\n"}

    found = reading.read(bundle(tmp_path, **files))

    assert found.requirements.splitlines() == [
        "numpy==2.4.0",
        "pillow>=12",
        "vaderSentiment==3.3.2",
    ]
    assert (found.memory, found.setup_seconds) == (1_500_000_000, 20)
    assert (found.max_concurrency, found.wants_network) == (4, True)


def test_a_streaming_predictor_is_told_by_its_decorator(tmp_path: Path) -> None:
    code = "import cog\nclass Predictor:\n    @cog.streaming\n    def predict(self): ...\n"

    assert reading.read(bundle(tmp_path / "s", **{"predict.py": code})).is_streaming
    assert not reading.read(bundle(tmp_path / "p")).is_streaming


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"cog.yaml": "build: {}"}, "names no predictor"),
        ({"cog.yaml": "- a list"}, "must be a mapping"),
        ({"cog.yaml": "predict: [}"}, "is not YAML"),
        ({"cog.yaml": 'predict: "predict.py"'}, "must be as in"),
        ({"cog.yaml": 'predict: "../predict.py:Predictor"'}, "must be as in"),
        ({"cog.yaml": 'predict: "other.py:Predictor"'}, "names other.py, which is not"),
        ({"cog.yaml": 'predict: "predict.py:Other"'}, "predict.py has no Other"),
        ({"predict.py": "class Predictor(:"}, "predict.py, line 1"),
        ({"cog.yaml": CONFIG + "slipway: {memory: much}"}, "memory: 'much'"),
        ({"cog.yaml": CONFIG + "concurrency: {max: 1000}"}, "max: 1000"),
        (
            {"cog.yaml": CONFIG + "build: {python_packages: ['--index-url http://x']}"},
            "is no requirement",
        ),
        (
            {"cog.yaml": CONFIG + "build: {python_packages: ['x @ http://127.0.0.1/x']}"},
            "is no requirement",
        ),
        (
            {"cog.yaml": CONFIG + "build: {python_requirements: ../secret.txt}"},
            "not in the bundle",
        ),
    ],
)
def test_a_bad_bundle_gets_a_sentence(tmp_path: Path, files: dict[str, str], said: str) -> None:
    with pytest.raises(BadBundle) as caught:
        reading.read(bundle(tmp_path, **files))

    assert said in str(caught.value)


def test_a_bundle_without_cog_yaml_is_told_what_to_add(tmp_path: Path) -> None:
    with pytest.raises(BadBundle, match=r"no cog\.yaml"):
        reading.read(tmp_path)


@pytest.mark.parametrize("target", ["/etc/passwd", "predict.py", "/etc"])
def test_links_are_refused_wherever_they_lead(tmp_path: Path, target: str) -> None:
    (bundle(tmp_path) / "data").symlink_to(target)

    with pytest.raises(BadBundle, match="data is a link"):
        reading.read(tmp_path)


def test_a_bundle_that_is_too_large_is_refused_by_its_size(tmp_path: Path) -> None:
    with (bundle(tmp_path) / "weights").open("wb") as file:
        file.truncate(2 * 2**30)

    with pytest.raises(BadBundle, match="larger than 1,024 MB"):
        reading.read(tmp_path)
