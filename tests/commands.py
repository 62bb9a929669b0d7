"""The command line, run in the test's own process."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from chatbot import cli


def run(*arguments: str | Path, input: str | bytes | None = None) -> Result:
    """What a command said and how it ended; whatever else it raises is raised here."""
    result = CliRunner().invoke(cli.main, [str(each) for each in arguments], input=input)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result
