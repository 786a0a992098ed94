"""What the extra `ai` brings onto a machine: nothing that runs by itself, and nothing under terms of its own."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent.parent
LICENSES = re.compile(r"MIT|Apache|BSD|ISC|MPL|PSF|Python|Unlicense", re.IGNORECASE)


def brought() -> dict[str, metadata.Distribution]:
    """All distributions that it needs on this machine, by name."""
    found: dict[str, metadata.Distribution] = {}
    wanted = [Requirement("outpace[ai]")]
    seen: set[str] = set()
    while wanted:
        requirement = wanted.pop()
        if str(requirement) in seen:
            continue
        seen.add(str(requirement))
        distribution = metadata.distribution(requirement.name)
        if requirement.name != "outpace":
            found[requirement.name] = distribution
        extras = ["", *requirement.extras]
        for line in distribution.requires or []:
            needed = Requirement(line)
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                wanted.append(needed)
    return found


def executing(lines: list[str]) -> list[str]:
    """What Python runs of a .pth file at each start."""
    return [line for line in lines if line.startswith(("import ", "import\t"))]


def test_the_extra_brings_what_it_names() -> None:
    assert {"pydantic-ai-slim", "openai", "anthropic", "mcp", "genai-prices"} <= set(brought())


def test_nothing_of_the_extra_runs_at_each_start_of_python() -> None:
    found = {
        f"{name}: {file}"
        for name, distribution in brought().items()
        for file in distribution.files or []
        if file.suffix == ".pth" and executing(Path(str(file.locate())).read_text().splitlines())
    }
    starts = {
        f"{name}: {file}"
        for name, distribution in brought().items()
        for file in distribution.files or []
        if file.name in {"sitecustomize.py", "usercustomize.py"}
    }
    assert found | starts == set()
    assert executing(["import os; os.system('x')", "/a/path"]) == ["import os; os.system('x')"]


def test_nothing_of_the_extra_is_loaded_by_pytest_or_pydantic_by_itself() -> None:
    names = set(brought()) - {"anyio"}  # its plugin came with httpx2 already
    points = [
        f"{point.dist.name}: {point.value}"
        for group in ("pytest11", "pydantic")
        for point in metadata.entry_points(group=group)
        if point.dist is not None and point.dist.name in names
    ]
    assert points == []


def test_all_that_the_extra_brings_is_under_a_known_open_license() -> None:
    unknown: list[str] = []
    for name, distribution in brought().items():
        told = distribution.metadata
        classifiers = [each for each in told.get_all("Classifier") or [] if "License ::" in each]
        licensed = [*(told.get_all("License-Expression") or []), *(told.get_all("License") or []), *classifiers]
        if not any(LICENSES.search(each) for each in licensed):
            unknown.append(f"{name}: {licensed}")
    assert unknown == []


def test_each_part_of_the_extra_is_locked_with_its_hash() -> None:
    lock = (ROOT / "requirements" / "dev.txt").read_text()
    locked = dict(
        re.findall(r"^([a-z0-9-]+)==(\S+)(?: ;[^\n]*)? \\\n    --hash=sha256:[0-9a-f]{64}", lock, re.MULTILINE)
    )
    assert {name: each.version for name, each in brought().items()} == {
        name: locked.get(re.sub(r"[-_.]+", "-", name).lower()) for name in brought()
    }
