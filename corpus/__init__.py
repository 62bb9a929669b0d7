"""The corpus: what an article is, and how a folder written by staff is read.

    articles/*.md        the clinic's articles
    questions/*.toml     example questions that teach
    clinic.toml          who the clinic is
    wording.toml         every sentence that is not an article
    helplines.toml       the numbers that help
    checks.toml          what every edition must get right

Everything but ``articles`` has a default. Nothing here knows how an article is
searched or shown.
"""

from corpus.article import Article, Span
from corpus.article_file import ARTICLE_FIELDS, ArticleFile, put_together, take_apart
from corpus.blocks import Block, blocks, heading_text
from corpus.checks import Check, read_checks
from corpus.clinic import Channel, Clinic, read_clinic
from corpus.folder import Corpus, read_corpus, read_words
from corpus.helplines import Helplines, Line, default_helplines, read_helplines
from corpus.importing import (
    LARGEST_FILE,
    Change,
    Draft,
    Fetched,
    Imported,
    NotImportable,
    Words,
    article_text,
    changes,
    convert,
    convert_text,
    draft,
    fetch,
    slug,
)
from corpus.problem import CorpusError, Problem, Severity, errors, warning
from corpus.questions import KINDS, Example, Questions, find_quote, read_questions
from corpus.reader import parse_article, read_articles
from corpus.wording import DEFAULTS, Wording, default_wording, read_wording

__all__ = [
    "ARTICLE_FIELDS",
    "DEFAULTS",
    "KINDS",
    "LARGEST_FILE",
    "Article",
    "ArticleFile",
    "Block",
    "Change",
    "Channel",
    "Check",
    "Clinic",
    "Corpus",
    "CorpusError",
    "Draft",
    "Example",
    "Fetched",
    "Helplines",
    "Imported",
    "Line",
    "NotImportable",
    "Problem",
    "Questions",
    "Severity",
    "Span",
    "Wording",
    "Words",
    "article_text",
    "blocks",
    "changes",
    "convert",
    "convert_text",
    "default_helplines",
    "default_wording",
    "draft",
    "errors",
    "fetch",
    "find_quote",
    "heading_text",
    "parse_article",
    "put_together",
    "read_articles",
    "read_checks",
    "read_clinic",
    "read_corpus",
    "read_helplines",
    "read_questions",
    "read_wording",
    "read_words",
    "slug",
    "take_apart",
    "warning",
]
