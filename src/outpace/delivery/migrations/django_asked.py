"""What an operation of Django's is asked for."""

from __future__ import annotations

from collections.abc import Iterator

from outpace.delivery.migrations import expressions
from outpace.delivery.migrations.django_fields import NotDjangos
from outpace.delivery.migrations.django_state import Model, State
from outpace.delivery.migrations.python_values import Made, sequence, within
from outpace.delivery.migrations.sql_tokens import words_of

WRITTEN = words_of("sql template function arg_joiner")
"""Of an expression: what Django writes into the statement as it is."""


class Asked:
    """One operation, in the application whose migration it is of."""

    def __init__(self, made: Made, app: str, state: State) -> None:
        self.made = made
        self.app = app
        self.state = state

    def get(self, place: int, name: str) -> object:
        return self.made.words.get(name, self.made.args[place] if place < len(self.made.args) else None)

    def text(self, place: int, name: str) -> str:
        told = self.get(place, name)
        if not isinstance(told, str):
            raise NotDjangos(f"{name} is computed when it runs")
        return told

    def list(self, place: int, name: str) -> list[object]:
        told = self.get(place, name)
        items = sequence(told) if told is not None else []
        if items is None:
            raise NotDjangos(f"{name} are put together when it runs")
        return items

    def field(self, place: int) -> Made:
        told = self.get(place, "field")
        if not isinstance(told, Made):
            raise NotDjangos("the field is made elsewhere")
        return told

    def model(self, name: str) -> Model:
        """As the migrations before have left it; where they did not tell, by its name alone."""
        found = self.state.model(self.app, name)
        if found is None:
            raise NotDjangos(f"no migration that was read makes the model {name}")
        return found


def hold(made: Made) -> None:
    """Raises NotDjangos where a text that is written into the statement as it is may be more than it seems."""
    for told in _written(made) if made.last not in ("RunSQL", "SeparateDatabaseAndState") else ():
        if not isinstance(told, str) or not expressions.is_one(expressions.of(told.replace("%(", "("))):
            raise NotDjangos("a text is more than one expression, or is not told")


def _written(made: Made) -> Iterator[object]:
    """With names that stand in quotes, to which Django adds none."""
    for one in within(made):
        if isinstance(one, Made):
            yield from one.args[:1] if one.last == "RawSQL" else ()
            yield from (one.words[key] for key in WRITTEN & one.words.keys())
        elif isinstance(one, str) and len(one) > 1 and one[0] == one[-1] == '"':
            yield one
