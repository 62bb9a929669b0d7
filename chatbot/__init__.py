"""The chatbot: how a question becomes a reply.

    safety screen -> what is asked -> search -> is it answered? -> quotes -> words

It retrieves; it never generates. The command line lives here too, because it
is one of the doors that only carry.
"""

from chatbot.answering import Chatbot
from chatbot.journal import REASONS
from chatbot.reply import KINDS, Contact, Help, Quote, Reply
from chatbot.service import Service
from chatbot.without_words import drop_words, without_words

__all__ = ["KINDS", "REASONS", "Chatbot", "Contact", "Help", "Quote", "Reply", "Service", "drop_words", "without_words"]
