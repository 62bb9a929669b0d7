"""The chatbot: how a question becomes a reply.

    safety screen -> what is asked -> search -> is it answered? -> quotes -> words

It retrieves; it never generates. The command line lives here too, because it
is one of the doors that only carry.
"""

from chatbot.answering import Chatbot
from chatbot.editorial import (
    Answered,
    ArticleChange,
    Batch,
    BrokenExample,
    Busy,
    ChangedAnswer,
    Changes,
    DraftArticle,
    Drafts,
    EditConflict,
    EditorialError,
    ExampleChange,
    Failure,
    Gap,
    GapQuestion,
    Gaps,
    GateReport,
    Imports,
    Job,
    Preview,
    Publication,
    Publishing,
    PublishRefused,
    Sentence,
    Target,
    Taught,
    Teaching,
    Topic,
    Tried,
    WordingChange,
    gaps,
    try_question,
)
from chatbot.journal import REASONS
from chatbot.reply import KINDS, Contact, Help, Quote, Reply
from chatbot.service import Service
from chatbot.without_words import drop_words, without_words

__all__ = [
    "KINDS",
    "REASONS",
    "Answered",
    "ArticleChange",
    "Batch",
    "BrokenExample",
    "Busy",
    "ChangedAnswer",
    "Changes",
    "Chatbot",
    "Contact",
    "DraftArticle",
    "Drafts",
    "EditConflict",
    "EditorialError",
    "ExampleChange",
    "Failure",
    "Gap",
    "GapQuestion",
    "Gaps",
    "GateReport",
    "Help",
    "Imports",
    "Job",
    "Preview",
    "Publication",
    "PublishRefused",
    "Publishing",
    "Quote",
    "Reply",
    "Sentence",
    "Service",
    "Target",
    "Taught",
    "Teaching",
    "Topic",
    "Tried",
    "WordingChange",
    "drop_words",
    "gaps",
    "try_question",
    "without_words",
]
