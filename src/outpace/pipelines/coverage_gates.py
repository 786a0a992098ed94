"""Where too little coverage fails a run: options of commands, settings of tools, and what a service demands."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator

from msgspec import Struct, structs

from outpace.model.toml import document_or_empty, table
from outpace.model.yaml_text import Node, Pairs, Scalar, rows_of
from outpace.pipelines.described import Action
from outpace.pipelines.events import LookUp, Origin, text_at
from outpace.pipelines.jobs import document_of
from outpace.pipelines.service_actions import CODECOV, COVERALLS

OPTION = re.compile(r"--(?:cov-)?fail[-_]under(?:-lines|-functions|-regions)?[= ](?P<value>\d+(?:\.\d+)?)")
MEASURES = re.compile(r"--cov\b|\bcoverage (?:run|report|html|xml|combine|json)\b|--coverage\b|\bnyc\b|\bc8\b")
CODECOV_FILES = (
    "codecov.yml", ".codecov.yml", ".github/codecov.yml", "dev/codecov.yml", "codecov.yaml", ".codecov.yaml",
)  # fmt: skip
THRESHOLDS = {
    **dict.fromkeys((f"jest.config.{kind}" for kind in ("js", "ts", "mjs", "cjs")), "coverageThreshold"),
    "package.json": "coverageThreshold",
    **dict.fromkeys((".nycrc", ".nycrc.json"), '"check-coverage": true'),
    **dict.fromkeys((".simplecov", "spec/spec_helper.rb", "test/test_helper.rb"), "minimum_coverage"),
    "tarpaulin.toml": "fail-under",
}


class Reports(Struct, frozen=True, kw_only=True):
    """What a job does with its coverage."""

    measures: bool = False
    to_codecov: Origin | None = None
    to_coveralls: Origin | None = None

    def after_command(self, words: tuple[str, ...]) -> Reports:
        text = " ".join(words)[:2_000]
        found = self
        if MEASURES.search(text):
            found = structs.replace(found, measures=True)
        if words[0] in ("codecov", "codecovcli") or "codecov.io" in text:
            found = structs.replace(found, to_codecov=Origin(""))
        if words[0] == "coveralls" or "coveralls.io" in text:
            found = structs.replace(found, to_coveralls=Origin(""))
        return found

    def after_action(self, action: Action) -> Reports:
        if CODECOV.fullmatch(action.name):
            return structs.replace(self, to_codecov=action.origin)
        if COVERALLS.fullmatch(action.name):
            return structs.replace(self, to_coveralls=action.origin)
        return self

    def united(self, other: Reports) -> Reports:
        return Reports(
            measures=self.measures or other.measures,
            to_codecov=self.to_codecov or other.to_codecov,
            to_coveralls=self.to_coveralls or other.to_coveralls,
        )


def demanded_by(words: tuple[str, ...]) -> str:
    """The program that this command lets fail for too little coverage; empty where it does not."""
    found = OPTION.search(" ".join(words)[:2_000])
    if found is None or float(found["value"]) <= 0:
        return ""
    return "pytest-cov" if "--cov-fail" in found[0] else words[0]


def settings_that_demand(look_up: LookUp) -> Iterator[Origin]:
    """Of coverage.py, pytest, Jest, nyc, SimpleCov and Tarpaulin; they count where coverage is measured."""
    project = text_at(look_up, "pyproject.toml") or ""
    tool = table(document_or_empty(project.encode()).get("tool"))
    pytest_rows = table(table(tool.get("pytest")).get("ini_options"))
    if _is_positive(table(table(tool.get("coverage")).get("report")).get("fail_under")):
        yield Origin("pyproject.toml", _line_of(project, "fail_under"))
    elif OPTION.search(str(pytest_rows.get("addopts", "")).replace("', '", " ")):
        yield Origin("pyproject.toml", _line_of(project, "fail-under"))
    for file, section in ((".coveragerc", "report"), ("setup.cfg", "coverage:report"), ("tox.ini", "coverage:report")):
        if _is_positive(_option(look_up, file, section, "fail_under")):
            yield Origin(file, _line_of(text_at(look_up, file) or "", "fail_under"))
    for file, section in (("pytest.ini", "pytest"), ("setup.cfg", "tool:pytest"), ("tox.ini", "pytest")):
        if OPTION.search(_option(look_up, file, section, "addopts")):
            yield Origin(file, _line_of(text_at(look_up, file) or "", "fail-under"))
    for file, word in THRESHOLDS.items():
        text = text_at(look_up, file) or ""
        if word in text:
            yield Origin(file, _line_of(text, word))


def _is_positive(value: object) -> bool:
    try:
        return float(str(value)) > 0
    except ValueError:
        return False


def _option(look_up: LookUp, file: str, section: str, key: str) -> str:
    parser = configparser.RawConfigParser(strict=False, interpolation=None, allow_no_value=True)
    try:
        parser.read_string(text_at(look_up, file) or "")
        return parser.get(section, key, fallback="") or ""
    except configparser.Error:
        return ""


def _line_of(text: str, word: str) -> int:
    return next((at for at, line in enumerate(text.splitlines(), 1) if word in line), 0)


class Demand(Struct, frozen=True, kw_only=True):
    """What codecov.yml says of statuses. `targets` None: nothing; codecov then sets its own by default."""

    origin: Origin
    targets: tuple[str, ...] | None = None


def codecov_demand(look_up: LookUp) -> Demand | None:
    """None where there is no such file that can be read."""
    for path in CODECOV_FILES:
        whole = document_of(path, text_at(look_up, path))
        if not isinstance(whole, Pairs):
            continue
        coverage = rows_of(whole.rows.get("coverage"))
        if "status" not in coverage:
            return Demand(origin=Origin(path))
        found = [each for name in ("project", "patch") for each in _demands(rows_of(coverage["status"]).get(name))]
        line = found[0][1] if found else 0
        return Demand(origin=Origin(path, line), targets=tuple(target for target, _ in found))
    return None


def _demands(node: Node | None) -> Iterator[tuple[str, int]]:
    """Targets with their lines: one for all, or one for each group of files; those that only inform are none."""
    if isinstance(node, Scalar) and node.text.lower() in ("yes", "true", "on"):
        yield "auto", node.line
    groups = (node,) if _has_target(node) else rows_of(node).values()
    for each in groups:
        if isinstance(each, Pairs) and each.text("informational").lower() not in ("true", "yes"):
            yield each.text("target") or "auto", each.line


def _has_target(node: Node | None) -> bool:
    return isinstance(node, Pairs) and any(isinstance(row, Scalar) for row in node.rows.values())
