"""Constraints and indexes: whom they refuse, and what they lock while they are made."""

from __future__ import annotations

from outpace.delivery.migrations import expressions, index_sizes
from outpace.delivery.migrations.judged import BackNotKnown, Contract, Expand, Lock, LosesNew, Said, Standing
from outpace.delivery.migrations.schema import Schema
from outpace.delivery.migrations.steps import (
    AddConstraint,
    Constraint,
    CreateIndex,
    DropConstraint,
    DropIndex,
    Index,
    ValidateConstraint,
)
from outpace.model.unknown import Unknown

NEW_TABLE = "the running release does not know the table"
AFTER = (
    "let a release go out that writes only what it takes; look for rows that break it; add it in a later change, NOT "
    "VALID first, and validate it after"
)
HELD_BACK = "give it ON DELETE CASCADE or SET NULL, or say in a reason that the running release deletes none of them"
FASTER = "the running release's statements do what they did, and may be slower"


def judge(step: AddConstraint | ValidateConstraint | DropConstraint, schema: Schema) -> Said:
    match step:
        case AddConstraint(table=table, constraint=constraint):
            words = f"adds the {_named(constraint)} to {table}"
            to = constraint.references
            stays = constraint.kind == "foreign key" and not schema.lets_go(table, constraint)
            mine = schema.is_new(table) or bool(_empty(table, schema) & set(constraint.columns))
            if stays and mine and schema.is_written(table):
                why = f"the running release can no longer delete the rows of {to} that rows written before refer to"
                return Said(words, Unknown(why, HELD_BACK), lock=_add_lock(table, constraint))
            if constraint.kind in ("primary key", "check") and (to := schema.sticks_to(table, constraint.columns)):
                why = f"the running release can no longer delete the rows of {to} that rows refer to: SET NULL fails"
                return Said(words, Unknown(why, HELD_BACK), lock=_add_lock(table, constraint))
            if schema.is_new(table):
                return Said(words, Expand(NEW_TABLE))
            return Said(words, _added(table, constraint, schema), lock=_add_lock(table, constraint))
        case ValidateConstraint(table=table, name=name):
            why = "each row is looked at, while others read and write"
            lock = Lock("SHARE UPDATE EXCLUSIVE", table, why=why)
            return Said(
                f"validates {name} of {table}", Expand("each row that is written is held to it already"), lock=lock
            )
        case DropConstraint():
            return _dropped(step, schema)


def _named(constraint: Constraint) -> str:
    told = f"{constraint.kind} constraint {constraint.name}".rstrip()
    of = f" ({constraint.expression or ', '.join(constraint.columns)})" if constraint.columns else ""
    return f"{told}{of}{'' if constraint.valid else ', not valid yet,'}"


def _empty(table: str, schema: Schema) -> frozenset[str]:
    """New columns that are NULL in each row that the running release writes."""
    known = schema.table(table)
    return frozenset(name for name in known.new_columns if (column := known.columns.get(name)) and column.empty_for_old)


def _added(table: str, constraint: Constraint, schema: Schema) -> Standing:  # noqa: PLR0911  one a kind
    empty = _empty(table, schema)
    spared = "" if constraint.valid else "; NOT VALID spares the rows that are there, not those that are written"
    match constraint.kind:
        case "check":
            if expressions.passes_null(constraint.expression, empty):
                return Expand("rows of the running release have NULL there, and pass")
            return Contract(f"rows that the running release writes may break it, and fail{spared}", AFTER)
        case "foreign key":
            if constraint.columns and all(name in empty for name in constraint.columns):
                to = constraint.references or "the other table"
                caution = f"once it refers to a row of {to}, the running release may fail to DELETE that row"
                return Expand("rows of the running release have NULL there, and pass", (caution,))
            why = f"the running release may write rows that refer to none, or delete one that is referred to{spared}"
            return Contract(why, AFTER)
        case "unique" | "exclude" | "primary key":
            if constraint.kind == "unique" and constraint.nulls_distinct and empty & set(constraint.columns):
                held = (*constraint.columns, *constraint.includes)
                return index_sizes.refusing(table, held, (), schema) or Expand(
                    "rows of the running release have NULL there, and no two NULLs are the same"
                )
            if constraint.using_index:
                return Unknown(
                    "the index that it is made of is unique already, or it is not: that is not told here",
                    "look at which migration made the index",
                )
            return Contract("the running release may write a second row of the same values, and fails", AFTER)


def _add_lock(table: str, constraint: Constraint) -> Lock:
    match constraint.kind:
        case "foreign key" if constraint.valid:
            return Lock("SHARE ROW EXCLUSIVE", table, long=True, why="each row is looked up while nobody may write")
        case "foreign key":
            return Lock("SHARE ROW EXCLUSIVE", table, why="for a moment")
        case "check" if constraint.valid:
            return Lock("ACCESS EXCLUSIVE", table, long=True, why="each row is checked under the lock")
        case "check":
            return Lock("ACCESS EXCLUSIVE", table, why="for a moment")
        case _ if constraint.using_index:
            return Lock("ACCESS EXCLUSIVE", table, why="for a moment: the index is there")
        case _:
            return Lock("ACCESS EXCLUSIVE", table, long=True, why="an index is built under the lock")


def _dropped(step: DropConstraint, schema: Schema) -> Said:
    table = step.table
    words = f"drops the constraint {step.name} of {table}"
    lock = Lock("ACCESS EXCLUSIVE", table, why="for a moment")
    found = schema.constraint(table, step.name)
    if schema.is_new(table) or step.name in schema.table(table).new_constraints:
        return Said(words, Expand("the running release does not know it"), lock=lock)
    back = LosesNew("it can be added again only if no row breaks it by then")
    kind = found.kind if found else step.kind
    match kind:
        case "check":
            caution = "the new release may write what the running one never read"
            return Said(words, Expand("whatever was written before is still taken", (caution,)), back, lock)
        case "foreign key" if found is not None and not found.on_delete:
            caution = "rows may come to refer to none"
            return Said(words, Expand("whatever was written before is still taken", (caution,)), back, lock)
        case "foreign key":
            why = "where the server deletes or empties rows by it, it does so no longer, as the running release expects"
            return Said(words, Unknown(why, "look whether it has ON DELETE CASCADE or SET NULL"), back, lock)
        case "unique" | "primary key" | "exclude":
            why = "ON CONFLICT of the running release fails without it, and double rows are let in"
            return Said(words, Contract(why, "drop it once no release that counts on it runs"), back, lock)
        case None:
            settles = "name the migration that made it"
            return Said(
                words, Unknown("which kind of constraint it is, is not told by what was read", settles), back, lock
            )


def judge_index(step: CreateIndex | DropIndex, schema: Schema) -> Said:
    match step:
        case CreateIndex(index=index, concurrently=concurrently):
            words = f"makes the {'unique ' if index.unique else ''}index {index.name} on {index.table}"
            if schema.is_new(index.table):
                return Said(words, Expand(NEW_TABLE))
            return Said(words, _indexed(index, schema), lock=_index_lock(index.table, concurrently=concurrently))
        case DropIndex():
            return _index_dropped(step, schema)


def _indexed(index: Index, schema: Schema) -> Standing:
    empty = _empty(index.table, schema)
    if index.unique and not (index.nulls_distinct and empty & set(index.columns)):
        return Contract("the running release may write a second row of the same values, and fails", AFTER)
    written = (*index.expressions, index.where) if index.where else index.expressions
    for one in written:
        if not expressions.never_fails(one):
            why = f"an index on {one} refuses each row for which that cannot be computed"
            return Unknown(why, "say in a reason that it can be computed for every row that the running release writes")
    held = (*index.columns, *index.includes)
    if index.method == "btree" and (refused := index_sizes.refusing(index.table, held, index.expressions, schema)):
        return refused
    cautions = index_sizes.cautions(index.table, held, index.expressions, schema) if index.method == "btree" else ()
    return Expand("the running release's statements do what they did", cautions)


def _index_lock(table: str, *, concurrently: bool) -> Lock:
    if concurrently:
        return Lock("SHARE UPDATE EXCLUSIVE", table, why="others read and write while it is built")
    return Lock("SHARE", table, long=True, why="nobody may write while it is built; CONCURRENTLY spares that")


def _index_dropped(step: DropIndex, schema: Schema) -> Said:
    words = f"drops the index {step.name}"
    known = schema.index(step.name)
    table = known.table if known else ""
    mode = "SHARE UPDATE EXCLUSIVE" if step.concurrently else "ACCESS EXCLUSIVE"
    lock = Lock(mode, table, why="others read and write meanwhile" if step.concurrently else "for a moment")
    unique = known.unique if known else step.unique
    back = LosesNew("it is built again, which takes a while")
    if table and schema.is_new(table):
        return Said(words, Expand(NEW_TABLE))
    if unique is None:
        why = "whether it is unique is not told by what was read, and ON CONFLICT needs a unique one"
        return Said(words, Unknown(why, "name the migration that made it"), BackNotKnown(why), lock)
    if unique:
        why = "ON CONFLICT of the running release fails without it, and double rows are let in"
        return Said(words, Contract(why, "drop it once no release that counts on it runs"), back, lock)
    return Said(words, Expand(FASTER, ("a query of the running release may need it to be fast enough",)), back, lock)
