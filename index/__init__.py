"""The index: how articles become searchable, and how they are searched.

    cut -> embed -> learn -> store, as an immutable edition; then search

Building needs the extra ``build`` (sentence-transformers); searching does not.
"""

from index.build import QUOTABLE, Built, build, length_problems, prepare, publish_prepared
from index.cut import Passage, cut, is_caveat, sentence_spans
from index.edition import (
    Edition,
    EditionError,
    current_id,
    edition_ids,
    load_edition,
    publish,
    read_articles,
    read_manifest,
)
from index.encoder import SHIPPED, EncoderError, OnnxEncoder, Text, Vectors, serving_encoder
from index.encoders import Encoders
from index.plain import plain
from index.search import Findings, Match, as_encoded, search
from index.tuning import Lessons, Tuned, tune, tune_network, tune_questions

__all__ = [
    "QUOTABLE",
    "SHIPPED",
    "Built",
    "Edition",
    "EditionError",
    "EncoderError",
    "Encoders",
    "Findings",
    "Lessons",
    "Match",
    "OnnxEncoder",
    "Passage",
    "Text",
    "Tuned",
    "Vectors",
    "as_encoded",
    "build",
    "current_id",
    "cut",
    "edition_ids",
    "is_caveat",
    "length_problems",
    "load_edition",
    "plain",
    "prepare",
    "publish",
    "publish_prepared",
    "read_articles",
    "read_manifest",
    "search",
    "sentence_spans",
    "serving_encoder",
    "tune",
    "tune_network",
    "tune_questions",
]
