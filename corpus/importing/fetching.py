"""Fetches a page of the public web for an import, and nothing that is not public."""

from __future__ import annotations

from corpus.importing.values import Fetched, NotImportable


def fetch(address: str) -> Fetched:
    """What stands at a public web address: at most 5 MB, within 10 seconds. Raises NotImportable."""
    raise NotImportable("Nothing can be fetched yet.")
