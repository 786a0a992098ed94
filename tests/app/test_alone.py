"""Which facts `fix` and `prove` keep where they run alone, and which not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from outpace.app.alone import of_fix, of_prove
from outpace.app.attached import AttachedWorld
from outpace.engines.git import Repository
from outpace.engines.prober import Prober
from outpace.model.application import Application
from outpace.model.change import Change
from outpace.model.fact import Fact, digest_of
from outpace.model.proof import Conclusion, Proof, Proved, Refuted
from outpace.proving.purpose import Named, Purpose, StatedMove, Unstated
from outpace.stories.history import History
from outpace.stories.keeping import Noted
from outpace.stories.kinds import Body, ExceptionMade, Landed, MatchedFact, Proposed, ProvedFact, TaskNeeded
from tests.fakes.fixing import Shop, below, shop
from tests.fakes.index import Release
from tests.fakes.observer import FakeObserver
from tests.fakes.pipeline import START, FakePipeline

INDEX = {"a": [Release(version=version) for version in ("1.0", "1.1")], "b": [Release(version="1.0")]}
PYTHON = {".python-version": "3.11\n"}
DEPLOYED = Application(name="shop", locks=("requirements.txt",))


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Shop]:
    with shop(tmp_path, INDEX, (below("X-1", "a", "1.1"), below("X-2", "b", "1.1"))) as found:
        yield found


def after_fix(made: Shop, said: list[str]) -> list[Body]:
    repository = Repository(made.place, made.environ)
    world = AttachedWorld(
        DEPLOYED, repository=repository, source=made.known, observer=FakeObserver({}), prober=Prober()
    )
    noted = list(of_fix(made.fix(), world, History(()), now=START, report=said.append))
    assert noted == list(of_fix(made.fix(), world, History(()), now=START, report=said.append))
    return [each.body for each in noted]


def kinds(bodies: list[Body]) -> list[tuple[str, tuple[str, ...]]]:
    return [(body.KIND, body.vulnerabilities) for body in bodies]


def test_a_fix_keeps_what_it_found_what_it_made_and_what_it_could_not_make(made: Shop) -> None:
    made.commit({"requirements.txt": "a==1.0\nb==1.0\n", **PYTHON})
    bodies = after_fix(made, said := [])
    assert kinds(bodies) == [
        ("known", ("X-1",)),
        ("matched", ("X-1",)),
        ("known", ("X-2",)),
        ("matched", ("X-2",)),
        ("proposed", ("X-1",)),
        ("task_needed", ("X-2",)),
    ]
    assert all(isinstance(body, MatchedFact) and body.where == "lock" for body in (bodies[1], bodies[3]))
    assert isinstance(bodies[5], TaskNeeded)
    assert bodies[5].locks
    assert said == []


def test_what_head_alone_holds_is_on_no_clock(made: Shop) -> None:
    made.commit({"requirements.txt": "a==1.1\n", **PYTHON})
    made.git("checkout", "-q", "-b", "feature")
    made.commit({"requirements.txt": "a==1.0\n"}, "Go back")
    assert after_fix(made, said := []) == []
    assert set(said) == {"not on the clock: the locks at HEAD are not those of the deploy branch"}


def test_what_is_not_deployed_is_on_no_clock(made: Shop) -> None:
    made.commit({"requirements.txt": "a==1.1\n", "dev/requirements.txt": "a==1.0\n", **PYTHON})
    assert after_fix(made, said := []) == []
    assert set(said) == {"not on the clock: what is exposed stands in no lock that is deployed"}


def test_an_exception_from_a_cool_down_is_a_fact_until_its_day(tmp_path: Path) -> None:
    index = {
        "a": [
            Release(version="1.0", upload_time="2024-01-01T00:00:00Z"),
            Release(version="1.1", upload_time="2099-01-10T00:00:00Z"),
        ]
    }
    project = '[project]\nname = "site"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["a"]\n'
    with shop(tmp_path, index, [below("X-1", "a", "1.1")]) as made:
        made.commit({"pyproject.toml": f'{project}[tool.uv]\nexclude-newer = "7 days"\n'})
        made.lock()
        made.commit({}, "Lock")
        (exception,) = (body for body in after_fix(made, []) if isinstance(body, ExceptionMade))
        assert (exception.version, exception.vulnerabilities, exception.expires.isoformat()) == (
            "1.1",
            ("X-1",),
            "2099-01-17",
        )


# a proof, over a pipeline in memory whose `web` 1 is affected by PYSEC-web, alias CVE-web

NAMED = Named(moves=(StatedMove(name="web", before="1", after="2"),))


def proof(
    conclusion: Conclusion, *, fixes: tuple[str, ...] = ("CVE-web",), revision: str = "theirs", digest: str = "1"
) -> Proof:
    return Proof(base="base", revision=revision, fixes=fixes, conclusion=conclusion, checks=(), digest=digest)


def after_prove(
    asked: Proof,
    purpose: Purpose = NAMED,
    *,
    facts: tuple[Fact, ...] = (),
    main: dict[str, int] | None = None,
    fork: str = "base",
) -> tuple[list[Body], list[str]]:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    if main is not None:
        pipeline.commit("later")
        pipeline.revisions["later"] = main
    pipeline.revisions[asked.revision] = {"web": 2}
    said: list[str] = []
    noted = of_prove(
        asked,
        purpose,
        pipeline,
        History(facts),
        merge_base=lambda one, other: fork,
        probes=(),
        now=START,
        report=said.append,
    )
    return [each.body for each in noted], said


def kept(*bodies: Body) -> tuple[Fact, ...]:
    return tuple(Noted(body, (number,)).fact("shop", START) for number, body in enumerate(bodies))


IDS = ("CVE-web", "PYSEC-web")
OPENED = [("known", IDS[::-1]), ("matched", IDS[::-1])]


@pytest.mark.parametrize("conclusion", [Proved(), Refuted("test_login fails")])
@pytest.mark.parametrize("purpose", [NAMED, Unstated(fixes=("CVE-web",))])
def test_a_proof_of_a_change_that_says_what_it_is_for_is_kept_with_the_match_that_joins_its_aliases(
    conclusion: Conclusion, purpose: Purpose
) -> None:
    bodies, said = after_prove(proof(conclusion), purpose)
    assert kinds(bodies) == [*OPENED, ("proved", IDS)]
    locks = digest_of({"web": 2})
    assert bodies[2] == ProvedFact(vulnerabilities=IDS, proof=proof(conclusion), locks=locks)
    assert said == []


NOT_KEPT = [
    ("the change does not say what it is for", proof(Proved()), Unstated(), "base"),
    ("the change fixes no known vulnerability", proof(Proved(), fixes=()), NAMED, "base"),
    ("base was never on the deploy branch", proof(Proved()), NAMED, "elsewhere"),
    ("nothing here was ever exposed to CVE-9", proof(Proved(), fixes=("CVE-9",)), NAMED, "base"),
]


@pytest.mark.parametrize(("why", "asked", "purpose", "fork"), NOT_KEPT)
def test_a_proof_that_is_of_no_clock_says_why(why: str, asked: Proof, purpose: Purpose, fork: str) -> None:
    assert after_prove(asked, purpose, fork=fork) == ([], [f"not on the clock: {why}"])


def test_of_what_landed_long_ago_a_proof_is_kept_only_where_the_story_is_known() -> None:
    landed = kept(Landed(vulnerabilities=("CVE-web",)))
    assert after_prove(proof(Proved()), main={"web": 2})[0] == []
    assert kinds(after_prove(proof(Proved()), main={"web": 2}, facts=landed)[0]) == [("proved", IDS)]


def test_the_same_answer_to_the_same_question_is_no_new_fact() -> None:
    before = kept(ProvedFact(vulnerabilities=IDS, proof=proof(Proved())))

    def new(asked: Proof) -> list[str]:
        return [body.KIND for body in after_prove(asked, facts=before)[0] if isinstance(body, ProvedFact)]

    assert new(proof(Proved())) == []
    assert new(proof(Refuted("it wavers"))) == ["proved"]
    assert new(proof(Proved(), digest="of newer advisories")) == ["proved"]
    assert new(proof(Proved(), revision="another")) == ["proved"]


def test_a_proof_against_another_base_is_none_of_the_recorded_change() -> None:
    pipeline = FakePipeline({"web": 1}, {"web": 2})
    change: Change = pipeline.propose(pipeline.matched("base").exposures, ()).changes[0]
    elsewhere = Proof(base="x", revision=change.revision, fixes=change.fixes, conclusion=Proved(), checks=())
    facts = kept(Proposed(vulnerabilities=change.fixes, change=change), ProvedFact(vulnerabilities=(), proof=elsewhere))
    assert History(facts).proof(change, not_before=START) is None
