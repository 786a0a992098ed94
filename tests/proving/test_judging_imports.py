"""Which modules must import, and which failure is the change's."""

from __future__ import annotations

import pytest

from outpace.model.application import Application
from outpace.model.proof import CheckUndecided, Failed, Passed, Result, Skipped
from outpace.model.unknown import Unknown
from outpace.proving.imports import entry_points, judge, wanted, with_absent, without
from outpace.proving.needs import Needs, OwnCode
from outpace.proving.ports import Import, Loaded, NotLoaded
from outpace.proving.references import references

Side = tuple[Import, ...] | Unknown
OK = Loaded(module="shop")
BAD = NotLoaded(module="shop", why="ImportError: no")
SETTLES = "make it import on base, or name in `imports` of outpace.toml what does"
CASES: tuple[tuple[str, Side, Side, Result], ...] = (
    ("imports on both", (OK,), (OK,), Passed("shop imports")),
    ("fails on the change", (OK,), (BAD,), Failed("import shop fails on the change and not on base: ImportError: no")),
    (
        "red on both, an entry point",
        (BAD,),
        (BAD,),
        CheckUndecided("import shop fails, and base is no witness: ImportError: no", SETTLES),
    ),
    (
        "red on both, a package",
        (OK, NotLoaded(module="odd", why="x")),
        (OK, NotLoaded(module="odd", why="x")),
        Passed("shop imports; not on base either: odd"),
    ),
    (
        "new and red",
        (OK,),
        (OK, NotLoaded(module="odd", why="x")),
        CheckUndecided("import odd fails, and base is no witness: x", SETTLES),
    ),
    ("nothing to import", (), (), Skipped("no entry point is known and no package moved")),
    ("no answer on base", Unknown("crashed"), (OK,), CheckUndecided("no result on base: crashed")),
    ("no answer on the change", (OK,), Unknown("crashed"), CheckUndecided("no result on the change: crashed")),
)


@pytest.mark.parametrize(("base", "change", "result"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_module_that_imports_on_base_must_import_on_the_change(base: Side, change: Side, result: Result) -> None:
    assert judge(base, change, entry_points=("shop",)) == result


def test_entry_points_come_first_and_stray_packages_are_left_out() -> None:
    assert wanted(("shop.app",), ("jwt", "tests", "shop.app", "docs")) == ("shop.app", "jwt")


@pytest.mark.parametrize(
    ("imports", "run", "asked"),
    [
        (("shop.app",), (), ("shop.app",)),
        (("shop.app:make()", "shop"), (), ("shop.app:make", "shop")),
        (("shop.app:make('x', 1)", "shop.app"), (), ("shop.app:make",)),
        (("shop.app",), ("uvicorn", "shop.app:site.app", "--port", "{port}"), ("shop.app:site.app",)),
        ((), ("python", "-m", "gunicorn", "-c", "python:conf", "-b", "unix:a.sock", "shop:app()"), ("shop:app",)),
        ((), ("flask", "--app=shop:make(1)", "run"), ("shop:make",)),
        ((), ("gunicorn", "--chdir", "web", "shop:app"), ()),
        ((), ("python", "shop.py", "shop:app"), ()),
    ],
)
def test_the_object_that_is_served_is_asked_for_and_no_module_beside_an_object_of_it(
    imports: tuple[str, ...], run: tuple[str, ...], asked: tuple[str, ...]
) -> None:
    assert entry_points(Application(name="shop", imports=imports, run=run)) == asked


def test_an_object_that_is_nowhere_is_no_proof_and_one_that_is_gone_is_the_changes_to_blame() -> None:
    there, lacks = Loaded(module="shop:site.app"), NotLoaded(module="shop:site.app", why="AttributeError: app")
    assert [judge((base,), (lacks,), entry_points=("shop:site.app",)) for base in (there, lacks)] == [
        Failed("shop:site.app fails on the change and not on base: AttributeError: app"),
        CheckUndecided("shop:site.app fails, and base is no witness: AttributeError: app", SETTLES),
    ]


@pytest.mark.parametrize(
    ("result", "absent", "expected"),
    [
        (Passed("shop imports"), (), Passed("shop imports")),
        (Failed("no"), ("kit",), Failed("no")),
        (
            Skipped("no entry point is known and no package moved"),
            ("kit", "more"),
            "not installed where the change is proved, so that nothing of it was run: kit, more",
        ),
    ],
)
def test_what_moved_and_was_not_installed_leaves_it_undecided(
    result: Result, absent: tuple[str, ...], expected: Result | str
) -> None:
    found = with_absent(result, absent)
    match found:
        case CheckUndecided(missing=missing):
            assert missing == expected
        case _:
            assert found == expected


def own(source: str, **rest: tuple[str, ...]) -> OwnCode:
    needs = references(source.encode(), frozenset({"jwt"}))
    assert isinstance(needs, Needs)
    return OwnCode(files=(("shop/a.py", needs),), **rest)


def side(code: OwnCode, *gone: str) -> tuple[Import, ...]:
    items = wanted(("shop",), ("jwt",), code)
    return tuple(NotLoaded(module=item, why="no") if item in gone else Loaded(module=item) for item in items)


BORNE = "try:\n    from jwt import x\nexcept ImportError:\n    x = None\n"
TAKES: tuple[tuple[str, tuple[str, ...], tuple[str, ...], Result], ...] = (
    (
        "import jwt\njwt.x",
        (),
        ("jwt:.x",),
        Failed("shop/a.py:2: jwt.x fails on the change and not on base: no"),
    ),
    (
        "import jwt\njwt.x",
        ("jwt:.x",),
        ("jwt:.x",),
        Passed("shop, jwt import; not on base either: jwt.x"),
    ),
    (
        f"{BORNE}import jwt\njwt.y",
        (),
        ("jwt:x",),
        Passed(
            "shop, jwt import; 1 name taken from what moved is there; gone, and the code does without:"
            " from jwt import x"
        ),
    ),
    (
        BORNE.replace("x = None", "from jwt import y"),
        ("jwt:y",),
        ("jwt:x", "jwt:y"),
        Failed("shop/a.py:4: from jwt import y fails on the change and is not needed on base: no"),
    ),
    (BORNE, (), ("jwt", "jwt:x"), Failed("import jwt fails on the change and not on base: no")),
    (
        "import jwt\nif hasattr(jwt, 'x'): jwt.x",
        (),
        ("jwt:.x",),
        CheckUndecided(
            "shop/a.py:2: jwt.x fails on the change and not on base, where the code may do without: no",
            "a reader who knows whether the code comes to it",
        ),
    ),
)


@pytest.mark.parametrize(("source", "base", "change", "result"), TAKES)
def test_a_name_that_is_gone_is_blamed_where_it_stands(
    source: str, base: tuple[str, ...], change: tuple[str, ...], result: Result
) -> None:
    code = own(source)
    told = judge(side(code, *base), side(code, *change), entry_points=("shop",), modules=("jwt",), own=code)
    assert told == result


def test_a_name_that_the_change_newly_takes_and_that_is_nowhere_is_no_proof() -> None:
    before, after = own("import jwt"), own("import jwt\njwt.x")
    told = judge(side(before), side(after, "jwt:.x"), entry_points=("shop",), modules=("jwt",), own=after)
    assert told == CheckUndecided("jwt.x fails, and base is no witness: no", SETTLES)


def test_what_was_not_read_is_said_and_is_no_proof_where_it_may_run() -> None:
    code = own("import jwt", unread=("shop/old.py (SyntaxError: no)",))
    told = judge(side(code), side(code), entry_points=("shop",), modules=("jwt",), own=code)
    assert told == Passed("shop, jwt import; not read: shop/old.py (SyntaxError: no)")
    code = own("import jwt", unknown=("shop/new.py (SyntaxError: no)",))
    told = judge(side(code), side(code), entry_points=("shop",), modules=("jwt",), own=code)
    missing = "not read for what it takes from what moved: shop/new.py (SyntaxError: no)"
    assert told == CheckUndecided(missing, "a reader of it")


def test_what_is_cut_for_its_number_is_said() -> None:
    told = without(Passed("shop imports"), ("kit", "more"))
    assert told == Passed("shop imports; depend on it from afar and were not imported for their own sake: kit, more")
    assert without(Failed("no"), ("kit",)) == Failed("no")
    assert without(Passed("shop imports"), ()) == Passed("shop imports")
