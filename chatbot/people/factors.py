"""The second factor: codes of an authenticator app (RFC 6238, six digits, half a minute), each taken once."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime

import pyotp

ISSUER = "Clinic chatbot"
"""How the account is labelled in the authenticator app."""


def new_secret() -> str:
    """A secret for an authenticator app."""
    return pyotp.random_base32()


def address(secret: str, name: str) -> str:
    """The otpauth:// address that an app reads from a picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def step_of(secret: str, code: str, after: int, now: datetime) -> int | None:
    """Which half minute ``code`` belongs to: this one or a neighbour, later than ``after``; else None."""
    typed = "".join(code.split())
    totp = pyotp.TOTP(secret)
    current = int(now.replace(tzinfo=UTC).timestamp()) // totp.interval
    found = None
    for step in (current - 1, current, current + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode("utf-8", "replace")) and step > after:
            found = step
    return found
