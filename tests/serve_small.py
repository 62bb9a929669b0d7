"""``chatbot serve`` whose drafts are prepared with the legible encoder: ``python serve_small.py ENCODER PORT``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]

from flask import Flask  # noqa: E402 - the folder of this file and the rooms must be found first

from chatbot.serving import serve  # noqa: E402
from web import create_app  # noqa: E402


def create() -> Flask:
    """The application of CHATBOT_CORPUS and CHATBOT_VAR, as the server makes it in each worker."""
    app = create_app()
    app.config["PREPARE"] = (
        sys.executable,
        str(Path(__file__).with_name("prepare_small.py")),
        os.environ["SMALL_ENCODER"],
    )
    return app


if __name__ == "__main__":
    os.environ["SMALL_ENCODER"] = sys.argv[1]
    serve("serve_small:create()", "127.0.0.1", int(sys.argv[2]), 2)
