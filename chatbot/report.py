"""The report of an evaluation as one HTML page: plots, and every failure with its scores and passages.

Matplotlib comes with the extra ``build``; nothing that serves imports this file.
"""

from __future__ import annotations

import html
import io
from collections.abc import Callable, Sequence
from typing import Any

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot as plt

from chatbot.deciding import understand
from chatbot.evaluating import Outcome, table
from index import Edition

KINDS = ("answer", "not_covered", "personal", "smalltalk", "crisis", "emergency", "abuse")


def write_report(outcomes: Sequence[Outcome], edition: Edition) -> str:
    """The whole page as text."""
    plots = (_reliability, _families, _confusion)
    drawn = "\n".join(_svg(plot, outcomes) for plot in plots)
    failures = "\n".join(_failure(outcome, edition) for outcome in outcomes if not outcome.right)
    return f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Evaluation of edition {html.escape(edition.id)}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #1c2b33 }}
pre {{ background: #f2f5f6; padding: 1rem; overflow-x: auto }} figure {{ display: inline-block; margin: 0 1rem 1rem 0 }}
article {{ border-top: 1px solid #c8d3d8; padding: .5rem 0 }} small {{ color: #51636c }}
</style>
<h1>Evaluation of edition {html.escape(edition.id)}</h1>
<pre>{html.escape(table(outcomes))}</pre>
{drawn}
<h2>What went wrong</h2>
{failures or "<p>Nothing.</p>"}
</html>
"""


def _svg(draw: Callable[[Any, Sequence[Outcome]], None], outcomes: Sequence[Outcome]) -> str:
    figure, axes = plt.subplots(figsize=(5.2, 4), layout="constrained")
    draw(axes, outcomes)
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg")
    plt.close(figure)
    return f"<figure>{buffer.getvalue().split('?>', 1)[-1]}</figure>"


def _reliability(axes: Any, outcomes: Sequence[Outcome]) -> None:
    """How often questions of each answerable probability are in fact answerable."""
    pairs = [(each.answerable, each.expectation.expect == "answer") for each in outcomes]
    middles, shares = [], []
    for low in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        inside = [truth for chance, truth in pairs if low <= chance < low + 0.1 or (low == 0.9 and chance == 1.0)]
        if inside:
            middles.append(low + 0.05)
            shares.append(sum(inside) / len(inside))
    axes.plot([0, 1], [0, 1], color="#9aa9b0", linestyle="--")
    axes.plot(middles, shares, marker="o", color="#0b6e75")
    axes.set(title="Reliability", xlabel="answerable, as predicted", ylabel="answerable, in fact")


def _families(axes: Any, outcomes: Sequence[Outcome]) -> None:
    """Right and wrong by family."""
    names = list(dict.fromkeys(each.expectation.family for each in outcomes))
    right = [sum(each.right for each in outcomes if each.expectation.family == name) for name in names]
    wrong = [sum(not each.right for each in outcomes if each.expectation.family == name) for name in names]
    axes.barh(names, right, color="#0b6e75", label="right")
    axes.barh(names, wrong, left=right, color="#c2571a", label="wrong")
    axes.invert_yaxis()
    axes.legend()
    axes.set(title="By family")


def _confusion(axes: Any, outcomes: Sequence[Outcome]) -> None:
    """What was expected against what came."""
    counts = [
        [sum(each.expectation.expect == row and each.reply.kind == column for each in outcomes) for column in KINDS]
        for row in KINDS
    ]
    axes.imshow(counts, cmap="Blues")
    for row, line in enumerate(counts):
        for column, count in enumerate(line):
            if count:
                axes.text(column, row, str(count), ha="center", va="center", color="#b34700")
    axes.set_xticks(range(len(KINDS)), KINDS, rotation=45, ha="right")
    axes.set_yticks(range(len(KINDS)), KINDS)
    axes.set(title="Kinds: expected (rows), replied (columns)")


def _failure(outcome: Outcome, edition: Edition) -> str:
    each = outcome.expectation
    found = understand(edition, each.ask, each.after)
    kinds = sorted(found.kinds.items(), key=lambda pair: -pair[1])[:4]
    lines = "".join(
        f"<li>{match.score:.2f} {html.escape(match.highlights[0].text)} "
        f"<small>{html.escape(match.passage.article.id)}</small>"
        for match in found.matches[:4]
    )
    wanted = html.escape(" / ".join((*each.answers, *each.also)) or each.expect)
    after = html.escape(" → ".join(each.after))
    return (
        f"<article><b>{html.escape(each.ask)}</b> <small>{html.escape(each.family)} {after}</small>"
        f"<p>expected {wanted}; replied {outcome.reply.kind}, answerable {outcome.answerable:.2f}, "
        f"{html.escape(', '.join(f'{name} {chance:.2f}' for name, chance in kinds))}</p><ul>{lines}</ul></article>"
    )
