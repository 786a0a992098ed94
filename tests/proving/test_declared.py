"""What a change declares as a dependency, wherever projects of the field declare one."""

from __future__ import annotations

import pytest

from outpace.proving.declared import newly

OLD = """
[build-system]
requires = ["hatchling"]
[project]
dependencies = ["kept>=1"]
[project.optional-dependencies]
fast = ["kept-fast"]
[dependency-groups]
dev = ["pytest", {include-group = "docs"}]
"""


def found(path: str, before: str | bytes | None, after: str | bytes | None) -> tuple[tuple[str, str], ...]:
    sides = [side.encode() if isinstance(side, str) else side for side in (before, after)]
    return tuple((one.what, one.place) for one in newly((path,), lambda _: sides[0], lambda _: sides[1]))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"kept>=1"', '"kept>=2"', ()),
        ('"kept>=1"', '"kept>=1", "Ev_il<3"', (("ev-il", ""),)),
        ('"kept>=1"', '"kept[tls]>=1"', (("kept[tls]", ""),)),
        (
            '"kept>=1"',
            '"kept @ git+https://u:secret@h.invalid/kept"',
            (("kept from git+https://***@h.invalid/kept", ""),),
        ),
        ('"kept-fast"', '"kept-fast", "evil"', (("evil", ", extra fast"),)),
        ('"pytest"', '"pytest", "evil"', (("evil", ", group dev"),)),
        ('"hatchling"', '"hatchling", "evil"', (("evil", ", to build"),)),
        ("[project]", '[tool.uv]\ndev-dependencies = ["evil"]\n[project]', (("evil", ", group dev"),)),
        ("[project]", '[tool.pdm.dev-dependencies]\ntest = ["evil"]\n[project]', (("evil", ", group test"),)),
        (
            "[project]",
            '[tool.hatch.envs.test]\nextra-dependencies = ["evil"]\n[project]',
            (("evil", ", environment test"),),
        ),
        (
            "[project]",
            '[tool.poetry.dependencies]\npython = "^3.11"\nevil = {version = "1", extras = ["tls"]}\n[project]',
            (("evil", ""), ("evil[tls]", "")),
        ),
        ("[project]", '[tool.poetry.group.dev.dependencies]\nevil = "1"\n[project]', (("evil", ", group dev"),)),
    ],
)
def test_a_project_file_tells_what_is_new_wherever_it_stands(
    old: str, new: str, said: tuple[tuple[str, str], ...]
) -> None:
    expected = tuple((what, f"shop/pyproject.toml{where}") for what, where in said)
    assert found("shop/pyproject.toml", OLD, OLD.replace(old, new, 1)) == expected


@pytest.mark.parametrize(
    ("path", "before", "after", "said"),
    [
        ("requirements.in", "kept\n", "kept\nevil\n", ("evil",)),
        ("requirements.txt", "kept==1\n", "kept==2 --hash=sha256:0\n", ()),
        ("requirements/dev.txt", None, "Kept[a]==1 ; python_version > '3'\n-e ./x\n", ("kept", "kept[a]", "./x")),
        ("dev-requirements.txt", "kept\n", "git+https://u:secret@h.invalid/evil\n", ("git+https://***@h.invalid/evil",)),
        ("Pipfile", "[packages]\nkept = '*'\n", "[packages]\nkept = '*'\n[dev-packages]\nevil = '*'\n", ("evil",)),
        ("README.md", None, "evil\n", ()),
        ("requirements.txt", "kept\nevil\n", None, ()),
        ("requirements.txt", None, b"\xff\xfe\x00", ()),
        ("pyproject.toml", None, "[[[", ()),
        ("pyproject.toml", None, "project = 1\ntool = []\n[dependency-groups]\na = 1\nb = [1]\n", ()),
    ],
)  # fmt: skip
def test_other_files_tell_it_too_and_damage_tells_nothing(
    path: str, before: str | bytes | None, after: str | bytes | None, said: tuple[str, ...]
) -> None:
    assert tuple(what for what, _ in found(path, before, after)) == said
