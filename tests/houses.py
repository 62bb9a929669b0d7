"""What the tests of backups share: houses with a corpus folder, a var folder and a database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fakes import EPOCH, write_corpus

from chatbot import Audit, Database, Journal, People
from chatbot.keeping import back_up

OWN = ("journal.sqlite", "secret_key", "built.sqlite", ".restoring.lock")
"""How the names of files begin that no backup holds, or not as they are."""


@dataclass
class House:
    """A corpus folder, a var folder and a database."""

    corpus: Path
    var: Path
    database: Database

    def files(self) -> dict[str, bytes]:
        """Every file that staff made, by name; what the program can make again is not among them."""
        found = {}
        for name, folder in (("corpus", self.corpus), ("var", self.var)):
            for path in folder.rglob("*"):
                if path.is_file() and not path.name.startswith(OWN):
                    found[f"{name}/{path.relative_to(folder).as_posix()}"] = path.read_bytes()
        return found

    def back_up(self, file: Path) -> Path:
        back_up(self.corpus, self.var, self.database, file)
        return file

    def told(self) -> tuple[object, ...]:
        """What the database says."""
        journal, audit, people = Journal(self.database), Audit(self.database), People(self.database)
        return (
            journal.kinds_by_day(EPOCH),
            journal.feedback(EPOCH),
            journal.unanswered(),
            people.people(),
            audit.entries(),
        )


def settle(folder: Path) -> House:
    """A house in SQLite with one account and the two small articles."""
    corpus, var = write_corpus(folder / "corpus"), folder / "var"
    (var / "editions").mkdir(parents=True)
    (var / "editions" / "history.jsonl").write_text("{}\n")
    house = House(corpus, var, Database.beside(var))
    People(house.database).invite("anna", "administrator", "the test")
    return house
