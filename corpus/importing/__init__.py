"""Articles from elsewhere: Markdown, text, web pages, Word, PDF, feeds and WordPress exports become drafts.

Nothing here writes a file or publishes: a person looks at what an import gives.
The libraries that read such files come with the extra ``import``; they are
loaded only inside the process that reads one file (``reading.py``).
"""

from corpus.importing.changes import Change, Words, changes
from corpus.importing.converting import convert, convert_text
from corpus.importing.drafting import Draft, article_text, draft, slug
from corpus.importing.fetching import fetch
from corpus.importing.values import LARGEST_FILE, Fetched, Imported, NotImportable

__all__ = [
    "LARGEST_FILE",
    "Change",
    "Draft",
    "Fetched",
    "Imported",
    "NotImportable",
    "Words",
    "article_text",
    "changes",
    "convert",
    "convert_text",
    "draft",
    "fetch",
    "slug",
]
