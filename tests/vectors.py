"""A tiny embedder that knows which words mean the same, for tests that need no learning."""
# ruff: noqa: PLC0415


def taught(*meanings: tuple[str, ...]) -> bytes:
    """For learned.keep(): each meaning is a dimension, and all words of its texts have it alike."""
    import numpy as np

    from catalog.search.vectors import learned
    from catalog.search.vectors.terms import terms

    known = {
        term: place
        for place, texts in enumerate(meanings)
        for text in texts
        for term in terms(text)
    }
    projection = np.zeros((len(known), len(meanings)), dtype=np.float32)
    projection[range(len(known)), list(known.values())] = 1
    return learned.packed(list(known), projection)
