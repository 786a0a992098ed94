"""Which pieces come of a change, and in which order: a table for each rule."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from outpace.delivery.splitting.pieces import Changed, Side, Whole
from outpace.delivery.splitting.propose import merged, proposed
from outpace.delivery.splitting.risk import risk
from tests.fakes.two_trees import changed, told, trees

BODY = "".join(f"    x += {number}\n" for number in range(12))
LONG = "".join(f"    x = {number}\n" for number in range(150))


def function(name: str, body: str = BODY, arguments: str = "x") -> str:
    return f"def {name}({arguments}):\n{body}    return x\n"


A, B = function("a"), function("b")

MECHANICAL = {
    "quotes and blanks alone are formatting": (
        {"m.py": "x = 'a'\n\ny = f( 1)\n"},
        {"m.py": 'x = "a"\n\ny = f(1)\n'},
        [("refactor", "Format m.py")],
    ),
    "formatting comes before behavior in another block of the file": (
        {"m.py": "x = 'a'\n\n\n" + A},
        {"m.py": 'x = "a"\n\n\n' + function("a", BODY + "    x = -x\n")},
        [("refactor", "Format m.py"), ("change", "Change a in m.py")],
    ),
    "imports in another order are formatting": (
        {"m.py": "import os\nimport abc\n\nprint(os, abc)\n"},
        {"m.py": "import abc\nimport os\n\nprint(os, abc)\n"},
        [("refactor", "Format m.py")],
    ),
    "a file that moves without change is a piece": (
        {"old/m.py": A, "n.txt": "a\n"},
        {"new/m.py": A, "n.txt": "b\n"},
        [("refactor", "Move old/m.py to new/m.py"), ("change", "Change n.txt")],
    ),
    "a symbol that has another name and is the same otherwise is a piece": (
        {"m.py": function("early"), "n.py": "from m import early\n\n\ndef use(x):\n    return early(x)\n"},
        {"m.py": function("late"), "n.py": "from m import late\n\n\ndef use(x):\n    return late(x)\n"},
        [("refactor", "Rename early to late")],
    ),
    "a renaming comes before what else changes in the same block": (
        {"m.py": function("early") + "\n\ndef use(x):\n    return early(x)\n"},
        {"m.py": function("late") + "\n\ndef use(x):\n    return late(x) + 1\n"},
        [("refactor", "Rename early to late"), ("change", "Change use in m.py")],
    ),
}
GROUPS = {
    "files that do not mention each other are apart": (
        {"m.py": A, "n.py": B},
        {"m.py": function("a", BODY + "    x = -x\n"), "n.py": function("b", BODY + "    x = -x\n")},
        [("change", "Change a in m.py"), ("change", "Change b in n.py")],
    ),
    "a test that changes goes with what it tests": (
        {"m.py": A, "tests/test_m.py": "from m import a\n\n\ndef test_a():\n    assert a(1) == 2\n"},
        {
            "m.py": function("a", BODY + "    x = -x\n"),
            "tests/test_m.py": "from m import a\n\n\ndef test_a():\n    assert a(1) == 3\n",
        },
        [("change", "Change a in m.py and 1 further file")],
    ),
    "a template goes with what reads it by name": (
        {"m.py": "def page():\n    return render('front.html', a=1)\n", "front.html": "{{ a }}\n", "n.html": "a\n"},
        {"m.py": "def page():\n    return render('front.html', b=1)\n", "front.html": "{{ b }}\n", "n.html": "b\n"},
        [("change", "Change front.html and 1 further file"), ("change", "Change n.html")],
    ),
    "a lock goes with its manifest, apart from code": (
        {"m.py": A, "pyproject.toml": "a\n", "uv.lock": "a\n"},
        {"m.py": function("a", BODY + "    x = -x\n"), "pyproject.toml": "b\n", "uv.lock": "b\n"},
        [("dependencies", "Move dependencies in pyproject.toml and uv.lock"), ("change", "Change a in m.py")],
    ),
    "a migration goes with its model": (
        {"shop/models.py": "class Cart(Model):\n    a = 1\n"},
        {
            "shop/models.py": "class Cart(Model):\n    a = 1\n    rebate = Field()\n",
            "shop/migrations/0002_rebate.py": "AddField(model_name='cart', name='rebate')\n",
        },
        [("change", "Add shop/migrations/0002_rebate.py and 1 further file")],
    ),
    "a folder comes in the place of a file once the file is gone": (
        {"place": "a\n"},
        {"place/a.txt": "b\n"},
        [("change", "Change place/a.txt and 1 further file")],
    ),
    "new tests of a change that is large come right behind it, and those of a small one with it": (
        {
            "m.py": function("alpha"),
            "n.py": function("beta"),
            "tests/test_m.py": "from m import alpha\n",
            "tests/test_n.py": "from n import beta\n",
        },
        {
            "m.py": function("alpha", BODY + LONG),
            "n.py": function("beta", BODY + "    x = -x\n"),
            "tests/test_m.py": "from m import alpha\n\n\ndef test_alpha():\n" + LONG + "    assert alpha(x)\n",
            "tests/test_n.py": "from n import beta\n\n\ndef test_beta():\n    assert beta(1)\n",
        },
        [
            ("change", "Change alpha in m.py"),
            ("tests", "Change tests in tests/test_m.py"),
            ("change", "Change beta in n.py and 1 further file"),
        ],
    ),
    "documentation comes last": (
        {"README.md": "a\n", "m.py": A},
        {"README.md": "b\n", "m.py": function("a", BODY + "    x = -x\n")},
        [("change", "Change a in m.py"), ("documentation", "Document it in README.md")],
    ),
}
STORE = {
    "store.py": "def read(db):\n    return db('SELECT address FROM orders')\n\n\n"
    "def write(db, a):\n    db('INSERT INTO orders (address) VALUES (?)', a)\n"
}
STORED = {path: text.replace("address", "place") for path, text in STORE.items()}
DJANGO = (
    "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
    "    operations = [migrations.{}]\n"
)
ALEMBIC = """from alembic import op
import sqlalchemy as sa

revision = "{number}"
down_revision = "{before}"


def upgrade():
    op.{up}


def downgrade():
    op.{down}
"""
EXPAND = {
    "a new function comes before its users": (
        {"m.py": A, "n.py": "from m import a\n\n\ndef use(x):\n    return a(x)\n"},
        {"m.py": A + "\n\n" + B, "n.py": "from m import a, b\n\n\ndef use(x):\n    return a(x) + b(x)\n"},
        [("expand", "Add b in m.py"), ("change", "Change use in n.py")],
    ),
    "the removal of what was used comes last": (
        {"m.py": A + "\n\n" + B, "n.py": "from m import a, b\n\n\ndef use(x):\n    return a(x) + b(x)\n"},
        {"m.py": A, "n.py": "from m import a\n\n\ndef use(x):\n    return a(x)\n"},
        [("change", "Change use in n.py"), ("contract", "Remove b in m.py")],
    ),
    "an argument with a default comes before who gives it": (
        {"m.py": A, "n.py": "from m import a\n\n\ndef use(x):\n    return a(x)\n"},
        {
            "m.py": function("a", BODY + BODY + "    x -= y\n", "x, y=0"),
            "n.py": "from m import a\n\n\ndef use(x):\n    return a(x, y=1)\n",
        },
        [("expand", "Change a in m.py"), ("change", "Change use in n.py")],
    ),
    "an argument without a default comes with who gives it": (
        {"m.py": A, "n.py": "from m import a\n\n\ndef use(x):\n    return a(x)\n"},
        {
            "m.py": function("a", BODY + BODY + "    x -= y\n", "x, y"),
            "n.py": "from m import a\n\n\ndef use(x):\n    return a(x, 1)\n",
        },
        [("change", "Change a in m.py and 1 further file")],
    ),
    "a column comes before the code that reads it": (
        {"m.py": "def read(row):\n    return row.name_of_it\n"},
        {
            "m.py": "def read(row):\n    return row.name_of_it + row.rebate\n",
            "migrations/versions/1_a.py": "".join(
                f"op.add_column('cart', Column('rebate'))  # {n}\n" for n in range(12)
            ),
        },
        [("expand", "Add migrations/versions/1_a.py"), ("change", "Change read in m.py")],
    ),
    "what drops a column in plain SQL comes after the code that no longer reads it": (
        STORE,
        STORED
        | {
            "migrations/002_place.sql": "alter table orders add column place text;\n",
            "migrations/003_drop.sql": "alter table orders drop column address;\n",
        },
        [
            ("expand", "Add migrations/002_place.sql"),
            ("change", "Change read in store.py"),
            ("change", "Change write in store.py"),
            ("contract", "Add migrations/003_drop.sql"),
        ],
    ),
    "what drops a column whose name says nothing comes last, wherever its folder lies": (
        {"m.py": A},
        {
            "m.py": function("a", BODY + "    x = -x\n"),
            "README.md": "a\n",
            "db/003.sql": "ALTER TABLE orders DROP COLUMN id;\n",
        },
        [("change", "Change a in m.py"), ("documentation", "Document it in README.md"), ("contract", "Add db/003.sql")],
    ),
    "a way back is no way there, and goes with it": (
        {"m.py": A},
        {
            "m.py": function("a", BODY + "    x = -x\n"),
            "migrations/2.up.sql": "ALTER TABLE orders ADD COLUMN place text;\n",
            "migrations/2.down.sql": "ALTER TABLE orders DROP COLUMN place;\n",
        },
        [("change", "Change a in m.py"), ("change", "Add migrations/2.down.sql and 1 further file")],
    ),
    "a migration of Alembic is what it does upwards": (
        STORE,
        STORED
        | {
            "migrations/versions/2_a.py": ALEMBIC.format(
                number=2,
                before=1,
                up="add_column('orders', sa.Column('place', sa.Text))",
                down="drop_column('orders', 'place')",
            ),
            "migrations/versions/3_b.py": ALEMBIC.format(
                number=3,
                before=2,
                up="drop_column('orders', 'address')",
                down="add_column('orders', sa.Column('address', sa.Text))",
            ),
        },
        [
            ("expand", "Add migrations/versions/2_a.py"),
            ("change", "Change read in store.py"),
            ("change", "Change write in store.py"),
            ("contract", "Add migrations/versions/3_b.py"),
        ],
    ),
    "a migration of Django that drops what another file made comes last": (
        STORE,
        STORED
        | {
            "shop/migrations/0002_place.py": DJANGO.format("AddField('Order', 'place', models.TextField(null=True))"),
            "shop/migrations/0003_drop.py": DJANGO.format("RemoveField('Order', 'address')"),
        },
        [
            ("expand", "Add shop/migrations/0002_place.py"),
            ("change", "Change read in store.py"),
            ("change", "Change write in store.py"),
            ("contract", "Add shop/migrations/0003_drop.py"),
        ],
    ),
    "a dependency comes before its first import": (
        {"m.py": "def a():\n    return 1\n", "requirements.in": "old==1\n"},
        {"m.py": "import sprout\n\n\ndef a():\n    return sprout.age()\n", "requirements.in": "old==1\nsprout==2\n"},
        [("dependencies", "Move dependencies in requirements.in"), ("change", "Change a in m.py")],
    ),
    "a dependency goes after its last import": (
        {"m.py": "import sprout\n\n\ndef a():\n    return sprout.age()\n", "requirements.in": "old==1\nsprout==2\n"},
        {"m.py": "def a():\n    return 1\n", "requirements.in": "old==1\n"},
        [("change", "Change a in m.py"), ("dependencies", "Move dependencies in requirements.in")],
    ),
}


def test_what_breaks_the_release_that_runs_is_told_and_stays_apart_as_long_as_it_can() -> None:
    drop = "migrations/003_drop.sql"
    after = STORED | {drop: "alter table orders drop column address;\n", "README.md": "a\n", "n.py": "b = 1\n"}
    files = changed(STORE, after)
    assert [each.breaks for each in proposed(files).pieces] == [(), (), (), (), (drop,)]
    assert [each.breaks for each in proposed(files, at_most=2).pieces] == [(), (drop,)]
    plan = proposed(files, at_most=1)
    assert [(each.breaks, risk(each)) for each in plan.pieces] == [((drop,), "high")]
    assert merged(proposed(files), 3, "a test").pieces[-1].breaks == (drop,)


def test_a_migration_that_drops_what_a_later_one_must_not_wait_for_is_told_as_one_with_the_code() -> None:
    after = STORED | {
        "migrations/002_drop.sql": "alter table orders drop column address;\n",
        "migrations/003_place.sql": "alter table orders add column place text;\n",
    }
    plan = proposed(changed(STORE, after))
    assert [each.breaks for each in plan.pieces] == [("migrations/002_drop.sql",)]
    assert {"migrations/002_drop.sql", "migrations/003_place.sql"} <= {*plan.held[0].what}


ASKS = "import settings\n\n\ndef pay(x):\n    if settings.REBATES:\n        return x - 1\n    return x\n"
FLAGS = {
    "a flag comes switched off, before the code that asks it, and is switched on last": (
        {"settings.py": "DEBUG = False\n", "m.py": "import settings\n\n\ndef pay(x):\n    return x\n"},
        {"settings.py": "DEBUG = False\nREBATES = True\n", "m.py": ASKS},
        [
            ("expand", "Add REBATES in settings.py"),
            ("change", "Change pay in m.py"),
            ("flag", "Switch REBATES in settings.py"),
        ],
    ),
    "a known flag is switched after the code that asks it": (
        {"settings.py": "REBATES = False\n", "m.py": "import settings\n\n\ndef pay(x):\n    return x\n"},
        {"settings.py": "REBATES = True\n", "m.py": ASKS},
        [("change", "Change pay in m.py"), ("flag", "Switch REBATES in settings.py")],
    ),
    "a known flag is switched after the code that asks it, whatever the files are called": (
        {"settings.py": "REBATES = False\n", "shop.py": "import settings\n\n\ndef pay(x):\n    return x\n"},
        {"settings.py": "REBATES = True\n", "shop.py": ASKS},
        [("change", "Change pay in shop.py"), ("flag", "Switch REBATES in settings.py")],
    ),
}
EVERY = {**MECHANICAL, **GROUPS, **EXPAND, **FLAGS}


@pytest.mark.parametrize("case", EVERY)
def test_a_change_becomes_these_pieces_in_this_order(case: str) -> None:
    before, after, pieces = EVERY[case]
    assert told(before, after) == pieces


@pytest.mark.parametrize("case", EVERY)
def test_the_pieces_of_each_case_end_in_the_head_tree(case: str) -> None:
    before, after, _ = EVERY[case]
    assert trees(before, after, proposed(changed(before, after)).pieces)[-1] == after


def test_a_flag_is_off_between_its_introduction_and_its_switch() -> None:
    before, after, _ = FLAGS["a flag comes switched off, before the code that asks it, and is switched on last"]
    found = trees(before, after, proposed(changed(before, after)).pieces)
    assert [tree["settings.py"] for tree in found] == [
        "DEBUG = False\nREBATES = False\n",
        "DEBUG = False\nREBATES = False\n",
        "DEBUG = False\nREBATES = True\n",
    ]


def test_formatting_is_checked_to_have_the_syntax_of_before_and_other_refactoring_is_not() -> None:
    told_of = {
        case: [piece.same_syntax for piece in proposed(changed(before, after)).pieces]
        for case, (before, after, _) in MECHANICAL.items()
    }
    assert told_of == {
        "quotes and blanks alone are formatting": [True],
        "formatting comes before behavior in another block of the file": [True, False],
        "imports in another order are formatting": [False],
        "a file that moves without change is a piece": [False, False],
        "a symbol that has another name and is the same otherwise is a piece": [False],
        "a renaming comes before what else changes in the same block": [False, False],
    }


def test_what_needs_each_other_is_one_piece_and_it_is_said_why() -> None:
    one = function("a", BODY * 2 + "    return b(x, 0)\n")
    other = function("b", BODY * 2 + "    return a(x, 0)\n", "x, y")
    before = {"m.py": "import n\n\n\n" + one, "n.py": "from m import a\n\n\n" + other}
    after = {
        "m.py": "import n\n\n\n" + one.replace("a(x)", "a(x, y)").replace("b(x, 0)", "b(0)"),
        "n.py": "from m import a\n\n\n" + other.replace("b(x, y)", "b(x)").replace("a(x, 0)", "a(0, 0)") + "# end\n",
    }
    plan = proposed(changed(before, after))
    assert [piece.title for piece in plan.pieces if piece.kind != "refactor"] == ["Change a in m.py and 1 further file"]


def test_a_large_group_that_cannot_be_apart_is_told_with_its_reason() -> None:
    calls = "".join(f"    x = a(x, {number})\n" for number in range(20))
    before = {"m.py": A, "n.py": "from m import a\n\n\n" + function("use", calls)}
    after = {
        "m.py": function("a", BODY, "y, x"),
        "n.py": "from m import a\n\n\n" + function("use", calls.replace("a(x, ", "a(0, ")),
    }
    assert [(held.what, held.why) for held in proposed(changed(before, after)).held] == [
        (("m.py: a", "n.py: use"), "a is called in another way")
    ]


def test_no_more_pieces_come_than_are_asked_for() -> None:
    before = {f"m{number}.py": A for number in range(9)}
    after: Mapping[str, str] = {path: function("a", BODY + "    x = -x\n") for path in before}
    pieces = proposed(changed(before, after), at_most=4).pieces
    assert (len(pieces), trees(before, after, pieces)[-1]) == (4, after)


def test_binary_files_modes_links_and_submodules_are_whole() -> None:
    files = (
        Changed(path="a.bin", before=Side("100644", "1" * 40), after=Side("100644", "2" * 40)),
        Changed(path="link.py", before=Side("120000", "1" * 40), after=Side("100644", "2" * 40, "x = 1\n")),
        Changed(path="run.py", before=Side("100644", "3" * 40, A), after=Side("100755", "3" * 40, A)),
        Changed(path="vendor", before=Side("160000", "1" * 40), after=Side("160000", "4" * 40)),
    )
    pieces = proposed(files).pieces
    states = {edit.path: edit.state for piece in pieces for edit in piece.edits}
    edits = {path: (state.mode, state.id) for path, state in states.items() if isinstance(state, Whole)}
    assert edits.keys() == states.keys()
    assert edits == {each.path: (each.after.mode, each.after.id) for each in files if each.after}
