"""The index: how articles become searchable, and how they are searched.

    cut -> embed -> learn -> store, as an immutable edition; then search

Building needs the extra ``build`` (sentence-transformers); searching does not.
"""

from index.build import QUOTABLE, Built, build, length_problems, prepare, publish_prepared
from index.cut import Passage, cut, sentence_spans
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
from index.encoder import EncoderError, Graph, OnnxEncoder, Vectors, load_graph
from index.encoders import Encoders
from index.search import Findings, Match, search
from index.tuning import Lessons, Tuned, tune, tune_network, tune_questions

__all__ = [
    "QUOTABLE",
    "Built",
    "Edition",
    "EditionError",
    "EncoderError",
    "Encoders",
    "Findings",
    "Graph",
    "Lessons",
    "Match",
    "OnnxEncoder",
    "Passage",
    "Tuned",
    "Vectors",
    "build",
    "current_id",
    "cut",
    "edition_ids",
    "length_problems",
    "load_edition",
    "load_graph",
    "prepare",
    "publish",
    "publish_prepared",
    "read_articles",
    "read_manifest",
    "search",
    "sentence_spans",
    "tune",
    "tune_network",
    "tune_questions",
]
