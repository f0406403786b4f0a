"""What a typed text finds, and in which order."""

import pytest

pytestmark = pytest.mark.django_db


def test_an_owner_and_name_in_any_case_comes_first(make_model, names):
    make_model("openai/clip-vit-base-patch32")
    make_model("copycat/clip-vit-base-patch32", popularity=7)

    assert names("OpenAI/CLIP-ViT-base-patch32")[0] == "openai/clip-vit-base-patch32"


@pytest.mark.parametrize(
    "address",
    [
        "https://huggingface.co/openai/whisper-large-v3",
        "https://huggingface.co/openai/whisper-large-v3/tree/main?x=1#files",
        "huggingface.co/openai/whisper-large-v3",
        "https://replicate.com/openai/whisper-large-v3",
        "http://127.0.0.1:8000/models/openai/whisper-large-v3",
        "<https://www.example.org/models/OpenAI/Whisper-large-v3>",
        "openai/whisper-large-v3:0123456789abcdef",
    ],
)
def test_a_pasted_address_finds_its_model(make_model, names, address):
    make_model("openai/whisper-large-v3")
    make_model("openai/whisper-large-v3-turbo", popularity=8)

    assert names(address)[0] == "openai/whisper-large-v3"


def test_an_exact_name_comes_before_longer_ones(make_model, names):
    make_model("someone/bert-base-uncased-finetuned", popularity=4)
    make_model("google/bert-base-uncased", popularity=4)

    assert names("bert base uncased")[0] == "google/bert-base-uncased"


@pytest.mark.parametrize("text", ["real esrgan", "realesrgan", "real_esrgan", "Real-ESRGAN"])
def test_separators_in_names_do_not_matter(make_model, names, text):
    make_model("a/real-esrgan")
    make_model("b/realesrgan")
    make_model("c/unreal-cat")

    assert set(names(text)) == {"a/real-esrgan", "b/realesrgan"}


@pytest.mark.parametrize("text", ["allminilml6v2", "minilm l6", "MiniLM-L6", "all mini lm l6"])
def test_a_name_is_found_by_its_parts_and_run_together(make_model, names, text):
    make_model("sentence-transformers/all-MiniLM-L6-v2")
    make_model("sentence-transformers/all-MiniLM-L12-v2")

    assert names(text)[0] == "sentence-transformers/all-MiniLM-L6-v2"


@pytest.mark.parametrize("text", ["llama3", "llama 3", "llama-3"])
def test_a_number_may_stand_apart_from_its_word(make_model, names, text):
    make_model("a/llama3-instruct")
    make_model("b/Llama-3-8B")
    make_model("c/Llama-2-7B")

    assert set(names(text)) == {"a/llama3-instruct", "b/Llama-3-8B"}


@pytest.mark.parametrize("text", ["qwen2.5", "qwen 2.5", "qwen25"])
def test_a_dot_in_a_version_may_be_left_out(make_model, names, text):
    make_model("Qwen/Qwen2.5-7B")
    make_model("Qwen/Qwen2-7B")

    assert names(text) == ["Qwen/Qwen2.5-7B"]


@pytest.mark.parametrize("text", ["stable difusion", "stabel diffusion", "stable diffusionn"])
def test_a_typo_is_forgiven(make_model, names, text):
    make_model("stability-ai/stable-diffusion")

    assert names(text) == ["stability-ai/stable-diffusion"]


def test_a_typo_does_not_hide_what_many_use_behind_what_nobody_does(make_model, names):
    make_model("nobody/wisper")
    make_model("openai/whisper", popularity=7.5)

    assert names("wisper")[0] == "openai/whisper"


def test_no_typo_is_forgiven_in_numbers(make_model, names):
    make_model("a/model-7b")
    make_model("b/model-8b")
    make_model("c/model-70b")

    assert names("model 7b") == ["a/model-7b"]


def test_the_last_word_may_be_a_beginning_and_the_others_not(make_model, names, ask):
    make_model("black-forest-labs/flux-schnell")

    assert names("flux sch") == ["black-forest-labs/flux-schnell"]
    assert ask("flu schnell").is_partial


def test_a_publishers_name_finds_its_models(make_model, names):
    make_model("black-forest-labs/flux-dev")
    make_model("fan/labs-of-the-forest")

    assert names("black forest labs")[0] == "black-forest-labs/flux-dev"
    assert names("blackforestlabs") == ["black-forest-labs/flux-dev"]


def test_popularity_breaks_ties(make_model, names):
    make_model("a/flux-one", popularity=1)
    make_model("b/flux-two", popularity=6)
    make_model("c/flux-six", popularity=3)

    assert names("flux") == ["b/flux-two", "c/flux-six", "a/flux-one"]


def test_an_original_comes_before_its_converted_copies(make_model, names):
    make_model("Qwen/Qwen3-8B", popularity=5)
    make_model("copies/Qwen3-8B-GGUF", popularity=5.5, base_model_names=["Qwen/Qwen3-8B"])
    make_model("others/Qwen3-8B", popularity=5.5, base_model_names=["Qwen/Qwen3-8B"])

    assert names("qwen3 8b")[0] == "Qwen/Qwen3-8B"


@pytest.mark.parametrize("text", ["nano banana", "nanobanana", "Nano-Banana", "nano ban"])
def test_a_model_is_found_by_what_else_it_is_called(make_model, names, text):
    make_model("google/gemini-2.5-flash-image", aliases=["Nano Banana"])
    make_model("google/gemini-2.5-flash", popularity=8)

    assert names(text) == ["google/gemini-2.5-flash-image"]


def test_another_name_counts_about_as_much_as_the_name_itself(make_model, names):
    make_model("google/gemini-2.5-flash-image", aliases=["nano banana"], popularity=6)
    make_model("fan/nano-banana-lora", popularity=2)
    make_model("fan/fruit", summary="Draws a nano banana", popularity=7)

    assert names("nano banana")[:2] == ["google/gemini-2.5-flash-image", "fan/nano-banana-lora"]


@pytest.mark.parametrize(
    "text",
    ["tts", "text to speech", "speech synthesis", "文本转语音", "turn text into speech"],
)
def test_a_task_is_found_by_what_people_call_it(make_model, names, text):
    make_model("hexgrad/Kokoro-82M", task="text-to-speech", popularity=6)
    make_model("openai/whisper", task="automatic-speech-recognition", popularity=8)

    assert names(text) == ["hexgrad/Kokoro-82M"]


@pytest.mark.parametrize(
    "text", ["speech to text", "转录 语音识别", "turn speech into text", "asr"]
)
def test_the_direction_between_two_things_is_understood(make_model, names, text):
    make_model("hexgrad/Kokoro-82M", task="text-to-speech", popularity=8)
    make_model("openai/whisper", task="automatic-speech-recognition", popularity=6)

    assert names(text)[0] == "openai/whisper"


def test_from_turns_the_direction_round(make_model, names):
    make_model("a/animator", task="image-to-video", popularity=3)
    make_model("b/describer", task="video-text-to-text", popularity=3)

    assert names("a video from a photo")[0] == "a/animator"


@pytest.mark.parametrize(
    "text", ["remove background", "bg removal", "去背景", "background remover"]
)
def test_an_ability_finer_than_a_task_is_found(make_model, names, text):
    make_model("cjwbw/rembg", summary="Remove images background", popularity=6)
    make_model("other/background-music", popularity=7)

    assert names(text)[0] == "cjwbw/rembg"


def test_chinese_words_of_a_description_are_found(make_model, names):
    make_model("a/b", summary="这个模型用于医学影像的分割")
    make_model("c/d", summary="这个模型用于写诗")

    assert names("医学影像") == ["a/b"]


def test_a_language_is_found_by_its_name(make_model, names):
    make_model("a/speaker", task="text-to-speech", languages=["ru"])
    make_model("b/speaker", task="text-to-speech", languages=["de"])

    assert names("tts russian") == ["a/speaker"]
    assert names("俄语 语音合成") == ["a/speaker"]


def test_a_model_of_any_language_is_found_by_one_of_them(make_model, names):
    make_model("a/every", task="automatic-speech-recognition", languages=["multilingual"])
    make_model("b/japanese", task="automatic-speech-recognition", languages=["ja"])
    make_model("c/german", task="automatic-speech-recognition", languages=["de"])

    assert names("japanese asr") == ["b/japanese", "a/every"]


@pytest.mark.parametrize("text", ["translate english to german", "英译德"])
def test_two_languages_are_read_in_their_order(make_model, names, text):
    make_model("mt/opus-de-en", task="translation", languages=["en", "de"], popularity=0.5)
    make_model("mt/opus-en-de", task="translation", languages=["en", "de"])

    assert names(text)[0] == "mt/opus-en-de"


@pytest.mark.parametrize("text", ["speach recognition", "text summarisaton", "sentimant analysis"])
def test_a_slip_in_what_people_call_a_task_is_mended(make_model, names, text):
    wanted = {
        "speach recognition": "automatic-speech-recognition",
        "text summarisaton": "summarization",
        "sentimant analysis": "text-classification",
    }
    for task in wanted.values():
        make_model(f"a/{task}-x1", task=task, summary="Sentiment" if "class" in task else "")

    assert names(text) == [f"a/{wanted[text]}-x1"]


@pytest.mark.parametrize("text", ["把语音转成文字", "语音转换为文字", "将语音变成文字"])
def test_chinese_ways_to_say_turn_into_are_one(make_model, names, text):
    make_model("hexgrad/Kokoro-82M", task="text-to-speech", popularity=8)
    make_model("openai/whisper", task="automatic-speech-recognition")

    assert names(text) == ["openai/whisper"]


def test_what_does_something_else_than_its_task_is_called_comes_later(make_model, names):
    task = "automatic-speech-recognition"
    make_model("pyannote/speaker-diarization-3.1", task=task, popularity=8)
    make_model("openai/whisper", task=task, popularity=6)

    assert names("asr") == ["openai/whisper", "pyannote/speaker-diarization-3.1"]
    assert names("who spoke when")[0] == "pyannote/speaker-diarization-3.1"


@pytest.mark.parametrize("text", ["mistral 0.3", "mistral v0.3", "Mistral-0.3"])
def test_the_letter_before_a_version_may_be_left_out(make_model, names, text):
    make_model("mistralai/Mistral-7B-v0.3")
    make_model("mistralai/Mistral-7B-v0-1")

    assert names(text) == ["mistralai/Mistral-7B-v0.3"]
    assert names("mistral 0.1") == ["mistralai/Mistral-7B-v0-1"]


def test_a_number_alone_may_be_a_version(make_model, names):
    make_model("openai/whisper-large-v3")
    make_model("openai/whisper-large-v2", popularity=8)

    assert names("whisper large 3") == ["openai/whisper-large-v3"]


def test_words_that_say_nothing_alone_say_something_together(make_model, names):
    make_model("a/describer", task="image-to-text", summary="Captions for photos")
    make_model("b/painter", task="text-to-image", popularity=0.5)

    assert names("what is in the picture")[0] == "a/describer"


def test_descriptions_are_found_by_the_roots_of_their_words(make_model, names):
    make_model("a/b", summary="Restores damaged photographs")

    assert names("restoring damage") == ["a/b"]


def test_all_words_of_a_name_have_to_fit(make_model, names):
    make_model("a/llama-8b")
    make_model("a/llama-8b-instruct")

    assert names("llama 8b instruct") == ["a/llama-8b-instruct"]


def test_when_nothing_has_all_words_most_are_enough_and_it_is_said(make_model, ask):
    wanted = make_model("a/llama-8b")

    results = ask("llama 8b zzzunheardof")

    assert (results.ids, results.is_partial) == ([wanted.pk], True)


def test_only_stop_words_are_searched_for_as_they_are(make_model, names):
    make_model("band/the-the")
    make_model("a/b")

    assert names("the") == ["band/the-the"]


@pytest.mark.parametrize("text", ["zzzz", "😀😀", "-", "()", '"', "٠"])
def test_nothing_is_found_where_nothing_fits(make_model, ask, text):
    make_model("a/b")

    results = ask(text)

    assert (results.ids, results.total) == ([], 0)


@pytest.mark.parametrize(
    "text",
    [
        "AND OR NOT (",
        'name:llama" OR 1=1',
        "llama~2^5 +x -y [a TO b] {*}",
        "*:*",
        "llama\x00\x1b[31m",
        "\ud800\udfff llama",
        "llama " * 2000,
        "x" * 10_000,
        "中" * 5_000,
        "\u202ellama\u200b",
        "http://[::1",
        "https://huggingface.co/%ff%fe/%00",
        "a/" * 500,
        "İıſK",
    ],
)
def test_no_text_breaks_a_search(make_model, ask, text):
    make_model("meta/llama")

    results = ask(text, facets=("task", "publisher"))

    assert results.total in (0, 1)
