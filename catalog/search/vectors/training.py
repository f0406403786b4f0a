"""Learns the catalog's own embedder: tf-idf of terms, then truncated SVD.

The only importer of scikit-learn, which takes 100 MB: only the process that learns imports it.
"""

from collections.abc import Iterable

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from catalog.search.vectors import learned
from catalog.search.vectors.terms import terms

DIMENSIONS = 192
LEAST_MODELS = 4  # that a term must be of, in a large catalog
SMALL = 2000  # texts; a catalog smaller than that keeps every term
MOST_SHARE = 0.25  # a term of more models than that says nothing
MOST_TERMS = 60_000
SHARED_BY = 3  # texts at least for each theme, or nothing would be brought together
LEAST_STRENGTH = 1e-3  # of a theme, beside the largest; less is rounding
# Between 0, where the catalog's largest themes decide, and 1, where all of them count alike.
EVENED = 0.5


def train(texts: Iterable[str]) -> bytes | None:
    """What learned.keep() keeps; None when there is too little to learn from."""
    read = list(texts)
    vectorizer = TfidfVectorizer(
        analyzer=terms,
        min_df=LEAST_MODELS if len(read) >= SMALL else 1,
        max_df=MOST_SHARE if len(read) >= SMALL else 1.0,
        max_features=MOST_TERMS,
        sublinear_tf=True,
        dtype=np.float32,
    )
    try:
        counted = vectorizer.fit_transform(read)
    except ValueError:  # no terms are left
        return None
    dimensions = min(DIMENSIONS, min(counted.shape) // SHARED_BY)
    if dimensions < 1:
        return None
    svd = TruncatedSVD(dimensions, n_iter=3, random_state=0).fit(counted)
    themes = svd.singular_values_ > LEAST_STRENGTH * svd.singular_values_[0]
    evened = svd.components_[themes] / svd.singular_values_[themes, None] ** EVENED
    projection = evened.T * vectorizer.idf_[:, None]
    return learned.packed(list(vectorizer.get_feature_names_out()), projection)
