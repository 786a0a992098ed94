"""What a job does, by everything that its scripts and actions lead to; and what of it could not be followed."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from msgspec import Struct

from outpace.pipelines.containers import dockerfile_leads
from outpace.pipelines.coverage_gates import Reports, demanded_by
from outpace.pipelines.described import Action, Described, Script, name_words
from outpace.pipelines.events import Calls, Event, LookUp, Lost, Origin, Runs
from outpace.pipelines.follow import Follower
from outpace.pipelines.place import Argv, Place, Text
from outpace.pipelines.plain_commands import FOR
from outpace.pipelines.programs import Doing, Nothing, Target, is_interpreter, known_doing, normal
from outpace.pipelines.runners import suite_of
from outpace.pipelines.service_actions import BUILD_PUSH, doing_of_action
from outpace.pipelines.shell import is_open
from outpace.pipelines.surveyed import Job, Task

PRODUCTION = frozenset({"prod", "production", "prd", "live"})
STAGING = frozenset(
    {"staging", "stage", "stg", "preprod", "preview", "review", "demo", "dev", "development", "test", "tests",
     "testing", "qa", "uat", "sandbox", "integration", "beta", "latest", "canary"}
)  # fmt: skip
DOCUMENTS = frozenset(
    {"docs", "doc", "documentation", "pages", "website", "site", "storybook", "publicsite", "mkdocs"}
)  # fmt: skip
DEPLOYS = frozenset({"deploy", "deployment", "deploying", "redeploy"})
OWN_CLUSTER = frozenset({"kind", "minikube", "k3d", "k3s", "microk8s", "ctlptl"})
OF_A_CLUSTER = frozenset({"kubectl", "helm", "helmfile", "oc", "kustomize", "skaffold", "tilt"})
# What an action is given as a script, and what it is called there.
SCRIPTED = ("run", "script", "command", "runcmd", "cmd", "args", "inlinescript", "exec")
LISTENS = frozenset(
    {"nick-fields/retry", "nick-invision/retry", "wandalen/wretry.action", "coactions/setup-xvfb", "devcontainers/ci",
     "gabrielbb/xvfb-action", "reactivecircus/android-emulator-runner", "addnab/docker-run-action",
     "borales/actions-yarn", "cloud-gov/cg-cli-tools", "appleboy/ssh-action", "wyrihaximus/github-action-helm3",
     "webiny/action-post-run"}
)  # fmt: skip
PROGRAM = re.compile(r"[\w./@:+-]{1,60}")
VERB = re.compile(r"[a-z][\w:-]{0,30}")
WAVES = re.compile(r"--exit-zero\b|--soft-fail\b|--exit-code[= ]0\b|--no-fail\b|--no-error\b")
MOST_UNREAD = 12


class Done(Struct, frozen=True, kw_only=True):
    """`lost` are the dead ends; `reports` is what it does with its coverage."""

    job: Job
    lost: tuple[Lost, ...]
    reports: Reports


def done_by(described: Described, file: str, look_up: LookUp) -> Done:
    reading = _Reading(described, file, look_up)
    reading.read()
    tasks = tuple(dict.fromkeys(reading.tasks))
    lost = tuple(dict.fromkeys((*described.lost, *reading.lost)))
    told = tuple(dict.fromkeys(f"{each.origin}: {each.what}, since {each.why}" for each in lost))
    return Done(
        job=Job(
            name=described.name,
            origin=described.origin,
            tasks=tasks,
            gates=described.gates,
            for_changes=described.for_changes,
            unread=told[:MOST_UNREAD],
        ),
        lost=lost,
        reports=reading.reports,
    )


class _Reading:
    def __init__(self, described: Described, file: str, look_up: LookUp) -> None:
        self._described = described
        self._follower = Follower(look_up, every=True)
        self._look_up = look_up
        self._around = name_words(described.name, posixpath.basename(file), *described.around)
        self._has_cluster = False
        self.tasks: list[Task] = []
        self.lost: list[Lost] = []
        self.reports = Reports()

    def read(self) -> None:
        for step in self._described.steps:
            match step:
                case Script():
                    place = Place(file=step.origin.file, directory=step.directory, env=step.env, waved=step.waved)
                    self._events(self._follower.script(step.text, place, line=step.origin.line))
                case Action():
                    self._action(step)
        if self._has_cluster:
            self.tasks = [
                each for each in self.tasks if each.does != "deploy" or each.tool.split()[0] not in OF_A_CLUSTER
            ]
        delivers = self._described.delivers
        if delivers and not any(each.does in ("deploy", "publish", "docs") for each in self.tasks):
            self._add(Doing(does="deploy", tool=delivers), self._described.origin, waved=False)

    def _action(self, action: Action) -> None:
        words = name_words(action.name)
        self._has_cluster = self._has_cluster or bool(words & OWN_CLUSTER)
        self.reports = self.reports.after_action(action)
        doing = doing_of_action(action)
        place = Place(file=action.origin.file, directory=action.directory, line=action.origin.line, waved=action.waved)
        if BUILD_PUSH.fullmatch(action.name):
            context = action.told("context") or "."
            found = dockerfile_leads(action.told("file"), context, place, action.origin.line, self._look_up)
            self._events(self._follower.followed(found))
        listens = action.name.lower() in LISTENS
        if listens:
            text = action.told(*SCRIPTED)
            self._events(self._follower.followed((Text(text=text, place=place, line=action.origin.line),)))
        if action.name.lower() == "pre-commit/action":
            argv = Argv(words=("pre-commit", "run"), place=place, line=action.origin.line)
            self._events(self._follower.followed((argv,)))
        match doing:
            case Doing():
                self._add(doing, action.origin, waved=action.waved)
            case None if not listens:
                self.lost.append(
                    Lost(what=f"the action {action.name}", why="what it does is not told here", origin=action.origin)
                )
            case _:
                pass

    def _events(self, events: Iterator[Event]) -> None:
        for event in events:
            match event:
                case Runs(words=words, origin=origin, waved=waved):
                    self._add(Doing(does="tests", tool=_runner(words)), origin, waved=waved)
                case Calls():
                    self._call(event)
                case Lost():
                    self._lose(event)
                case _:
                    pass

    def _call(self, call: Calls) -> None:
        words = call.words
        self.reports = self.reports.after_command(words)
        demanded = demanded_by(normal(words))
        if demanded:
            self._add(Doing(does="coverage gate", tool=demanded), call.origin, waved=call.waved)
        if words and words[0] in OWN_CLUSTER:
            self._has_cluster = True
        if suite_of(words) is not None:
            return
        if _starts_containers(words) and name_words(self._described.name, *self._described.around) & DEPLOYS:
            self._add(Doing(does="deploy", tool="docker compose"), call.origin, waved=call.waved)
            return
        match known_doing(words):
            case Doing() as doing:
                self._add(doing, call.origin, waved=call.waved or WAVES.search(" ".join(words)) is not None)
            case Nothing():
                pass
            case None:
                self._lose(_unknown(call))

    def _lose(self, lost: Lost) -> None:
        """A way that ends is told; where its own name says that it deploys, that is believed."""
        if name_words(lost.what) & DEPLOYS:
            tool = lost.what.strip("`").split("`")[0][:60]
            self._add(Doing(does="deploy", tool=tool), lost.origin, waved=False)
        self.lost.append(lost)

    def _add(self, doing: Doing, origin: Origin, *, waved: bool) -> None:
        around = self._around
        if doing.does == "deploy" and around & DOCUMENTS and not around & PRODUCTION:
            doing = Doing(does="docs", tool=doing.tool, target="pages")
        target: Target = doing.target
        if doing.does == "deploy":
            words = around | name_words(doing.tool)
            target = "production" if words & PRODUCTION else "staging" if words & STAGING else ""
        blocking = False if waved else None if doing.tool in TELLS_A_SERVER else True
        self.tasks.append(Task(does=doing.does, tool=doing.tool, origin=origin, blocking=blocking, target=target))


# These hand their findings to a server, whose settings decide.
TELLS_A_SERVER = frozenset(
    {"github/codeql-action/init", "github/codeql-action/analyze", "github/codeql-action/autobuild",
     "github/codeql-action/upload-sarif", "ossf/scorecard-action", "sonar-scanner"}
)  # fmt: skip


def _starts_containers(words: tuple[str, ...]) -> bool:
    return (words[0] == "docker-compose" or words[:2] == ("docker", "compose")) and "up" in words


def _runner(words: tuple[str, ...]) -> str:
    match words:
        case ("python", "-m", module, *_):
            return module
        case ("python", script, *_):
            return posixpath.basename(script)
        case _:
            return words[0]


def _unknown(call: Calls) -> Lost:
    program = call.words[0]
    if is_interpreter(program) and len(call.words) > 1:
        is_inline = call.words[1] in ("-c", "-e", "-")
        named = "inline" if is_inline else next((w for w in call.words[1:] if not w.startswith("-")), "inline")
        module = call.words[2] if call.words[1] == "-m" and len(call.words) > 2 else named
        what = f"`{program} {'-m ' if call.words[1] == '-m' else ''}{module[:60]}`"
        return Lost(what=what, why="a program is not followed", origin=call.origin)
    if is_open(program):
        return Lost(what=f"`{program[:60]}`", why="what it stands for is told elsewhere", origin=call.origin)
    verb = call.words[1] if len(call.words) > 1 and program in FOR and VERB.fullmatch(call.words[1]) else ""
    named = program if PROGRAM.fullmatch(program) else "a command"
    return Lost(
        what=f"`{named} {verb}`" if verb else f"`{named}`",
        why="what this program does is not known here",
        origin=call.origin,
    )
