"""serve and widget: the web application, and the line that puts the chat on a page."""

from __future__ import annotations

import os
import sys
from fnmatch import fnmatch
from pathlib import Path

import click

from chatbot.commands.frame import command
from corpus import read_corpus


@command
@click.argument("site")
@click.option("--address", default="https://chat.example.org", show_default=True, help="Where this program is served.")
def widget(corpus: Path, var: Path, site: str, address: str) -> None:
    """Print the line to paste into SITE's pages, and check that the site may embed the chat."""
    sites = read_corpus(corpus).clinic.sites
    origin = site.rstrip("/").lower()
    if not any(fnmatch(origin, allowed) for allowed in sites):
        message = (
            f"{corpus / 'clinic.toml'}: {origin} may not embed the chat; add it to sites under [embed], then build"
        )
        click.echo(message, err=True)
        sys.exit(1)
    click.echo(f'<script src="{address.rstrip("/")}/widget.js" async></script>')


@command
@click.option("--host", default="127.0.0.1", show_default=True, envvar="CHATBOT_HOST")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, envvar="CHATBOT_PORT")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, envvar="CHATBOT_WORKERS")
def serve(corpus: Path, var: Path, host: str, port: int, workers: int) -> None:
    """Serve the chat page."""
    from chatbot.serving import serve as serve_forever
    from index import current_id

    current_id(var)
    os.environ["CHATBOT_CORPUS"], os.environ["CHATBOT_VAR"] = str(corpus.resolve()), str(var.resolve())
    click.echo(f"http://{host}:{port}/")
    serve_forever("web:create_app()", host, port, workers)
