"""Django's models as the migrations have left them: what AlterField and RenameModel are told against."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from outpace.delivery.migrations.python_values import Made, Symbol, sequence


class Model:
    """One model; `fields` as the migrations write them."""

    def __init__(self, app: str, name: str, fields: dict[str, Made], options: dict[str, object]) -> None:
        self.app = app
        self.name = name
        self.fields = fields
        self.options = options

    @property
    def table(self) -> str:
        told = self.options.get("db_table")
        return told.strip('"') if isinstance(told, str) and told else f"{self.app}_{self.name.lower()}"

    @property
    def made(self) -> bool:
        """Django makes its table."""
        return self.options.get("managed", True) is not False and not self.options.get("proxy", False)

    def together(self, option: str) -> frozenset[tuple[str, ...]]:
        return together(self.options.get(option))


def together(value: object) -> frozenset[tuple[str, ...]]:
    """`unique_together` in each of the forms that Django takes."""
    items = sequence(value) or []
    if items and all(isinstance(one, str) for one in items):
        items = [tuple(items)]
    rows = (sequence(one) or [] for one in items)
    return frozenset(tuple(str(name) for name in row) for row in rows if row)


class State:
    """Keyed by application and lower-case name."""

    def __init__(self) -> None:
        self.models: dict[tuple[str, str], Model] = {}

    def copy(self) -> State:
        other = State()
        other.models = {
            key: Model(one.app, one.name, dict(one.fields), dict(one.options)) for key, one in self.models.items()
        }
        return other

    def model(self, app: str, name: str) -> Model | None:
        return self.models.get((app, name.lower()))

    def target(self, app: str, field: Made, own: str) -> Model | None:
        """What a relation refers to."""
        to = field.words.get("to", field.args[0] if field.args else None)
        if not isinstance(to, str):
            return None
        if to == "self":
            return self.model(app, own)
        label, _, name = to.rpartition(".")
        return self.model(label or app, name)

    def referring(self, model: Model) -> Iterator[tuple[Model, str, Made]]:
        for one in self.models.values():
            for name, field in one.fields.items():
                if field.last in RELATIONS and self.target(one.app, field, one.name) is model:
                    yield one, name, field

    def renamed(self, app: str, old: str, new: str) -> None:
        model = self.models.pop((app, old.lower()), None)
        if model is None:
            return
        before = f"{app}.{old}".lower()
        self.models[(app, new.lower())] = Model(app, new, model.fields, model.options)
        for one in self.models.values():
            for name, field in one.fields.items():
                to = field.words.get("to")
                if isinstance(to, str) and to.lower() in (before, old.lower() if one.app == app else before):
                    one.fields[name] = Made(field.path, field.args, {**field.words, "to": f"{app}.{new}"}, field.line)


RELATIONS = ("ForeignKey", "OneToOneField", "ManyToManyField", "ParentalKey")


def fields_of(value: object) -> dict[str, Made]:
    """Of `CreateModel(fields=[...])`."""
    found: dict[str, Made] = {}
    for one in sequence(value) or []:
        pair = sequence(one)
        if pair and len(pair) == 2 and isinstance(pair[0], str):
            found[pair[0]] = pair[1] if isinstance(pair[1], Made) else Made("a field that is made elsewhere", (), {}, 0)
    return found


def options_of(value: object) -> dict[str, object]:
    return (
        {str(key): told for key, told in cast("dict[object, object]", value).items()} if isinstance(value, dict) else {}
    )


def name_of(value: object) -> str:
    """A symbol's last part, for messages."""
    return value.last if isinstance(value, Symbol | Made) else str(value)
