"""Each operation of django.db.migrations, as the steps that it takes on PostgreSQL; the state is carried along."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from outpace.delivery.migrations import django_alter
from outpace.delivery.migrations.django_asked import Asked, hold
from outpace.delivery.migrations.django_fields import NotDjangos, column_of, own, read
from outpace.delivery.migrations.django_indexes import constraint_of, index_of, unique_together
from outpace.delivery.migrations.django_state import Model, State, fields_of, name_of, options_of, together
from outpace.delivery.migrations.python_values import Made, NotKnown, Symbol, sequence
from outpace.delivery.migrations.sql_reading import EXTENSIONS as NAMES
from outpace.delivery.migrations.sql_reading import steps_of
from outpace.delivery.migrations.sql_tokens import words_of
from outpace.delivery.migrations.steps import (
    AddColumn,
    AddConstraint,
    Breaking,
    Column,
    Constraint,
    CreateIndex,
    CreateTable,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropTable,
    Harmless,
    Opaque,
    Placed,
    RenameColumn,
    RenameTable,
    Step,
    ValidateConstraint,
)

SETTLES = "look at `manage.py sqlmigrate`"
NOOP = "django.db.migrations.operations.RunPython.noop"
OF_DJANGO = words_of(
    "BloomExtension BtreeGinExtension BtreeGistExtension CITextExtension CryptoExtension HStoreExtension "
    "TrigramExtension UnaccentExtension"
)
EXTENSIONS = OF_DJANGO | NAMES
IN_PROGRAM = "changes the program alone"


def translate(operations: list[object], app: str, state: State) -> Iterator[Placed]:
    """Each with the state before it, which is changed by it."""
    for operation in operations:
        made = operation if isinstance(operation, Made) else None
        line = made.line if made else 1
        for step in steps(made, app, state) if made is not None else (_unread(name_of(operation)),):
            if isinstance(step, Placed):
                yield Placed(step.step, step.line + line - 1)
            else:
                yield Placed(step, line)


def _unread(name: str) -> Opaque:
    return Opaque(f"runs {name}", "it is no operation of Django's own, or is put together when it runs", SETTLES)


def steps(made: Made, app: str, state: State) -> Iterator[Step | Placed]:
    maker = OPERATIONS.get(made.last) if made.path.startswith("django.") else None
    if maker is None:
        if made.path.startswith("django.contrib.postgres.") and _extension(made) in EXTENSIONS:
            yield Harmless("makes an extension")
        else:
            yield _unread(made.last or "an operation")
        return
    asked = Asked(made, app, state)
    try:
        hold(made)
        yield from maker(asked)
    except NotDjangos as error:
        yield Opaque(f"runs {made.last}", f"{error}", SETTLES)


def _extension(made: Made) -> object:
    if made.last == "CreateExtension":
        return made.words.get("name", made.args[0] if made.args else None)
    return made.last if made.last in OF_DJANGO else None


def _create_model(asked: Asked) -> Iterator[Step]:
    name = asked.text(0, "name")
    model = Model(asked.app, name, fields_of(asked.get(1, "fields")), options_of(asked.get(2, "options")))
    asked.state.models[(asked.app, name.lower())] = model
    if not model.made:
        yield Harmless(f"tells the program of the model {name}, whose table is not Django's")
        return
    found: list[Column] = []
    constraints: list[Constraint] = []
    for field_name, field in model.fields.items():
        if field.last == "ManyToManyField" or not own(field):
            continue
        told = read(field, field_name, model, asked.state)
        if told.column is not None:
            found.append(told.column)
        constraints += told.constraints
    constraints += [unique_together(model, names) for names in sorted(model.together("unique_together"))]
    for one in sequence(model.options.get("constraints")) or []:
        if isinstance(one, Made):
            constraints.append(constraint_of(one, model))
    yield CreateTable(table=model.table, columns=tuple(found), constraints=tuple(constraints))
    for field_name, field in model.fields.items():
        if field.last == "ManyToManyField":
            yield from _many(asked, model, field_name, field)
    for one in sequence(model.options.get("indexes")) or []:
        if isinstance(one, Made):
            yield CreateIndex(index=index_of(one, model))


def many_table(model: Model, name: str, field: Made) -> str:
    told = field.words.get("db_table")
    return told if isinstance(told, str) else f"{model.table}_{name}"


def _many(asked: Asked, model: Model, name: str, field: Made) -> Iterator[Step]:
    if field.words.get("through") is not None:
        yield Harmless(f"tells the program of {model.name}.{name}, whose table another model has")
        return
    target = asked.state.target(asked.app, field, model.name)
    sides = tuple(
        Constraint(name="", kind="foreign key", columns=(f"side_{place}",), references=to)
        for place, to in enumerate((model.table, target.table if target else "another table"))
    )
    yield CreateTable(table=many_table(model, name, field), constraints=sides)


def _add_field(asked: Asked) -> Iterator[Step]:
    model, name, field = asked.model(asked.text(0, "model_name")), asked.text(1, "name"), asked.field(2)
    told = read(field, name, model, asked.state) if field.last != "ManyToManyField" else None
    model.fields[name] = field
    if not model.made:
        yield Harmless(IN_PROGRAM)
    elif told is None:
        yield from _many(asked, model, name, field)
    elif told.column is None:
        yield Harmless(f"tells the program of {model.name}.{name}, which has no column")
    else:
        yield AddColumn(table=model.table, column=told.column)
        if told.index is not None:
            yield CreateIndex(index=told.index)


def _remove_field(asked: Asked) -> Iterator[Step]:
    model, name = asked.model(asked.text(0, "model_name")), asked.text(1, "name")
    field = model.fields.pop(name, None)
    if field is None:
        raise NotDjangos(f"no migration that was read adds {name}")
    if (
        not model.made
        or field.words.get("through") is not None
        or field.last in ("GenericForeignKey", "GenericRelation")
    ):
        yield Harmless(IN_PROGRAM)
    elif field.last == "ManyToManyField":
        yield DropTable(many_table(model, name, field))
    else:
        yield DropColumn(model.table, column_of(field, name))


def _alter_field(asked: Asked) -> Iterator[Step]:
    model, name, field = asked.model(asked.text(0, "model_name")), asked.text(1, "name"), asked.field(2)
    before = model.fields.get(name)
    if before is None:
        raise NotDjangos(f"no migration that was read adds {name}")
    found = list(django_alter.steps(model, name, before, field, asked.state)) if model.made else []
    model.fields[name] = field
    yield from found or [Harmless(f"changes {model.name}.{name} in the program alone")]


def _rename_field(asked: Asked) -> Iterator[Step]:
    model = asked.model(asked.text(0, "model_name"))
    old, new = asked.text(1, "old_name"), asked.text(2, "new_name")
    field = model.fields.pop(old, None)
    if field is None:
        raise NotDjangos(f"no migration that was read adds {old}")
    model.fields[new] = field
    if field.last == "ManyToManyField" and field.words.get("through") is None:
        if many_table(model, old, field) != many_table(model, new, field):
            yield RenameTable(many_table(model, old, field), many_table(model, new, field))
    elif model.made and column_of(field, old) != column_of(field, new):
        yield RenameColumn(model.table, column_of(field, old), column_of(field, new))
    else:
        yield Harmless(f"renames {model.name}.{old} in the program alone")


def _rename_model(asked: Asked) -> Iterator[Step]:
    old, new = asked.text(0, "old_name"), asked.text(1, "new_name")
    model = asked.model(old)
    before = model.table
    many = [(name, many_table(model, name, one)) for name, one in model.fields.items() if _own_table(one)]
    asked.state.renamed(asked.app, old, new)
    renamed = asked.model(new)
    if not renamed.made or renamed.table == before:
        yield Harmless(f"renames the model {old} in the program alone")
        return
    yield RenameTable(before, renamed.table)
    for name, table in many:
        yield RenameTable(table, many_table(renamed, name, renamed.fields[name]))


def _own_table(field: Made) -> bool:
    return field.last == "ManyToManyField" and field.words.get("through") is None


def _delete_model(asked: Asked) -> Iterator[Step]:
    model = asked.model(asked.text(0, "name"))
    del asked.state.models[(model.app, model.name.lower())]
    if not model.made:
        yield Harmless(IN_PROGRAM)
        return
    yield from (DropTable(many_table(model, name, one)) for name, one in model.fields.items() if _own_table(one))
    yield DropTable(model.table)


def _model_table(asked: Asked) -> Iterator[Step]:
    model = asked.model(asked.text(0, "name"))
    table = asked.get(1, "table")
    before = model.table
    many = [(name, many_table(model, name, one)) for name, one in model.fields.items() if _own_table(one)]
    model.options["db_table"] = table
    if model.table == before or not model.made:
        yield Harmless(IN_PROGRAM)
        return
    yield RenameTable(before, model.table)
    for name, old in many:
        yield RenameTable(old, many_table(model, name, model.fields[name]))


def _together(option: str) -> Callable[[Asked], Iterator[Step]]:
    def make(asked: Asked) -> Iterator[Step]:
        model = asked.model(asked.text(0, "name"))
        before, after = model.together(option), together(asked.get(1, option))
        if isinstance(asked.get(1, option), Symbol | Made | NotKnown):
            raise NotDjangos(f"{option} is computed when it runs")
        model.options[option] = sorted(after)
        for names in sorted(before - after):
            told = unique_together(model, names)
            index = DropIndex(name=told.name, unique=False)
            yield DropConstraint(model.table, told.name, "unique") if option == "unique_together" else index
        for names in sorted(after - before):
            if option == "unique_together":
                yield AddConstraint(model.table, unique_together(model, names))
            else:
                yield CreateIndex(index=index_of(Made("Index", (), {"fields": names, "name": ""}, 0), model))
        if before == after:
            yield Harmless(IN_PROGRAM)

    return make


def _ordered(asked: Asked) -> Iterator[Step]:
    model = asked.model(asked.text(0, "name"))
    before, after = model.options.get("order_with_respect_to"), asked.get(1, "order_with_respect_to")
    model.options["order_with_respect_to"] = after
    if after and not before:
        model.fields["_order"] = Made("django.db.models.OrderWrt", (), {}, asked.made.line)
        column = Column(name="_order", type="integer", nullable=False, program_default=True)
        yield AddColumn(table=model.table, column=column)
    elif before and not after:
        yield DropColumn(model.table, "_order")
    else:
        yield Harmless(IN_PROGRAM)


def _options(asked: Asked) -> Iterator[Step]:
    model = asked.state.model(asked.app, asked.text(0, "name"))
    if model is not None and asked.made.last == "AlterModelOptions":
        told = options_of(asked.get(1, "options"))
        if "managed" not in told:
            model.options.pop("managed", None)  # as Django forgets each option that is said no more
        model.options |= told
    yield Harmless(IN_PROGRAM)


def _add_index(asked: Asked) -> Iterator[Step]:
    model, index = asked.model(asked.text(0, "model_name")), asked.get(1, "index")
    if not isinstance(index, Made):
        raise NotDjangos("the index is made elsewhere")
    yield CreateIndex(index=index_of(index, model), concurrently=asked.made.last == "AddIndexConcurrently")


def _remove_index(asked: Asked) -> Iterator[Step]:
    concurrently = asked.made.last == "RemoveIndexConcurrently"
    yield DropIndex(name=asked.text(1, "name"), concurrently=concurrently, unique=False)


def _add_constraint(asked: Asked) -> Iterator[Step]:
    model, constraint = asked.model(asked.text(0, "model_name")), asked.get(1, "constraint")
    if not isinstance(constraint, Made):
        raise NotDjangos("the constraint is made elsewhere")
    valid = asked.made.last != "AddConstraintNotValid"
    yield AddConstraint(model.table, constraint_of(constraint, model, valid=valid))


def _remove_constraint(asked: Asked) -> Iterator[Step]:
    yield DropConstraint(asked.model(asked.text(0, "model_name")).table, asked.text(1, "name"))


def _validate(asked: Asked) -> Iterator[Step]:
    yield ValidateConstraint(asked.model(asked.text(0, "model_name")).table, asked.text(1, "name"))


def _run_sql(asked: Asked) -> Iterator[Step | Placed]:
    told = asked.get(0, "sql")
    for one in [told] if isinstance(told, str) else sequence(told) or [told]:
        pair = sequence(one)
        text = pair[0] if pair else one
        if isinstance(text, Symbol) and text.path.endswith("RunSQL.noop"):
            yield Harmless("runs nothing")
        elif not isinstance(text, str):
            yield Opaque("runs SQL", "it is put together when it runs", "write it as a text, or " + SETTLES)
        else:
            yield from steps_of(text)
    list(translate(asked.list(2, "state_operations"), asked.app, asked.state))


def _run_python(asked: Asked) -> Iterator[Step]:
    code = asked.get(0, "code")
    if isinstance(code, Symbol) and code.path in ("django.db.migrations.RunPython.noop", NOOP):
        yield Harmless("runs nothing")
        return
    settles = (
        "write it as SQL that fills new columns alone, or say in a reason what it does to the release that is running"
    )
    yield Opaque("runs Python code", "what a program does to rows is not told by reading it", settles)


def _separate(asked: Asked) -> Iterator[Step | Placed]:
    of_database, of_state = asked.list(0, "database_operations"), asked.list(1, "state_operations")
    line = asked.made.line
    for placed in translate(of_database, asked.app, asked.state.copy()):
        yield Placed(placed.step, placed.line - line + 1)
    list(translate(of_state, asked.app, asked.state))
    if not of_database:
        yield Harmless(IN_PROGRAM)


def _collation(asked: Asked) -> Iterator[Step]:
    if asked.made.last == "CreateCollation":
        yield Harmless("makes a collation")
    else:
        yield Breaking("drops a collation", "the running release may use it", "drop it in a later change")


def _nothing(_asked: Asked) -> Iterator[Step]:
    yield Harmless(IN_PROGRAM)


OPERATIONS: dict[str, Callable[[Asked], Iterator[Step | Placed]]] = {
    "CreateModel": _create_model,
    "DeleteModel": _delete_model,
    "RenameModel": _rename_model,
    "AlterModelTable": _model_table,
    "AlterModelTableComment": _nothing,
    "AlterModelOptions": _options,
    "AlterModelManagers": _nothing,
    "AlterUniqueTogether": _together("unique_together"),
    "AlterIndexTogether": _together("index_together"),
    "AlterOrderWithRespectTo": _ordered,
    "AddField": _add_field,
    "RemoveField": _remove_field,
    "AlterField": _alter_field,
    "RenameField": _rename_field,
    "AddIndex": _add_index,
    "AddIndexConcurrently": _add_index,
    "RemoveIndex": _remove_index,
    "RemoveIndexConcurrently": _remove_index,
    "RenameIndex": _nothing,
    "AddConstraint": _add_constraint,
    "AddConstraintNotValid": _add_constraint,
    "RemoveConstraint": _remove_constraint,
    "AlterConstraint": _nothing,
    "ValidateConstraint": _validate,
    "RunSQL": _run_sql,
    "RunPython": _run_python,
    "SeparateDatabaseAndState": _separate,
    "CreateCollation": _collation,
    "RemoveCollation": _collation,
}
