"""The command line: every command of ``chatbot.commands``."""

from __future__ import annotations

from chatbot.commands import asking, building, doctor, importing, keeping, people, publishing, serving, teaching
from chatbot.commands.frame import main

__all__ = [
    "asking",
    "building",
    "doctor",
    "importing",
    "keeping",
    "main",
    "people",
    "publishing",
    "serving",
    "teaching",
]

if __name__ == "__main__":
    main()
