"""doctor: is everything in order for the chat to serve?"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from chatbot.commands.frame import command
from chatbot.doctor import examine


@command
def doctor(corpus: Path, var: Path) -> None:
    """Look at the environment, the edition, the journal, the disk and every date; say what to mend."""
    findings = examine(corpus, var, os.environ)
    for finding in findings:
        click.echo(finding)
    if any(finding.state == "broken" for finding in findings):
        sys.exit(1)
