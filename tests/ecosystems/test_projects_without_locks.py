"""What a project asks for where no lock covers it: pyproject.toml, setup.cfg, setup.py and `.in` files."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from outpace.ecosystems.pypi.poetry_constraint import specifier_of
from outpace.ecosystems.read import is_read, read
from outpace.model.inventory import DirectUrl, Editable, Git, Inventory, PublicIndex

LOCK = 'version = 1\n[[package]]\nname = "a"\nversion = "1"\nsource = { registry = "https://x.invalid" }\n'


def inventory(files: Mapping[str, str | bytes]) -> Inventory:
    content = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    return read([path for path in content if is_read(path)], content.get)


def asked(found: Inventory) -> list[tuple[str, str, tuple[str, ...], int | None]]:
    return [(e.package.name, e.version or e.specifier, e.groups, e.line) for e in found.components]


PYPROJECT = """[project]
name = "site"
dependencies = [
    "Acme_Web>=1,<2",
    'other==1.0 ; python_version < "3.9"',
]
[project.optional-dependencies]
fast = ["speedy"]
[dependency-groups]
test = ["checker~=2.1", {include-group = "lint"}]
lint = ["linter"]
[tool.pdm.dev-dependencies]
docs = ["-e file:///srv/docs#egg=docs-kit"]
[tool.uv]
dev-dependencies = ["tool==3"]
"""


def test_a_pyproject_tells_demands_pins_extras_and_groups_with_their_lines() -> None:
    found = inventory({"pyproject.toml": PYPROJECT})
    assert asked(found) == [
        ("acme-web", "<2,>=1", (), 4),
        ("other", "1.0", (), 5),
        ("speedy", "", ("fast",), 8),
        ("checker", "~=2.1", ("test",), 10),
        ("linter", "", ("lint",), 11),
        ("docs-kit", "", ("docs",), 13),
        ("tool", "3", ("dev",), 15),
    ]
    assert found.components[1].marker == 'python_version < "3.9"'
    assert found.files == ("pyproject.toml",)
    assert found.unread == ()
    assert ["7 packages, 5 of them without a pin" in each.why for each in found.uncovered] == [True]


POETRY = """[tool.poetry]
name = "site"
[tool.poetry.dependencies]
python = "^3.10"
Acme_Web = "^0.24.0.post1"
exact = "1.2.3"
loose = "*"
either = "^1 || ^2"
fast = {version = "~1.4", extras = ["b", "a"], markers = "sys_platform == 'linux'"}
old = [{version = "1.0", python = "<3.9"}, {version = "2.0", python = ">=3.9"}]
forked = {git = "https://t0k@h.invalid/a", rev = "abc"}
mine = {path = "libs/mine", develop = true}
bundle = {url = "https://h.invalid/bundle-1.0.zip"}
odd = {version = 3}
[tool.poetry.dev-dependencies]
linter = ">=1 <2"
[tool.poetry.group.test.dependencies]
checker = "==7.*"
"""


def test_poetrys_tables_are_read_and_its_constraints_translated() -> None:
    found = inventory({"pyproject.toml": POETRY})
    assert asked(found) == [
        ("acme-web", "<0.25,>=0.24.0.post1", (), 5),
        ("exact", "1.2.3", (), 6),
        ("loose", "", (), 7),
        ("either", "^1 || ^2", (), 8),
        ("fast", "<1.5,>=1.4", (), 9),
        ("old", "1.0", (), 10),
        ("old", "2.0", (), 10),
        ("forked", "", (), 11),
        ("mine", "", (), 12),
        ("bundle", "", (), 13),
        ("linter", "<2,>=1", ("dev",), 16),
        ("checker", "==7.*", ("test",), 18),
    ]
    by_name = {each.package.name: each for each in found.components}
    assert (by_name["fast"].extras, by_name["fast"].marker) == (("a", "b"), "sys_platform == 'linux'")
    assert by_name["old"].marker == 'python_version >= "3.9"'
    assert by_name["forked"].origin == Git("https://***@h.invalid/a", "abc")
    assert by_name["mine"].origin == Editable("libs/mine")
    assert by_name["bundle"].origin == DirectUrl("https://h.invalid/bundle-1.0.zip")
    assert [each.line for each in found.unread] == [14]


@pytest.mark.parametrize(
    ("constraint", "specifier"),
    [
        ("^1.2.3", "<2,>=1.2.3"),
        ("^0.2.3", "<0.3,>=0.2.3"),
        ("^0.0.3", "<0.0.4,>=0.0.3"),
        ("^0.0", "<0.1,>=0.0"),
        ("^0", "<1,>=0"),
        ("~1.2.3", "<1.3,>=1.2.3"),
        ("~1", "<2,>=1"),
        ("~=1.4.2", "~=1.4.2"),
        ("1.2", "==1.2"),
        ("1.*", "==1.*"),
        (">=1, !=1.5 <2", "!=1.5,<2,>=1"),
        ("*", ""),
        ("1 || 2", None),
        ("^1.2 nonsense", None),
        ("^*", None),
        ("=1", None),
        ("^1." + "9" * 600, None),
    ],
)
def test_a_poetry_constraint_becomes_a_specifier_or_stays_untold(constraint: str, specifier: str | None) -> None:
    assert specifier_of(constraint) == specifier


def test_a_pyproject_that_only_configures_tools_is_no_project() -> None:
    found = inventory({"pyproject.toml": "[tool.black]\nline-length = 100\n"})
    assert found == Inventory(source="files")


SETUP_CFG = """[metadata]
name = site
[options]
install_requires =
    acme>=1,<2
    # a comment
    other==1.0; python_version < "3.9"
[options.extras_require]
test = checker; linter
old =
    backport; python_version < "3.9"
"""


def test_a_setup_cfg_tells_install_requires_and_extras() -> None:
    found = inventory({"setup.cfg": SETUP_CFG, "setup.py": "from setuptools import setup\nsetup()\n"})
    assert asked(found) == [
        ("acme", "<2,>=1", (), 5),
        ("other", "1.0", (), 7),
        ("checker", "", ("test",), None),
        ("linter", "", ("test",), None),
        ("backport", "", ("old",), 11),
    ]
    assert found.components[4].marker == 'python_version < "3.9"'
    assert found.files == ("setup.cfg",)


SETUP_PY = """import os
from setuptools import setup

base = ["acme>=1,<2"]
more = base + ["other==1.0"]
tests = ['checker', *more]
grown = ["seed"]
if os.name == "nt":
    grown.extend(["windows-only"])
raise_hell = os.system("touch /tmp/never")
setup(
    name="Site",
    install_requires=more + grown,
    extras_require={
        "test": tests,
        ":sys_platform == 'win32'": ["wincolors"],
        "all": read("requirements.txt"),
        "bad": ["not a requirement"],
        "doc": "sphinxy\\nthemed",
    },
)
"""


def test_a_setup_py_is_read_as_text_and_what_code_computes_is_said() -> None:
    found = inventory({"setup.py": SETUP_PY})
    assert asked(found) == [
        ("acme", "<2,>=1", (), 4),
        ("other", "1.0", (), 5),
        ("seed", "", (), 7),
        ("checker", "", ("test",), 6),
        ("wincolors", "", (), 16),
        ("sphinxy", "", ("doc",), 19),
        ("themed", "", ("doc",), 19),
    ]
    assert [(each.line, each.why.partition(",")[0]) for each in found.unread] == [
        (9, "line 9 changes grown by code"),
        (17, "line 17 computes it by calling read"),
        (18, "line 18 asks for 'not a requirement': not a requirement that pip reads: not a requirement"),
    ]
    assert found.components[4].marker == 'sys_platform == "win32"'


@pytest.mark.parametrize(
    ("call", "why"),
    [
        ("setup(install_requires=open('r.txt').read().split())", "line 1 computes it by calling split"),
        ("setup(install_requires=[x for x in y])", "line 1 computes it in a loop"),
        ("setup(install_requires=a if b else c)", "line 1 computes it by a condition"),
        ("setup(install_requires=deps)", "line 1 uses deps, and the file does not bind it"),
        ("a = ['x']\na = ['y']\nsetup(install_requires=a)", "line 3 uses a, and the file binds it in several places"),
        ("a = a\nsetup(install_requires=a)", "nested too deeply"),
        ("setup(**kwargs)", "line 1 uses kwargs"),
        ("setup(install_requires={'a': ['b']})", "neither a list nor a table"),
        ("setup(extras_require={'a': {'b': ['c']}})", "no list"),
        ("setup(extras_require={name: ['c']})", "computes a key"),
    ],
)
def test_what_setup_py_computes_is_unknown_with_its_reason(call: str, why: str) -> None:
    found = inventory({"setup.py": call})
    assert found.components == ()
    assert [why in each.why for each in found.unread] == [True], found.unread


def test_setup_with_arguments_from_a_table_or_from_elsewhere_still_tells_what_it_names() -> None:
    table = inventory({"setup.py": "kw = dict(name='x', install_requires=['a>=1'])\nsetup(**kw)\n"})
    assert (asked(table), table.unread) == ([("a", ">=1", (), 1)], ())
    made = inventory({"setup.py": "def make():\n    return dict(install_requires=['a'])\nsetup(**make())\n"})
    assert asked(made) == [("a", "", (), 2)]
    assert ["calling make" in each.why for each in made.unread] == [True]


def test_a_setup_py_that_leaves_setup_to_others_is_not_covered_and_hides_nothing() -> None:
    found = inventory({"setup.py": "import setuptools\nfrom elsewhere import go\ngo()\n"})
    assert (found.components, found.unread) == ((), ())
    assert ["calls no setup()" in each.why for each in found.uncovered] == [True]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("forms/setup.py", "from wtforms import Form\nclass SetupForm(Form): pass\n"),
        ("setup.py", ""),
        ("setup.cfg", "\n"),
        ("setup.cfg", "[flake8]\nignore = E501\n"),
        ("pyproject.toml", " \n"),
    ],
)
def test_a_file_that_asks_for_nothing_is_left_out(name: str, text: str) -> None:
    assert inventory({name: text}) == Inventory(source="files")


@pytest.mark.parametrize("folder", ["", "services/a/"])
@pytest.mark.parametrize(
    ("name", "lock"),
    [
        ("uv.lock", LOCK),
        ("poetry.lock", '[metadata]\nlock-version = "2.0"\n'),
        ("pdm.lock", '[metadata]\nlock_version = "4.4"\n'),
        ("Pipfile.lock", '{"_meta": {"pipfile-spec": 6}}'),
        ("pylock.toml", 'lock-version = "1.0"\npackages = []\n'),
    ],
)
def test_a_lock_beside_a_project_wins(folder: str, name: str, lock: str) -> None:
    project = {f"{folder}pyproject.toml": PYPROJECT, f"{folder}setup.py": SETUP_PY, f"{folder}setup.cfg": SETUP_CFG}
    found = inventory({**project, f"{folder}{name}": lock})
    assert found.files == (f"{folder}{name}",)
    elsewhere = inventory({**project, f"other/{name}": lock})
    assert f"{folder}pyproject.toml" in elsewhere.files


def test_the_lock_of_a_workspace_covers_its_members_and_nothing_else() -> None:
    member = '[[package]]\nname = "one"\nversion = "0"\nsource = { editable = "packages/one" }\n'
    project = '[project]\nname = "x"\ndependencies = ["acme"]\n'
    found = inventory({"uv.lock": LOCK + member, "packages/one/pyproject.toml": project, "two/pyproject.toml": project})
    assert found.files == ("two/pyproject.toml", "uv.lock")


def test_what_a_requirements_file_of_the_project_pins_is_not_asked_again() -> None:
    project = '[project]\nname = "x"\ndependencies = ["acme>=1", "other>=1"]\n'
    found = inventory(
        {"pyproject.toml": project, "requirements/base.txt": "acme==1.5\n", "sub/requirements.txt": "other==2\n"}
    )
    assert [(e.package.name, e.version or e.specifier, e.file) for e in found.components] == [
        ("acme", "1.5", "requirements/base.txt"),
        ("other", "2", "sub/requirements.txt"),
        ("other", ">=1", "pyproject.toml"),
    ]


def test_what_a_constraints_file_alone_pins_is_still_asked_of_the_project() -> None:
    project = '[project]\nname = "x"\ndependencies = ["acme>=1"]\n'
    files = {"pyproject.toml": project, "requirements.txt": "-c constraints.txt\nb\n", "constraints.txt": "acme==1.5\n"}
    assert [(e.package.name, e.version or e.specifier, e.file) for e in inventory(files).components] == [
        ("b", "", "requirements.txt"),
        ("acme", "1.5", "constraints.txt"),
        ("acme", ">=1", "pyproject.toml"),
    ]


def test_dynamic_dependencies_are_followed_where_they_are_named_and_unknown_where_they_are_computed() -> None:
    head = '[project]\nname = "x"\ndynamic = ["dependencies"]\n'
    named = '[tool.setuptools.dynamic]\ndependencies = {file = ["deps.in.txt"]}\n'
    found = inventory({"pyproject.toml": head + named, "deps.in.txt": "acme==1\n"})
    assert [(e.package.name, e.file) for e in found.components] == [("acme", "deps.in.txt")]
    assert found.unread == ()
    computed = inventory({"pyproject.toml": head})
    assert ["build backend computes them" in each.why for each in computed.unread] == [True]
    by_setup = inventory({"pyproject.toml": head, "setup.py": "setup(install_requires=['acme'])"})
    assert (asked(by_setup), by_setup.unread) == ([("acme", "", (), 1)], ())


def test_a_setup_py_counts_for_nothing_where_the_pyproject_says_all() -> None:
    found = inventory({"pyproject.toml": '[project]\nname = "x"\ndependencies = []\n', "setup.py": SETUP_PY})
    assert found.files == ("pyproject.toml",)
    assert (found.components, found.unread, found.uncovered) == ((), (), ())


def test_another_index_that_the_project_declares_may_be_where_it_comes_from() -> None:
    index = '[[tool.uv.index]]\nname = "corp"\nurl = "https://corp.invalid/simple"\n'
    found = inventory({"pyproject.toml": '[project]\nname = "x"\ndependencies = ["acme==1"]\n' + index})
    assert [each.origin for each in found.components] == [PublicIndex(beside=("https://corp.invalid/simple",))]


@pytest.mark.parametrize(
    ("files", "read_too"),
    [
        ({"requirements.in": "acme\n"}, ["requirements.in"]),
        ({"requirements.in": "acme\n", "requirements.txt": "acme==1\n"}, []),
        ({"requirements/base.in": "acme\n", "requirements/prod.txt": "# via requirements/base.in\nacme==1\n"}, []),
        ({"requirements/base.in": "acme\n", "requirements/prod.txt": "acme==1\n"}, ["requirements/base.in"]),
        ({"requirements.in": "-r b-requirements.in\n", "b-requirements.in": "b\n", "requirements.txt": "b==1\n"}, []),
    ],
)  # fmt: skip
def test_an_in_file_counts_only_where_nothing_is_compiled_from_it(files: dict[str, str], read_too: list[str]) -> None:
    assert [path for path in inventory(files).files if path.endswith(".in")] == read_too


@pytest.mark.parametrize("name", ["pyproject.toml", "setup.cfg", "setup.py"])
@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfea\x00=\x00\x00\xd8",
        "[project]\nname = 'x'\n".encode("utf-16"),
        b"[project]\n<<<<<<< HEAD\nname = 'x'\n=======\nname = 'y'\n>>>>>>> z\n",
        b"a = [" * 3000,
        b"[project\n",
        b"x = (" * 3000,
        b"\0",
        b"setup(install_requires=" + b"[" * 150 + b"'a'" + b"]" * 150 + b")",
        b"setup(install_requires=" + b"-" * 50_000 + b"1)",
        b"setup(install_requires=" + b"x+" * 30_000 + b"x)",
        b"setup(install_requires=" + b"x." * 30_000 + b"x)",
        b"[options]\ninstall_requires = a\ninstall_requires = b\n",
        b"[options]\ninstall_requires = a" + b" " * 60_000 + b"b\n",
        b"# coding: punycode\nsetup()",
        b"[project]\nname = 'x'\ndependencies = 3\n",
    ],
)
def test_a_damaged_project_file_is_said_and_never_empty(name: str, data: bytes) -> None:
    found = inventory({name: data})
    assert found.components == ()
    assert found.unread or found.uncovered or found.files == ()
    assert all(each.file == name and len(each.why) < 400 for each in found.unread)


def test_control_characters_stay_out_of_names() -> None:
    found = inventory({"pyproject.toml": '[project]\nname = "x"\ndependencies = ["ac\\u001bme", "a\\u0000b"]\n'})
    assert (found.components, len(found.unread)) == ((), 2)
