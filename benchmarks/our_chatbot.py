"""The whole reply of this program, measured as ``plain_script.py`` measures itself."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path

STARTED = float(os.environ.get("STARTED", time.time()))

from chatbot import Service  # noqa: E402 - the clock starts before the libraries load


def main() -> None:
    questions = [line.rstrip("\n") for line in sys.stdin]
    service = Service(Path("corpus"), Path(os.environ["CHATBOT_VAR"]))
    first = None
    times = []
    for question in questions:
        began = time.perf_counter()
        service.reply(question).to_dict()
        times.append((time.perf_counter() - began) * 1000)
        first = first or time.time() - STARTED
    encoder = service._chatbot.edition.encoder
    passes = []
    for question in questions:
        began = time.perf_counter()
        encoder.encode([question])
        passes.append((time.perf_counter() - began) * 1000)
    memory = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024
    print(json.dumps({"first_answer_seconds": first, "memory_mb": memory, "milliseconds": times, "passes": passes}))


main()
