"""Questions to the store: pages of a section, searches, counts and totals.

All of this is asked by the desk's pages with what stands in their addresses, so numbers may come as text.
"""

OPERATORS = {"is": "=", "not": "<>", "under": "<", "over": ">", "at most": "<=", "at least": ">="}


def conditions(where):
    """A WHERE and its values for (field, operator, value) each, all of which must hold.

    An operator is a word of OPERATORS or its sign, `has` for a part of a text, or `empty`, for which the value is idle.
    """
    parts, values = [], []
    for field, operator, value in where:
        if operator == "empty":
            parts.append(f'"{field}" IS NULL')
        elif operator == "has":
            parts.append(f'instr(lower("{field}"), lower(?)) > 0')
            values.append(value)
        else:
            parts.append(f'"{field}" {OPERATORS.get(operator, operator)} ?')
            values.append(value)
    return (" WHERE " + " AND ".join(parts) if parts else ""), values


def ordering(sort):
    """An ORDER BY for a text like 'unit price:desc, name'.

    A direction is asc or desc, after which nulls first or nulls last may stand; capitals do not matter.
    """
    parts = []
    for each in sort.split(","):
        field, _, direction = each.partition(":")
        if field.strip():
            parts.append(f'"{field.strip()}" {direction.strip()}'.strip())
    return " ORDER BY " + ", ".join(parts) if parts else ""


def rows(shop, section, fields=(), where=(), sort="", page=1, size=20):
    """A page of a section as dictionaries: the fields that are asked for, or all; a size of -1 is everything."""
    chosen = ", ".join(f'"{each}"' for each in fields) or "*"
    text, values = conditions(where)
    query = f'SELECT {chosen} FROM "{section}"{text}{ordering(sort)} LIMIT {size} OFFSET ({page} - 1) * {size}'
    return [dict(each) for each in shop.execute(query, values)]


def count(shop, section, where=()):
    """How many records of a section meet the conditions."""
    text, values = conditions(where)
    return shop.execute(f'SELECT COUNT(*) FROM "{section}"{text}', values).fetchone()[0]


def pages(shop, section, where=(), size=20):
    """How many pages there are; an empty section has one."""
    size = int(size)
    return 1 if size < 1 else max(1, -(-count(shop, section, where) // size))


def search(shop, section, text, fields=("name",), limit=50):
    """Records in which a field holds the text. A `*` stands for anything, and capitals do not matter."""
    pattern = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("*", "%")
    tests = " OR ".join(f"\"{each}\" LIKE '%{pattern}%' ESCAPE '\\'" for each in fields)
    found = shop.execute(f'SELECT * FROM "{section}" WHERE {tests} ORDER BY id LIMIT {limit}')
    return [dict(each) for each in found]


def facets(shop, section, field, where=()):
    """(value, times) for each value of a field, the most frequent first."""
    text, values = conditions(where)
    query = f'SELECT "{field}", COUNT(*) FROM "{section}"{text} GROUP BY 1 ORDER BY 2 DESC, 1'
    return [tuple(each) for each in shop.execute(query, values)]


def totals(shop, section, field, how="sum", by=""):
    """The sum, avg, min, max or count of a field; with `by`, value of that field -> the same for its records."""
    if by:
        query = f'SELECT "{by}", {how}("{field}") FROM "{section}" GROUP BY 1 ORDER BY 1'
        return {each[0]: each[1] for each in shop.execute(query)}
    return shop.execute(f'SELECT {how}("{field}") FROM "{section}"').fetchone()[0]
