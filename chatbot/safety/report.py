"""Prints how well the screen hears: ``python -m chatbot.safety.report FILE`` of held-out messages."""

from __future__ import annotations

from pathlib import Path

import click

from chatbot.safety.measuring import by_family, false_alarms, measure, misses, recall
from chatbot.safety.screen import load_screen


@click.command()
@click.argument("messages", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def main(messages: Path) -> None:
    """Print recall by family, false alarms, and every miss."""
    judged = measure(load_screen(), messages)
    for name, share in by_family(judged).items():
        click.echo(f"{name:40}{share:7.3f}")
    click.echo(f"{'all alarms':40}{recall(judged):7.3f}")
    click.echo(f"{'false alarms on ordinary messages':40}{false_alarms(judged):7.3f}")
    click.echo(f"{'false alarms on questions about suicide':40}{false_alarms(judged, ('info',)):7.3f}")
    for line in misses(judged):
        click.echo(line)


if __name__ == "__main__":
    main()
