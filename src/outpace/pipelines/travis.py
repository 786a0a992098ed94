"""Travis CI for a survey: phases, jobs of a matrix and of stages, deployments, and what runs where nothing is said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from outpace.model.yaml_text import Items, Node, Pairs, Scalar, rows_of
from outpace.pipelines.described import Action, Definition, Described, Script, Step, items_of, text_of
from outpace.pipelines.events import LookUp, Lost, Origin, text_at
from outpace.pipelines.jobs import Refused, document_of

FILE = ".travis.yml"
PHASES = ("before_install", "install", "before_script", "script", "after_success", "before_deploy", "after_deploy")
MOST_ROWS = 24
# What Travis runs where the file says nothing.
OWN = {
    "node_js": "npm test", "go": "go test ./...", "rust": "cargo test", "ruby": "bundle exec rake test",
    "java": "mvn test", "php": "phpunit", "elixir": "mix test", "scala": "sbt test", "haskell": "cabal test",
    "perl": "prove", "swift": "xcodebuild test", "dart": "dart test", "clojure": "lein test",
    "julia": "julia -e 'Pkg.test'",
}  # fmt: skip


def travis_definitions(paths: Sequence[str], look_up: LookUp) -> Iterator[Definition]:
    if FILE not in paths:
        return
    match document_of(FILE, text_at(look_up, FILE)):
        case Pairs() as whole:
            lost = tuple(
                Lost(what="an import of Travis", why="it lies elsewhere", origin=Origin(FILE, each.line))
                for each in items_of(whole.rows.get("import"))
            )
            yield Definition(system="Travis CI", file=FILE, jobs=tuple(_jobs(whole)), lost=lost)
        case Refused(why=why, origin=origin):
            lost = (Lost(what="a definition", why=why, origin=origin),)
            yield Definition(system="Travis CI", file=FILE, lost=lost)
        case None:
            pass


def _jobs(whole: Pairs) -> Iterator[Described]:
    matrix = whole.rows.get("jobs") or whole.rows.get("matrix")
    included = [each for each in items_of(rows_of(matrix).get("include")) if isinstance(each, Pairs)]
    for number, each in enumerate(included[:100], 1):
        rows = {**whole.rows, **each.rows}
        name = each.text("name") or each.text("stage") or f"job {number}"
        yield _job(name, rows, each.line)
    if not included or "script" in whole.rows:
        yield _job("build", dict(whole.rows), whole.line)


def _job(name: str, rows: dict[str, Node], line: int) -> Described:
    steps: dict[Step, None] = {}
    language = text_of(rows.get("language")) or "ruby"
    for env in _environments(rows.get("env")) or [()]:
        for phase in PHASES:
            for each in _lines(rows.get(phase)):
                waved = phase.startswith("after")
                steps[Script(text=each.text, origin=Origin(FILE, each.line), env=env, waved=waved)] = None
        if "script" not in rows and language in OWN:
            steps[Script(text=OWN[language], origin=Origin(FILE, line), env=env)] = None
    for each in items_of(rows.get("deploy")):
        provider = each.text("provider") if isinstance(each, Pairs) else text_of(each)
        given = tuple((k, v.text) for k, v in rows_of(each).items() if isinstance(v, Scalar) and k in ("script", "on"))
        if provider == "script":
            steps[Script(text=dict(given).get("script", ""), origin=Origin(FILE, each.line))] = None
        elif provider not in ("", "false"):
            steps[Action(name=f"travis {provider}", origin=Origin(FILE, each.line), given=given)] = None
    lost = Lost(what="what Travis runs by itself", why="no script is told", origin=Origin(FILE, line))
    is_told = "script" in rows or language in OWN
    return Described(name=name, origin=Origin(FILE, line), steps=tuple(steps), lost=() if is_told else (lost,))


def _environments(node: Node | None) -> list[tuple[tuple[str, str], ...]]:
    """Rows of the matrix; `global` is told to each."""
    rows = rows_of(node)
    shared = [pair for each in items_of(rows.get("global")) for pair in _assigned(text_of(each))]
    own = rows.get("matrix") or rows.get("jobs") if rows else node
    found = [tuple(sorted((*shared, *_assigned(text_of(each))))) for each in items_of(own)]
    return found[:MOST_ROWS] or ([tuple(sorted(shared))] if shared else [])


def _assigned(text: str) -> list[tuple[str, str]]:
    pairs = [word.partition("=") for word in text.split()]
    return [(name, value.strip("\"'")) for name, mark, value in pairs if mark and "$" not in value]


def _lines(node: Node | None) -> Iterator[Scalar]:
    match node:
        case Scalar(text=text) if text not in ("true", "skip"):
            yield node
        case Items(nodes=nodes):
            for each in nodes:
                yield from _lines(each)
        case _:
            return
