"""Which passwords are good enough, and how they are kept: as argon2id hashes with the library's own settings."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from chatbot.people.values import PeopleError

LENGTH = (12, 200)
"""Characters, at least and at most: beyond, hashing would be a way to keep the server busy."""

_HASHER = PasswordHasher()


def check_password(password: str, name: str) -> None:
    """Raises PeopleError, in words for the person who chose it, for a password that is too easily guessed."""
    if len(password) < LENGTH[0]:
        raise PeopleError(f"the password is too short; use at least {LENGTH[0]} characters, such as four words")
    if len(password) > LENGTH[1]:
        raise PeopleError(f"the password is too long; use at most {LENGTH[1]} characters")
    if password.encode("utf-8", "ignore").decode() != password:
        raise PeopleError("the password has a character that cannot be read; type it again")
    plain = password.casefold()
    own = [part for part in re.split(r"\W+", name.casefold()) if len(part) > 2]
    if any(part in (plain if len(part) > 3 else re.split(r"[\W\d_]+", plain)) for part in own):
        raise PeopleError("the password contains your name; choose another")
    rest = re.sub(r"[\d\W_]+", "", _without_common(plain))
    if len(rest) < 3 or len(set(plain)) < 5:
        raise PeopleError("the password is one that is guessed early; choose another, such as four unusual words")


def hash_password(password: str) -> str:
    """The hash to keep."""
    return _HASHER.hash(password)


def is_password(hashed: str, password: str) -> bool:
    """Whether the password is the one of the hash; an empty hash takes as long, and is nobody's."""
    try:
        return _HASHER.verify(hashed or _nobodys(), password) and bool(hashed)
    except (VerificationError, InvalidHashError, UnicodeError):
        return False


def is_outdated(hashed: str) -> bool:
    """Whether the library would now make a stronger hash."""
    return _HASHER.check_needs_rehash(hashed)


def _without_common(plain: str) -> str:
    """What is left of a password when common words, also a part of a run of keys, are taken out."""
    for word in _common():
        plain = plain.replace(word, " ")
    return plain


@cache
def _common() -> tuple[str, ...]:
    """The longest first, so that a word is not left over by a shorter one in it."""
    text = (Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8")
    words = {line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


@cache
def _nobodys() -> str:
    return _HASHER.hash("a password that no account has")
