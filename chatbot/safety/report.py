"""Prints how well the screen hears: ``python -m chatbot.safety.report FILE`` of held-out messages."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median

import click

from chatbot.safety.measuring import by_family, false_alarms, measure, misses, recall
from chatbot.safety.screen import Screen, load_screen


@click.command()
@click.argument("messages", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def main(messages: Path) -> None:
    """Print recall by family, false alarms, every miss, and how long the screen took for a message."""
    screen = load_screen()
    judged = measure(screen, messages)
    for name, share in by_family(judged).items():
        click.echo(f"{name:40}{share:7.3f}")
    click.echo(f"{'all alarms':40}{recall(judged):7.3f}")
    click.echo(f"{'false alarms on ordinary messages':40}{false_alarms(judged):7.3f}")
    click.echo(f"{'false alarms on questions about suicide':40}{false_alarms(judged, ('info',)):7.3f}")
    for line in misses(judged):
        click.echo(line)
    took = sorted(_milliseconds(screen, each.text) for each in judged)
    click.echo(f"milliseconds: median {median(took):.1f}, 99th percentile {took[int(0.99 * len(took))]:.1f}")


def _milliseconds(screen: Screen, message: str) -> float:
    began = time.perf_counter()
    screen.hear(message)
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
