"""The safety screen: recognises words of danger and points to people.

It runs before everything else, on the raw message, offline, and always says
the same of the same words. It assesses nobody.
"""

from chatbot.safety.screen import ALARMS, Concern, Screen, load_screen

__all__ = ["ALARMS", "Concern", "Screen", "load_screen"]
