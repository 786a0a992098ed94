"""An agent's command as a proposer: it works on a private copy in the sandbox, and what differs is its proposal."""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from outpace import sandbox
from outpace.ecosystems.spelling import printable
from outpace.engines import agent_home, agent_program, agent_tree
from outpace.engines.proposed import LARGEST_DIFF, between
from outpace.engines.removal import removed_if_possible
from outpace.engines.scratch import scratch
from outpace.model.errors import BadConfiguration, Error, Refused, ToolMissing, Unconfined, UsageError
from outpace.model.fact import digest_of
from outpace.model.proposers import AgentCommand
from outpace.proving.ladder.patch import LINK, Patch
from outpace.proving.ports import Built
from outpace.proving.proposing.diffs import written
from outpace.proving.proposing.ports import Absent, Asked, NoProposal, Proposal, Spent

GIB = 1 << 30
HEARD = 1 << 20
SAID = 8_000
REFUTED = 20
PYTHON = "OUTPACE_PYTHON"
TASK = "{task}"
"""Stands for the path of the task's file, where a program reads that and not its standard input."""
_HOST = re.compile(r"(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::(\d{1,5}))?")
_HTTPS = 443


class Limits(Struct, frozen=True, kw_only=True):
    """Sizes in bytes; `disk` is what it may write, in its copy and its home together."""

    memory: int = 4 * GIB
    processes: int = 512
    disk: int = GIB


class _Place(Struct, frozen=True):
    """Of one attempt: all that the agent sees of this machine beside the system and its own program."""

    root: Path

    @property
    def tree(self) -> Path:
        return self.root / "tree"

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def task(self) -> Path:
        return self.root / "task"

    def clear(self) -> None:
        """What is left of it after that goes with the scratch directory."""
        for each in (self.tree, self.home):
            removed_if_possible(each)


class _Answer(Struct, frozen=True, kw_only=True):
    """Before it is known who said it, and what it cost."""

    diff: bytes = b""
    why: str = ""
    final: bool = False
    absent: Absent | None = None
    said: str = ""


def _absent(error: Error) -> Absent | None:
    match error:
        case ToolMissing():
            return "not installed"
        case Unconfined():
            return "no sandbox"
        case BadConfiguration():
            return "not configured"
        case _:
            return None


class Agent:
    """Implements `proving.proposing.ports.Proposer` with any program that reads a task and leaves changed files.
    `tier` None is the strongest of this machine. Tokens and money are between the agent and its model: neither is
    known here, nor held to a limit; time is. `project` is the environment in which the project runs: the agent may read
    and start it.
    """

    name = "agent"

    def __init__(
        self,
        config: AgentCommand,
        *,
        environ: Mapping[str, str],
        home: Path,
        tier: sandbox.Tier | None = None,
        report: Callable[[str], None] = lambda _: None,
        limits: Limits | None = None,
        project: Built | None = None,
    ) -> None:
        self._config = config
        self._project = project
        self._environ = environ
        self._home = home
        self._tier = tier
        self._report = report
        self._limits = limits or Limits()

    def check(self) -> None:
        """Raises BadConfiguration. Whether the program is there is seen when it is asked."""
        agent_program.word_of(self._config.command[0], self._home)
        for host in self._config.egress:
            _host(host)
        for name in self._config.home:
            agent_home.inside(self._home, name)

    def propose(
        self,
        asked: Asked,
        *,
        seconds: float,
        tokens: int | None = None,  # noqa: ARG002  of the port
        cost_usd: float | None = None,  # noqa: ARG002  the same
    ) -> Proposal | NoProposal:
        began = time.monotonic()
        task = _task(asked, self._project)
        try:
            answer = self._asked(asked, task, until=began + seconds)
        except Error as error:
            why = f"{error.message}; {error.hint}" if error.hint else error.message
            final = isinstance(error, (UsageError, Unconfined, ToolMissing))
            answer = _Answer(why=printable(sandbox.mask(why)), final=final, absent=_absent(error))
        except OSError as error:  # of our own files; a full disk, most of all
            answer = _Answer(why=f"its place could not be made or read: {error.strerror or error}")
        spent = Spent(seconds=time.monotonic() - began)
        by, request = self._by(), digest_of("agent", task)
        if answer.diff:
            return Proposal(diff=answer.diff, by=by, request=request, spent=spent, said=answer.said)
        return NoProposal(
            why=answer.why,
            final=answer.final,
            absent=answer.absent,
            by=by,
            request=request,
            spent=spent,
            said=answer.said,
        )

    def _by(self) -> str:
        name = Path(self._config.command[0]).name
        return printable(f"{name}, command {digest_of(*self._config.command)[:12]}")

    def _asked(self, asked: Asked, task: str, *, until: float) -> _Answer:
        tier = self._confining()
        program = agent_program.found(self._config.command[0], self._environ, self._home)
        egress = tuple(map(_host, self._config.egress))
        with scratch("agent") as root:
            place = _Place(root)
            try:
                left_out = agent_tree.copied(asked.tree, place.tree)
                missing = agent_home.copied(self._home, self._config.home, place.home)
                secrets = agent_home.Secrets(self._given(), place.home)
                self._tell(missing)
                agent_tree.given_a_repository(place.tree)
                _write_task(place.task, task, asked)
                confined = self._run(program, place, task, egress=egress, tier=tier, until=until)
                return self._read(asked, place, confined, left_out=left_out, secrets=secrets)
            finally:
                place.clear()

    def _confining(self) -> sandbox.Tier:
        tier = self._tier if self._tier is not None else sandbox.strongest()
        if isinstance(tier, sandbox.NoSandbox):
            if not self._config.unsafe_unsandboxed:
                lacking = "; ".join(tier.missing) or "none was asked for"
                raise Unconfined(
                    f"an agent runs in a sandbox alone, and there is none: {lacking}",
                    hint="run it on Linux 5.13 or newer with Landlock, or set `unsafe_unsandboxed = true` in "
                    "[proposers.agent] where nothing can be lost",
                )
            self._report("UNSAFE: the agent runs without a sandbox and may do whatever you may (unsafe_unsandboxed)")
        return tier

    def _given(self) -> dict[str, str]:
        return {name: self._environ[name] for name in self._config.env if name in self._environ}

    def _tell(self, missing: tuple[str, ...]) -> None:
        absent = [f"{name} (a file)" for name in missing]
        absent += [f"{name} (a variable)" for name in self._config.env if name not in self._environ]
        if absent:
            self._report(f"of what [proposers.agent] names for the agent there is no {', no '.join(absent)}")

    def _run(
        self,
        program: agent_program.Program,
        place: _Place,
        task: str,
        *,
        egress: tuple[str, ...],
        tier: sandbox.Tier,
        until: float,
    ) -> sandbox.Confined:
        seconds = until - time.monotonic()
        if seconds <= 0:
            raise Refused("no time was left for the agent")
        limits = self._limits
        box = sandbox.Box(
            readable=(*program.readable, *_of_project(self._project), place.task),
            writable=(place.tree, place.home),
            network=sandbox.Egress(egress) if egress else sandbox.NoNetwork(),
            memory=limits.memory,
            processes=limits.processes,
            seconds=seconds,
            disk=limits.disk,
            env=tuple(sorted(self._environment(program, place).items())),
        )
        words = [word.replace(TASK, str(place.task / "task.md")) for word in self._config.command[1:]]
        unsafe = self._config.unsafe_unsandboxed
        return sandbox.confine(
            (program.path, *words),
            box=box,
            cwd=place.tree,
            tier=tier,
            stdin=task.encode("utf-8", "replace"),
            limit=HEARD,
            unsafe_allow_none=unsafe,
        )

    def _environment(self, program: agent_program.Program, place: _Place) -> dict[str, str]:
        return {
            "LANG": "C.UTF-8",
            "CI": "true",
            "NODE_USE_ENV_PROXY": "1",  # Node's own fetch does not look for a proxy otherwise
            **agent_tree.AUTHOR,
            **self._given(),
            **({PYTHON: _python(self._project)} if self._project else {}),
            "PATH": ":".join(program.folders),
            "HOME": str(place.home),
            "OUTPACE_TASK": str(place.task / "task.md"),
            "OUTPACE_TASK_JSON": str(place.task / "task.json"),
        }

    def _read(
        self,
        asked: Asked,
        place: _Place,
        confined: sandbox.Confined,
        *,
        left_out: frozenset[str],
        secrets: agent_home.Secrets,
    ) -> _Answer:
        """What it left, if it ended well: half of a change is none."""
        said = _said(confined.done, secrets)
        if why := self._ended_badly(confined):
            return _Answer(why=f"{why}{_last(said)}", said=said)
        try:
            notes = agent_tree.looked_over(asked.tree, place.tree, ours=place.root / "ours.git")
            patch = _without(between(asked.tree, place.tree), left_out)
            diff = written(patch)
        except (Refused, UsageError) as error:
            return _Answer(why=printable(error.message), said=said)
        if not patch.files:
            why = f"it ended with status 0 and changed nothing{_last(said)}"
        elif told := secrets.told_by(patch):
            why = f"it wrote what it was given to log in with into {printable(told)}"
        elif len(diff) > LARGEST_DIFF:
            why = f"its diff has {len(diff) >> 20} MiB, and {LARGEST_DIFF >> 20} are allowed"
        else:
            return _Answer(diff=diff, said="\n".join((*notes, said)))
        return _Answer(why=why, said=said)

    def _ended_badly(self, confined: sandbox.Confined) -> str:
        limits, code = self._limits, confined.done.returncode
        match confined.exceeded:
            case "time":
                return "it did not end in the time that it had"
            case "memory":
                return f"it used more than {limits.memory >> 20} MiB of memory"
            case "processes":
                return f"it started more than {limits.processes} processes"
            case "disk":
                return f"it wrote more than {limits.disk >> 20} MiB"
            case None if code < 0:
                return f"it was killed by signal {-code}"
            case None:
                return f"it ended with status {code}" if code else ""


def _host(text: str) -> str:
    """With its port: a proxy that is told a bare name would open port 80 too."""
    found = _HOST.fullmatch(text)
    if found is None or not 0 < int(found[1] or _HTTPS) < 1 << 16:
        raise BadConfiguration(
            f"{text!r} in `egress` of [proposers.agent] is no host:port",
            hint='name each host by itself, without a scheme or a star: egress = ["api.example.com:443"]',
        )
    return text if found[1] else f"{text}:{_HTTPS}"


def _python(project: Built) -> str:
    return f"{project.path}/bin/python"


def _of_project(project: Built | None) -> tuple[Path, ...]:
    return (Path(project.path), *map(Path, project.readable)) if project else ()


def _how_to_run(project: Built) -> str:
    """The project's modules are on no path of the agent's own, which may be a program of Python itself."""
    roots = ":".join(shlex.quote(each) for each in project.roots) or "."
    return (
        "## How to try it\n\n"
        f"`${PYTHON}` is the Python of the project, {printable(project.python)}, with what it depends on. From your\n"
        f'working directory, `PYTHONPATH={roots} "${PYTHON}" -m pytest` runs its tests.'
    )


def _task(asked: Asked, project: Built | None = None) -> str:
    """Markdown first, then the same as JSON."""
    refuted = [printable(each)[:500] for each in asked.refuted[-REFUTED:]]
    parts = [asked.brief.rstrip()]
    if refuted:
        parts.append("## Earlier attempts, and why they were refuted\n\n" + "\n".join(f"- {each}" for each in refuted))
    parts.append(
        "## How to answer\n\n"
        "Edit the files in your working directory, which is a private copy, and end with status 0. Only the files\n"
        "that differ then are your answer; leave no notes or logs in it. Nobody answers questions."
    )
    if project is not None:
        parts.append(_how_to_run(project))
    data = _task_json(asked).decode()
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", data)), default=0))
    parts.append(f"## The same for programs\n\n{fence}json\n{data}\n{fence}")
    return "\n\n".join(parts) + "\n"


def _task_json(asked: Asked) -> bytes:
    return msgspec.json.encode(
        {
            "task": asked.task,
            "brief": msgspec.Raw(asked.brief_json or b"null"),
            "editable": asked.editable,
            "created": asked.created,
            "context": asked.context,
            "refuted": asked.refuted,
        }
    )


def _write_task(place: Path, task: str, asked: Asked) -> None:
    place.mkdir()
    (place / "task.md").write_text(task, encoding="utf-8", errors="replace")
    (place / "task.json").write_bytes(_task_json(asked))


def _without(patch: Patch, left_out: frozenset[str]) -> Patch:
    """A link that was not copied has not been deleted by the agent."""
    return Patch.of(
        each for each in patch.files if not (each.path in left_out and each.mode_before == LINK and each.after is None)
    )


def _said(done: sandbox.Done, secrets: agent_home.Secrets) -> str:
    """The end of both outputs: masked, and with nothing in it that a terminal obeys."""
    heard: list[str] = []
    for output in (done.stdout, done.stderr):
        text = secrets.masked(output.decode("utf-8", "replace")).replace("\r\n", "\n")
        lines = "\n".join(printable(line) for line in text.split("\n")).strip()
        if lines:
            heard.append(lines if len(lines) <= SAID else f"... {lines[-SAID:]}")
    if done.truncated:
        heard.append(f"(it said more than {HEARD >> 20} MiB; the rest was not kept)")
    return "\n".join(heard)


def _last(said: str) -> str:
    """The last two lines, for a sentence."""
    lines = list(dict.fromkeys(line.strip() for line in said.splitlines() if line.strip()))[-2:]
    return f": {' / '.join(line[:200] for line in lines)}" if lines else ", and said nothing"
