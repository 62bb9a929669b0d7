"""The staff pages: who may log in, and what each role may see and do there.

Thin like the rest of this room: what staff can do are functions of
``chatbot``, these pages carry them. Unlike a visitor's page, their English
stands in their templates.
"""

from web.staff import (
    articles,
    audit,
    coverage,
    dashboard,
    feedback,
    gaps,
    history,
    importing,
    login,
    people,
    publishing,
    teaching,
    trying,
    welcome,
)
from web.staff.frame import install

__all__ = [
    "articles",
    "audit",
    "coverage",
    "dashboard",
    "feedback",
    "gaps",
    "history",
    "importing",
    "install",
    "login",
    "people",
    "publishing",
    "teaching",
    "trying",
    "welcome",
]
