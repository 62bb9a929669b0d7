"""What staff do: edit drafts, teach, try, look at what is missing, publish and go back.

Functions only; the pages and the command line carry.
"""

from chatbot.editorial.comparing import ArticleChange, Changes, ExampleChange, WordingChange
from chatbot.editorial.drafts import STATES, DraftArticle, Drafts, EditConflict, Preview
from chatbot.editorial.files import Busy, EditorialError
from chatbot.editorial.gaps import Gap, GapQuestion, Gaps, gaps
from chatbot.editorial.gate import Answered, ChangedAnswer, Failure, GateReport
from chatbot.editorial.imports import Batch, Imports
from chatbot.editorial.lessons import BrokenExample, Sentence, Target, Taught, Topic
from chatbot.editorial.publishing import PREPARE, Job, Publication, Publishing, PublishRefused
from chatbot.editorial.teaching import Teaching
from chatbot.editorial.trying import Tried, try_question

__all__ = [
    "PREPARE",
    "STATES",
    "Answered",
    "ArticleChange",
    "Batch",
    "BrokenExample",
    "Busy",
    "ChangedAnswer",
    "Changes",
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
    "Imports",
    "Job",
    "Preview",
    "Publication",
    "PublishRefused",
    "Publishing",
    "Sentence",
    "Target",
    "Taught",
    "Teaching",
    "Topic",
    "Tried",
    "WordingChange",
    "gaps",
    "try_question",
]
