"""The command line: every command of ``chatbot.commands``."""

from __future__ import annotations

from chatbot.commands import asking, building, serving
from chatbot.commands.frame import main

__all__ = ["asking", "building", "main", "serving"]

if __name__ == "__main__":
    main()
