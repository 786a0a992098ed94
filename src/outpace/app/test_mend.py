"""`outpace test mend`: each test that a change turned red, why, and the edit where only the test is behind."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping

import msgspec
from msgspec import Struct

from outpace.app.test_mend_proof import Proof, proved
from outpace.app.test_mutants import Suite
from outpace.inside.variants import ALONE, TOGETHER
from outpace.model.unknown import Unknown
from outpace.testing.mending.alterations import Alteration, alteration
from outpace.testing.mending.bodies import Beside, beside
from outpace.testing.mending.change import Change, pytest_words
from outpace.testing.mending.classes import Cause, Facts, classed
from outpace.testing.mending.failures import NoModule, NoName, missing, oracle
from outpace.testing.mending.intents import words
from outpace.testing.mending.interfaces import parameter_names
from outpace.testing.mending.mended import OFFERED, EditedFile, Mended, Offer, RedTest
from outpace.testing.mending.pieces import Difference
from outpace.testing.mending.ports import Edits
from outpace.testing.mending.proposals import proposal
from outpace.testing.mending.reading import all_names, literals_of, names_in
from outpace.testing.mending.rounds import Course, edited, next_steps
from outpace.testing.mending.runs import UNCOLLECTED, UNUSABLE, Ran, is_green, is_red, ran, turned
from outpace.testing.told import Result, rows_of

ADDRESS = re.compile(r"0x[0-9a-fA-F]{4,}")
"""Of an object, another one in each run."""
WHOLE = 1800.0
ONE = 60.0
TIMES = 5
ROUNDS = 6
EACH, MOST = 48, 240
"""Runs of one test, and of all, on sets of pieces of the change."""


class Range(Struct, frozen=True, kw_only=True):
    base: str
    head: str


class Causes(Struct, frozen=True, kw_only=True):
    """As `outpace.inside.causes` tells it."""

    test: str
    before: str = ""
    pieces: tuple[int, ...] = ()
    sure: bool = False


def mend(
    suite: Suite,
    change: Change,
    span: Range,
    edits: Edits,
    *,
    base: Callable[[], Suite],
    write: Callable[[str, str], None],
    accepted: Collection[str] = (),
) -> Mended:
    """`suite` is over the files as they are now. `base` gives the one over those that were, and `write` puts an edited
    test into the copy that `suite` runs on: both for the proof alone. Of `accepted` tests the offers are taken, where
    there are any."""
    whole = _asked(suite, [_variant("old", change.before(), suite.words), _variant("new", {}, suite.words)])
    if isinstance(whole, Unknown):
        return Mended(base=span.base, head=span.head, unknown=whole)
    doubt = _doubt(whole["old"], "the base")
    if doubt is not None:
        return Mended(base=span.base, head=span.head, unknown=doubt)
    red = turned(whole["old"], whole["new"])
    green = sum(not is_red(result) for round_ in whole["new"].rounds for result in round_.results)
    if not red:
        return Mended(base=span.base, head=span.head, green=green)
    mending = _Mending(suite, change, edits)
    mending.look(red)
    mending.edit()
    mending.causes()
    proofs = proved(suite, base, write, change, mending.candidates(), edits)
    told = tuple(mending.told(result.id, proofs) for result in red)
    offers, taken = mending.offers(told, accepted, lambda courses: proved(suite, base, write, change, courses, edits))
    return Mended(
        base=span.base,
        head=span.head,
        green=green,
        red=tuple(
            msgspec.structs.replace(each, offer=offers.get(each.test), accepted=each.test in taken) for each in told
        ),
        files=mending.files({**{each.test: mending.course(each.test) for each in told if each.mended}, **taken}),
    )


def _doubt(old: Ran, where: str) -> Unknown | None:
    if old.state != "answered" or old.status:
        return Unknown(f"the tests do not run on {where}: {old.why or f'pytest ended with status {old.status}'}")
    lost = next((each for round_ in old.rounds for each in round_.lost), None)
    if lost is not None:
        return Unknown(f"the tests' process {lost.state} on {where} {lost.why}".strip(), "a suite that ends")
    return None


def _variant(
    name: str,
    files: Mapping[str, str | None],
    words: Iterable[str],
    ids: Iterable[str] | None = None,
    *,
    times: int = 1,
) -> dict[str, object]:
    how = TOGETHER if ids is None else ALONE
    seconds = WHOLE if ids is None else ONE
    told = None if ids is None else tuple(ids)
    return {"name": name, "files": files, "words": (*words, "-vv"), "ids": told, "how": how, "times": times,
            "seconds": seconds}  # fmt: skip


def _asked(suite: Suite, variants: list[dict[str, object]]) -> Mapping[str, Ran] | Unknown:
    seconds = 2 * WHOLE + 600
    return ran(suite.inside.ask("variants", {"root": suite.root, "variants": variants}, seconds=seconds))


class _Mending:
    """What is found out of red tests, one question after the other."""

    def __init__(self, suite: Suite, change: Change, edits: Edits) -> None:
        self._suite = suite
        self._change = change
        self._edits = edits
        self._difference: Difference = change.difference()
        self._old, self._new = change.interfaces()
        self._was, self._now = change.definitions(self._old, self._new)
        self._intent = change.intent()
        self._unstable: dict[str, str] = {}
        self._around: dict[str, str] = {}
        self._courses: dict[str, Course] = {}
        self._first: dict[str, Result] = {}
        self._causes: dict[str, Cause] = {}

    def look(self, red: tuple[Result, ...]) -> None:
        """Each alone, five times on each side; and without its conftest.py where that is broken."""
        self._first = {result.id: result for result in red}
        ids, words = tuple(self._first), self._words(self._first)
        variants = [
            _variant("old", self._change.before(), words, ids, times=TIMES),
            _variant("new", {}, words, ids, times=TIMES),
        ]
        told = _asked(self._suite, variants)
        bare = self._bare(told, ids, words)
        for name, result in self._first.items():
            if isinstance(told, Unknown):
                self._courses[name] = Course(result=result)
                continue
            alone = told["new"].of(name)
            self._courses[name] = Course(result=alone[0] if is_red(alone[0]) else result)
            self._stability(name, told["old"].of(name), alone)
            self._surroundings(name, bare)

    def _bare(self, told: Mapping[str, Ran] | Unknown, ids: tuple[str, ...], words: tuple[str, ...]) -> Ran | None:
        """Without any conftest.py, where one is broken."""
        if isinstance(told, Unknown) or told["new"].status != UNUSABLE:
            return None
        bare = _asked(self._suite, [_variant("bare", {}, (*words, "--noconftest"), ids)])
        return None if isinstance(bare, Unknown) else bare["bare"]

    def _stability(self, name: str, old: tuple[Result, ...], new: tuple[Result, ...]) -> None:
        seen = [sum(not is_red(each) for each in side) for side in (old, new)]
        if seen[0] != len(old):
            self._unstable[name] = f"alone it is green only {seen[0]} times of {len(old)} on the old code"
        elif seen[1]:
            self._unstable[name] = f"alone it is green {seen[1]} times of {len(new)} on the new code"

    def _surroundings(self, name: str, bare: Ran | None) -> None:
        """`bare` is what ran without conftest.py."""
        result = self._courses[name].result
        lacking = missing(result.message)
        if bare is not None and is_green(bare.of(name)):
            self._around[name] = "a conftest.py cannot be imported; without it the test is green"
        elif isinstance(lacking, NoModule) and not self._is_own(lacking.module):
            self._around[name] = f"the module {lacking.module}, which is not the project's, is not there"
        elif isinstance(lacking, NoName) and result.outcome == UNCOLLECTED and not self._is_own(lacking.module):
            self._around[name] = f"{lacking.module}, which is not the project's, has no {lacking.name}"
        elif result.phase == "setup" and result.message.startswith("fixture '"):
            self._around[name] = result.message.split("\n", 1)[0]

    def _is_own(self, module: str) -> bool:
        first = module.partition(".")[0]
        return any(each.partition(".")[0] == first for each in (*self._old.modules, *self._new.modules))

    def edit(self) -> None:
        """Step by step, all tests of a file at once; what one of them imports, all of them do."""
        for _ in range(ROUNDS):
            open_ = {name: each for name, each in self._courses.items() if name not in self._unstable | self._around}
            taken = next_steps(open_, self._texts(), self._edits, self._old, self._new)
            if not taken:
                return
            self._courses.update(taken)
            ids = tuple(taken)
            told = _asked(self._suite, [_variant("edited", self._texts(), self._words(ids), ids)])
            if isinstance(told, Unknown):
                return
            for name in ids:
                (result,) = told["edited"].of(name)[:1]
                self._courses[name] = msgspec.structs.replace(self._courses[name], result=result)

    def _texts(self) -> dict[str, str]:
        """Files of tests with all steps so far."""
        files: dict[str, list[Course]] = {}
        for course in self._courses.values():
            files.setdefault(course.file, []).append(course)
        return {
            path: edited(self._change.new[path], courses, self._edits)
            for path, courses in files.items()
            if path in self._change.new
        }

    def causes(self) -> None:
        """Of those that are red still, but for what could not be collected for want of a name: that is its cause."""
        waiting = [
            name
            for name, each in self._courses.items()
            if self._is_open(name) and not each.green
            if each.result.outcome != UNCOLLECTED or missing(each.result.message) is None
        ]
        plain = [name for name in waiting if not self._courses[name].steps]
        for names, texts in ((plain, {}), ([name for name in waiting if name not in plain], self._texts())):
            if names and self._difference.pieces:
                self._ask_causes(names, texts)

    def _ask_causes(self, names: list[str], texts: Mapping[str, str]) -> None:
        files = {**self._difference.plain(), **{path: [(-1, text, text, "", False)] for path, text in texts.items()}}
        request = {
            "root": self._suite.root,
            "files": files,
            "words": (*self._words(()), "-vv"),
            "ids": names,
            "seconds": ONE,
            "each": EACH,
            "most": MOST,
            "from_green": not texts,
        }
        told = self._suite.inside.ask("causes", request, seconds=2 * WHOLE)
        rows = rows_of(told, Causes)
        for cause in () if isinstance(rows, Unknown) else rows:
            self._causes[cause.test] = self._cause(cause)

    def _cause(self, told: Causes) -> Cause:
        pieces = tuple(each for each in self._difference.pieces if each.number in told.pieces)
        kinds: set[Alteration] = {
            alteration(self._difference.composed(path, ()) or "", self._difference.composed(path, told.pieces) or "")
            for path in {each.path for each in pieces}
        }
        kind = kinds.pop() if len(kinds) == 1 else "behavior"
        return Cause(pieces=pieces, sure=told.sure, kind=kind)

    def _is_open(self, name: str) -> bool:
        return name not in self._unstable and name not in self._around

    def candidates(self) -> dict[str, Course]:
        """Those that are green by their edits, where nothing else changed of what the edits concern."""
        green = {n: each for n, each in self._courses.items() if each.green and each.steps and self._is_open(n)}
        return {name: each for name, each in green.items() if not self._beside(each)}

    def _beside(self, course: Course) -> tuple[Beside, ...]:
        """What else changed of what the steps concern."""
        mentioned = all_names(self._change.new.get(course.file, ""))
        return beside(course.steps, self._was, self._now, mentioned, self._intent.lines)

    def told(self, name: str, proofs: Mapping[str, Proof]) -> RedTest:
        course = self._courses[name]
        found = classed(self._facts(name, course))
        proof = proofs.get(name)
        mended = found.kind == "mechanical" and proof is not None and not proof.objection
        return RedTest(
            test=name,
            kind=found.kind,
            evidence=(*found.evidence, *(proof.evidence if proof is not None else ())),
            mended=mended,
            objection=proof.objection if proof is not None else "",
        )

    def _facts(self, name: str, course: Course) -> Facts:
        message = ADDRESS.sub("0x..", course.result.message.replace(f"{self._suite.root}/", ""))
        result = msgspec.structs.replace(course.result, message=message)
        text = self._change.new.get(course.file, "")
        cause = self._causes.get(name)
        lacking = missing(result.message)
        return Facts(
            test=name,
            failure=result,
            steps=course.steps,
            mended=course.green and bool(course.steps),
            beside=self._beside(course) if course.green else (),
            unstable=self._unstable.get(name, ""),
            around=self._around.get(name, ""),
            missing=lacking,
            own=isinstance(lacking, NoName) is False or names_in(text, name, getattr(lacking, "name", "")),
            oracle=oracle(result),
            raised=self._raised(result),
            cause=cause,
            intent=self._intent,
            literals=literals_of(text, name),
            renamed=self._new.called_otherwise() - self._old.called_otherwise(),
            symbols=self._symbols(course, cause),
        )

    def _symbols(self, course: Course, cause: Cause | None) -> frozenset[str]:
        functions = [each.function for each in cause.pieces] if cause is not None else []
        steps = [
            name for step in course.steps for name in (getattr(step.edit, "old", ""), getattr(step.edit, "new", ""))
        ]
        sides = [parameter_names(side, functions) for side in (self._old, self._new)]
        return words(" ".join((*functions, *steps, *(sides[0] ^ sides[1]))).replace(".", " ").replace("_", " "))

    def _raised(self, result: Result) -> str:
        """The line that raised, in a module of the product."""
        if not result.frames:
            return ""
        path, line, _ = result.frames[-1]
        lines = self._change.new.get(path, "").splitlines() if path in self._change.code(self._change.new) else []
        return lines[line - 1] if 0 < line <= len(lines) else ""

    def course(self, name: str) -> Course:
        return self._courses[name]

    def offers(
        self,
        red: Iterable[RedTest],
        accepted: Collection[str],
        prove: Callable[[Mapping[str, Course]], Mapping[str, Proof]],
    ) -> tuple[dict[str, Offer], dict[str, Course]]:
        """Of each red test of which a person decides; and the courses of those that were accepted."""
        found: dict[str, Offer] = {}
        courses: dict[str, Course] = {}
        for each in red:
            if each.kind not in OFFERED:
                continue
            offered = self._offered(each)
            if isinstance(offered, str):
                found[each.test] = Offer(objection=offered)
            else:
                courses[each.test] = offered
        for name, proof in prove(courses).items() if courses else ():
            if proof.objection:
                found[name] = Offer(objection=proof.objection)
            else:
                (edit,) = self.files({name: courses[name]})
                found[name] = Offer(edit=edit, said=courses[name].steps[-1].evidence)
        taken = {name: courses[name] for name in accepted if name in found and found[name].edit is not None}
        return found, taken

    def _offered(self, red: RedTest) -> Course | str:
        """The test's course with one step more, or why there is none."""
        course = self._courses[red.test]
        text = self._texts().get(course.file, "")
        lines = [line for path, line, _ in course.result.frames if path == course.file]
        step = proposal(red.kind, oracle(course.result), text, red.test, lines[-1] if lines else 0)
        if isinstance(step, str):
            return step
        lost = next(iter(self._beside(course)), None)
        if lost is not None:
            return f"{lost.what}: {lost.path}:{lost.line}"
        longer = msgspec.structs.replace(course, steps=(*course.steps, step))
        return longer if edited(text, [longer], self._edits) != text else "the value cannot be edited where it stands"

    def files(self, courses: Mapping[str, Course]) -> tuple[EditedFile, ...]:
        """With the steps of these tests alone."""
        kept: dict[str, list[Course]] = {}
        for course in courses.values():
            kept.setdefault(course.file, []).append(course)
        return tuple(
            EditedFile(path=path, before=text, after=edited(text, own, self._edits))
            for path, own in sorted(kept.items())
            for text in (self._change.new[path],)
        )

    def _words(self, ids: Iterable[str]) -> tuple[str, ...]:
        files = dict.fromkeys(name.partition("::")[0] for name in ids)
        return pytest_words(self._suite.words, files, self._change.new)
