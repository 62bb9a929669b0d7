"""The web: how visitors reach the chatbot.

The chat page, the widget, the API and the reading page, as thin views over
``chatbot.Service``. Nothing here decides what an answer is, and no sentence
that a visitor reads is written here: those stand in the wording files.
"""

from web.app import create_app

__all__ = ["create_app"]
