"""Proposals by rule: what `outpace test generate` and `outpace test mend` write, judged as any other."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outpace.bootstrap.judging import JudgePlace
    from outpace.proving.proposing.ports import Asked, NoProposal, Proposal
    from outpace.proving.tasks import Task

BY = "outpace"
OF_TEMPLATES = frozenset({"test", "mend"})
"""Kinds of task that have one."""


class Templates:
    """Implements `proving.proposing.ports.Proposer`."""

    name = "template"

    def __init__(self, here: JudgePlace, task: Task) -> None:
        self._here = here
        self._task = task

    def propose(
        self, asked: Asked, *, seconds: float, tokens: int | None, cost_usd: float | None
    ) -> Proposal | NoProposal:
        """Once: the same rule gives the same answer."""
        from outpace.model.errors import Error
        from outpace.proving.proposing.ports import NoProposal, Proposal, Spent

        del asked, seconds, tokens, cost_usd
        began = time.monotonic()
        try:
            diff, why = self._diff()
        except Error as error:
            diff, why = b"", error.message
        spent = Spent(seconds=time.monotonic() - began, tokens_in=0, tokens_out=0, cost_usd=0.0)
        if diff:
            return Proposal(diff=diff, by=BY, spent=spent)
        return NoProposal(why=why, final=True, by=BY, spent=spent)

    def _diff(self) -> tuple[bytes, str]:
        match self._task.kind:
            case "test":
                return self._written_test()
            case "mend":
                return self._mended()
            case _:
                return b"", f"there is no template for a task of kind {self._task.kind}"

    def _written_test(self) -> tuple[bytes, str]:
        from outpace.app.climb_tests import subjects_of
        from outpace.bootstrap.generating import generated
        from outpace.testing.generation import Generated, Nothing

        here, task = self._here, self._task
        tree = here.at(task.base)
        chosen = subjects_of(task.subject)
        found = generated(here, tree.root, here.repository.paths(task.base), chosen)
        made = [each for each in found if isinstance(each, Generated)]
        if not made:
            why = next((each.why.why for each in found if isinstance(each, Nothing)), "nothing could be generated")
            return b"", why
        folder = task.created[0].rpartition("/")[0]
        stem = made[0].module.name.rpartition(".")[2].strip("_")
        name = f"test_gap_{stem}.py"
        return _patch({}, {f"{folder}/{name}" if folder else name: made[0].text}), ""

    def _mended(self) -> tuple[bytes, str]:
        from outpace.app.test_mend import mend
        from outpace.bootstrap import mending

        here, task = self._here, self._task
        sides = mending.sides(here, f"{task.before}..{task.base}")
        told = mend(sides.suite, sides.change, sides.span, mending.edits(), base=sides.base, write=sides.write)
        wanted = {test.partition("::")[0] for test in task.subject}
        files = [file for file in told.files if file.path in wanted]
        if not files:
            red = next((each for each in told.red if each.test in task.subject), None)
            return b"", f"it is {red.kind}, and no edit by rule is proved" if red else "it is not red"
        return _patch({each.path: each.before for each in files}, {each.path: each.after for each in files}), ""


def _patch(before: Mapping[str, str], after: Mapping[str, str]) -> bytes:
    from outpace.proving.ladder.patch import Patch, PatchedFile
    from outpace.proving.proposing.diffs import written

    return written(
        Patch.of(
            PatchedFile(path=path, before=before[path].encode() if path in before else None, after=text.encode())
            for path, text in after.items()
        )
    )
