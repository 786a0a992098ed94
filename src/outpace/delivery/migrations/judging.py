"""Each step as expand, contract or unknown, with the reason, the road, what going back costs, and PostgreSQL's lock."""

from __future__ import annotations

from outpace.delivery.migrations import judging_columns, judging_constraints
from outpace.delivery.migrations.judged import (
    BackNotKnown,
    Contract,
    Expand,
    Gone,
    Lock,
    LosesNew,
    Mode,
    Said,
    Standing,
)
from outpace.delivery.migrations.schema import Schema
from outpace.delivery.migrations.steps import (
    AddColumn,
    AddConstraint,
    Breaking,
    ChangeType,
    CreateDomain,
    CreateIndex,
    CreateNamed,
    CreateTable,
    CreateTrigger,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropNotNull,
    DropTable,
    Harmless,
    Opaque,
    RenameColumn,
    RenameTable,
    SetDefault,
    SetNotNull,
    Step,
    ValidateConstraint,
    WriteData,
)
from outpace.model.unknown import Unknown

UNNOTICED = "no statement notices it"
REFERS = "a foreign key waits for those who write the table, for a moment"
NEW_TABLE = "the running release does not know the table"
HELD_BACK = (
    "give the reference ON DELETE CASCADE, or SET NULL where its column may be NULL, or say in a reason that the "
    "running release deletes none"
)
WRITTEN = "say in a reason which rows it changes, and that the running release reads and writes them as before"


def judge(step: Step, schema: Schema) -> Said:  # noqa: C901, PLR0911, PLR0912  one a step
    """`schema` is as it stands before the step."""
    match step:
        case CreateTable():
            return _create_table(step, schema)
        case DropTable() | RenameTable():
            return _table(step, schema)
        case AddColumn() | DropColumn() | RenameColumn() | ChangeType():
            return judging_columns.judge(step, schema)
        case SetNotNull() | DropNotNull() | SetDefault():
            return judging_columns.judge_attribute(step, schema)
        case AddConstraint() | ValidateConstraint() | DropConstraint():
            return judging_constraints.judge(step, schema)
        case CreateIndex() | DropIndex():
            return judging_constraints.judge_index(step, schema)
        case WriteData():
            return _write(step, schema)
        case CreateDomain(name=name):
            return Said(f"makes the domain {name}", Expand(UNNOTICED))
        case CreateNamed(kind=kind, name=name):
            return Said(f"makes the {kind} {name}", _hiding(name, schema) or Expand(UNNOTICED))
        case CreateTrigger(words=words, kind=kind):
            why = f"a {kind} changes what the running release's statements do"
            return Said(words, Unknown(why, WRITTEN), BackNotKnown(why))
        case Harmless(words=words, lock=lock, table=table, caution=caution):
            return Said(words, Expand(UNNOTICED, (caution,) if caution else ()), lock=_mode(lock, table))
        case Breaking(words=words, table=table) | Opaque(words=words, table=table) if table and schema.is_new(table):
            return Said(words, Expand(NEW_TABLE))
        case Breaking(words=words, why=why, road=road, loses=loses):
            return Said(words, Contract(why, road), Gone(loses) if loses else BackNotKnown("it is to be made again"))
        case Opaque(words=words, why=why, would_settle=settles):
            return Said(words, Unknown(why, settles), BackNotKnown(why))


def _hiding(name: str, schema: Schema) -> Unknown | None:
    if not (other := schema.hides(name)):
        return None
    why = f"{other} is there as well, and which of the two the running release means is said by its search_path"
    return Unknown(why, "give it another name, or say in a reason that the running release never looks there")


def _mode(lock: str, table: str) -> Lock:
    modes: dict[str, Mode] = {
        "SHARE UPDATE EXCLUSIVE": "SHARE UPDATE EXCLUSIVE",
        "ACCESS EXCLUSIVE": "ACCESS EXCLUSIVE",
    }
    return Lock(modes.get(lock, ""), table)


def _create_table(step: CreateTable, schema: Schema) -> Said:
    others = {one.references for one in step.constraints} | {one.references for one in step.columns}
    old = sorted(name for name in others - {"", step.table} if not schema.is_new(name))
    cautions = tuple(
        f"once the new release has rows in {step.table}, the running one may fail to DELETE the rows of {name} that "
        f"they refer to"
        for name in old
        if not _lets_go(step, name)
    )
    return Said(
        f"makes the table {step.table}",
        _hiding(step.table, schema) or Expand(NEW_TABLE, cautions),
        LosesNew(f"the rows of {step.table}"),
        Lock("SHARE ROW EXCLUSIVE", old[0], why=REFERS) if old else Lock(""),
    )


def _lets_go(step: CreateTable, table: str) -> bool:
    found = [one for one in step.constraints if one.references == table]
    fixed = {one.name for one in step.columns if not one.nullable}
    return bool(found) and all(
        one.on_delete and (one.on_delete != "set null" or not fixed & {*one.columns}) for one in found
    )


def _table(step: DropTable | RenameTable, schema: Schema) -> Said:
    table = step.table
    lock = Lock("ACCESS EXCLUSIVE", table, why="the catalog changes, for a moment")
    match step:
        case DropTable() if schema.is_new(table):
            return Said(f"drops the table {table}", Expand(NEW_TABLE), Gone(f"the rows of {table}, which is new"))
        case DropTable():
            road = "let a release go out that no longer uses it, and drop it in a later change"
            why = "every statement of the running release that names it fails"
            return Said(f"drops the table {table}", Contract(why, road), Gone(f"every row of {table}"), lock)
        case RenameTable(to=to, becomes=name) if schema.is_new(table):
            return Said(f"renames the table {table} to {to}", _hiding(name, schema) or Expand(NEW_TABLE))
        case RenameTable(to=to):
            road = (
                "keep the name in the database and rename in the program alone; or make a view of the old name over "
                f"{to} in the same transaction, and drop it in a later change"
            )
            why = f"every statement of the running release asks for {table}"
            return Said(f"renames the table {table} to {to}", Contract(why, road), lock=lock)


def _write(step: WriteData, schema: Schema) -> Said:
    table = step.table
    words = {
        "update": f"updates {table}: {', '.join(step.columns)}",
        "insert": f"inserts into {table}",
        "delete": f"deletes from {table}",
        "truncate": f"empties {table}",
    }[step.verb]
    if step.calls:
        called = ", ".join(step.calls)
        why = f"it calls {called}, and what that does is not told here"
        return Said(words, Unknown(why, WRITTEN), BackNotKnown(why))
    if schema.acts_on(table):
        why = f"a trigger or rule of {table} runs with it, and what that does is not told here"
        return Said(words, Unknown(why, WRITTEN), BackNotKnown(why))
    goes = step.verb in ("delete", "truncate") and schema.is_new(table)
    taken = schema.takes_along(table) if goes else ""
    if step.cascades or taken:
        gone = f"rows of {taken or 'every table that refers to it'}"
        return Said(words, Contract(f"{gone} go along", "delete no row that others refer to"), Gone(gone))
    refers = schema.holds_back(table, step.columns if step.verb == "update" else None)
    if refers and step.verb in ("insert", "update"):
        why = f"the running release can no longer delete the rows of {refers} that what is written refers to"
        return Said(words, Unknown(why, HELD_BACK), LosesNew(f"the rows of {table}"), Lock("ROW EXCLUSIVE", table))
    if schema.is_new(table):
        return Said(words, Expand(NEW_TABLE), LosesNew(f"the rows of {table}, which is new"))
    return Said(words, *_rows(step, schema))


def _rows(step: WriteData, schema: Schema) -> tuple[Standing, Gone | LosesNew | BackNotKnown, Lock]:
    """Of a table that the running release knows."""
    table = step.table
    brief = Lock("ROW EXCLUSIVE", table)
    if step.verb == "truncate" or (step.verb == "delete" and step.every_row):
        contract = Contract(
            "every row is lost, and the running release may need them", "keep them until no release reads them"
        )
        lock = Lock("ACCESS EXCLUSIVE", table) if step.verb == "truncate" else brief
        return contract, Gone(f"every row of {table}"), lock
    if step.verb == "delete":
        why = "whether the running release, or anybody, needs the rows is not told by a migration"
        return Unknown(why, WRITTEN), Gone(f"the rows of {table} that it finds"), brief
    if step.verb == "insert":
        why = "the running release reads the rows, and they may be in the way of its own"
        return Unknown(why, WRITTEN), BackNotKnown(why), brief
    if step.columns and all(schema.is_new_column(table, name) for name in step.columns):
        named = ", ".join(step.columns)
        held = "each row that it fills stays locked until the migration ends; fill a large table in batches"
        lock = Lock("ROW EXCLUSIVE", table, long=True, why=held)
        return Expand("it fills new columns alone, which the running release does not know"), LosesNew(named), lock
    why = "it changes columns that the running release reads and writes"
    return Unknown(why, WRITTEN), Gone(f"what stood in {table}: {', '.join(step.columns)}"), brief
