"""What the desk keeps and takes away: saved views of a section, and exports."""

import csv
import io
import json

import asking
import store


def save(shop, owner, name, section, **spec):
    """Keep a view: what `asking.rows` is to be asked with, but for the page."""
    odd = set(spec) - {"fields", "where", "sort", "size"}
    if odd:
        raise ValueError(f"no part of a view: {', '.join(sorted(odd))}")
    store.remember(shop, owner, name, section, spec)


def view(shop, owner, name, page=1):
    """A page of a view that was saved; KeyError where there is none."""
    found = shop.execute("SELECT section, spec FROM views WHERE owner = ? AND name = ?", (owner, name)).fetchone()
    if found is None:
        raise KeyError(name)
    return asking.rows(shop, found["section"], page=page, **json.loads(found["spec"]))


def views(shop, owner, sort="name"):
    """(name, section) of somebody's views, ordered by one or both of these."""
    query = "SELECT name, section FROM views WHERE owner = ?" + asking.ordering(sort)
    return [tuple(each) for each in shop.execute(query, (owner,))]


def forget(shop, owner, name):
    """Drop a view; tells whether there was one."""
    done = shop.execute("DELETE FROM views WHERE owner = ? AND name = ?", (owner, name))
    shop.commit()
    return done.rowcount > 0


def export(shop, section, fields=(), sort="", delimiter=","):
    """A section as CSV with a heading, in full; the decimal comma where the delimiter is a semicolon."""
    chosen = '"' + '", "'.join(fields) + '"' if fields else "*"
    found = shop.execute(f'SELECT {chosen} FROM "{section}"' + asking.ordering(sort))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow([each[0] for each in found.description])
    for each in found:
        writer.writerow([str(value).replace(".", ",") if delimiter == ";" and isinstance(value, float) else value for value in each])
    return out.getvalue()


def summary(shop):
    """A line for each section: its heading, and how much is in it."""
    return [f"{heading}: {asking.count(shop, name)}" for name, heading in store.sections()]
