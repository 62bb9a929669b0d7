"""The people who work with the program: accounts, invitations, second factors, roles, and what each of them did.

No account exists until ``chatbot staff add`` makes an invitation. Every change of an
account writes its own row of the audit log, in the same transaction; a door
records only what it does besides. Passwords are kept as argon2 hashes, tokens
as digests.
"""

from chatbot.people.audit import Audit, AuditEntry
from chatbot.people.people import People
from chatbot.people.secret import secret_key
from chatbot.people.values import ROLES, Invitation, PeopleError, Person, Refused

__all__ = ["ROLES", "Audit", "AuditEntry", "Invitation", "People", "PeopleError", "Person", "Refused", "secret_key"]
