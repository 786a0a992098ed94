"""Jenkinsfiles for a survey, declarative and scripted: a scan for steps, stages, inputs, and what lies elsewhere."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from outpace.pipelines.described import Action, Definition, Described, Script, Step
from outpace.pipelines.events import LookUp, Lost, Origin, text_at
from outpace.pipelines.groovy import Token, tokens
from outpace.pipelines.surveyed import Gate

FILE = re.compile(r"(?:[\w./-]*/)?(?:Jenkinsfile(?:[.-][\w.-]+)?|[\w-]+\.[Jj]enkinsfile)")
SHELLS = frozenset({"sh", "bat", "powershell", "pwsh"})
WAVES = frozenset({"catchError", "warnError"})
MOST_FILES = 20
# Steps and words of the language that run nothing by themselves.
_KNOWN = """
pipeline agent any none label docker dockerfile image args kubernetes yaml yamlFile stages stage steps script post
always success failure unstable unsuccessful fixed regression aborted changed cleanup environment credentials
options triggers parameters when branch tag not allOf anyOf expression equals changeset changeRequest beforeAgent
beforeInput node checkout scm git echo print println junit archiveArtifacts cleanWs deleteDir timeout retry
withCredentials withEnv dir parallel stash unstash catchError warnError error emailext mail slackSend publishHTML
recordIssues recordCoverage cobertura jacoco publishCoverage input message ok submitter if else for while do try
catch finally def return switch case break continue import new throw in readFile writeFile fileExists readJSON
readYaml readProperties readTrusted writeJSON properties buildDiscarder logRotator disableConcurrentBuilds
disableResume skipDefaultCheckout timestamps ansiColor preserveStashes quietPeriod rateLimitBuilds durabilityHint
newContainerPerStage parallelsAlwaysFailFast skipStagesAfterUnstable checkoutToSubdirectory cron pollSCM upstream
githubPush gitlab string text booleanParam choice password file usernamePassword usernameColonPassword
sshUserPrivateKey sshagent configFileProvider configFile withMaven withAnt withGradle tool tools maven jdk gradle
nodejs matrix axes axis values excludes exclude name lock milestone sleep waitUntil isUnix pwd tee wrap xvfb ws
failFast true false null this env params currentBuild scmInfo it String Map List boolean int void Boolean Integer
final static class enum docker.image docker.withRegistry docker.build docker.withServer inside withRun
currentBuild.result githubNotify updateGitlabCommitStatus gitlabCommitStatus notifyBitbucket step hipchatSend
office365ConnectorSend rocketSend telegramSend setBuildStatus addBadge manager toLowerCase trim split replace
contains startsWith endsWith each collect find size get put add join toString format println containsKey isEmpty
collectEntries findAll plus minus unique sort first last as reuseNode registryUrl registryCredentialsId
additionalBuildArgs filename customWorkspace containerTemplate podTemplate container defaultContainer inheritFrom
ansiColor booleanParam throttle throttleJobProperty issueCommentTrigger pipelineTriggers parameterized disabled
copyArtifacts fingerprint dependencyCheckPublisher zip unzip s3Upload archive warnings scanForIssues publishIssues
testResultsAggregator xunit nunit perfReport robot publishChecks gerritReview library libraryResource
"""
KNOWN = frozenset(_KNOWN.split())
ACTIONS = {
    "withSonarQubeEnv": "task SonarQubeEnv", "waitForQualityGate": "task SonarQubeGate",
    "dependencyCheck": "dependency-check/step", "snykSecurity": "snyk/actions/step",
    "aquaMicroscanner": "aquasecurity/trivy-action", "kubernetesDeploy": "task KubernetesDeploy",
    "cloudFoundryDeploy": "deploy/cloudfoundry", "ansiblePlaybook": "dawidd6/action-ansible-playbook",
    "sshPublisher": "appleboy/ssh-action", "openshiftDeploy": "deploy/openshift",
    "pushToCloudFoundry": "deploy/cloudfoundry", "docker.push": "akhilerm/tag-push-action",
}  # fmt: skip


def jenkins_definitions(paths: Sequence[str], look_up: LookUp) -> Iterator[Definition]:
    for path in [path for path in paths if FILE.fullmatch(path)][:MOST_FILES]:
        text = text_at(look_up, path)
        if text is None:
            lost = (Lost(what="a Jenkinsfile", why="it could not be read", origin=Origin(path)),)
            yield Definition(system="Jenkins", file=path, lost=lost)
            continue
        scan = _Scan(path, look_up)
        scan.read(text)
        yield Definition(system="Jenkins", file=path, jobs=scan.jobs(), lost=tuple(scan.lost))


class _Stage:
    """Of one stage, while it is read."""

    def __init__(self, name: str, line: int, depth: int) -> None:
        self.name, self.line, self.depth = name, line, depth
        self.steps: dict[Step, None] = {}
        self.gates: list[Gate] = []

    def described(self, path: str) -> Described:
        origin = Origin(path, self.line)
        return Described(name=self.name, origin=origin, steps=tuple(self.steps), gates=tuple(self.gates))


class _Scan:
    def __init__(self, path: str, look_up: LookUp) -> None:
        self._path = path
        self._look_up = look_up
        self._loaded: set[str] = {path}
        self._all: list[_Stage] = [_Stage("pipeline", 1, 0)]
        self._open: list[_Stage] = [self._all[0]]
        self._directories: list[tuple[int, str]] = []
        self._waves: list[int] = []
        self._defined: set[str] = set()
        self.lost: list[Lost] = []

    def jobs(self) -> tuple[Described, ...]:
        return tuple(
            Described(
                name=each.name, origin=Origin(self._path, each.line), steps=tuple(each.steps), gates=tuple(each.gates)
            )
            for each in self._all
            if each.steps or each.gates or each is not self._all[0] or len(self._all) == 1
        )

    def read(self, text: str) -> None:
        found, is_whole = tokens(text)
        if not is_whole:
            self._lose("a script for Jenkins", "it could not be read to its end", text.count("\n") + 1)
        self._defined |= _definitions(found)
        depth = 0
        for at, token in enumerate(found):
            if token.kind == "sign" and token.text == "{":
                depth += 1
            elif token.kind == "sign" and token.text == "}":
                depth -= 1
                self._closed(depth)
            elif token.kind == "word" and _begins(found, at):
                self._word(found, at, depth)

    def _closed(self, depth: int) -> None:
        while len(self._open) > 1 and self._open[-1].depth >= depth:
            self._open.pop()
        while self._directories and self._directories[-1][0] >= depth:
            self._directories.pop()
        while self._waves and self._waves[-1] >= depth:
            self._waves.pop()

    def _word(self, found: list[Token], at: int, depth: int) -> None:
        token = found[at]
        word = token.text.removeprefix("this.").removeprefix("steps.")
        arguments = _arguments(found, at)
        text = next((each.text for each in arguments if each.kind == "string"), "")
        match word:
            case "stage":
                self._all.append(_Stage(text or "stage", token.line, depth))
                self._open.append(self._all[-1])
            case "input":
                name = self._open[-1].name
                self._open[-1].gates.append(Gate(name=name, sort="input", origin=Origin(self._path, token.line)))
            case "dir":
                self._directories.append((depth, text))
            case "load":
                self._load(text, token.line)
            case "build":
                self._lose("another job of Jenkins" if _is_call(found, at) else "", "it lies elsewhere", token.line)
            case "@Library" | "library":
                self._lose("a shared library", "it lies elsewhere", token.line)
            case _ if word in SHELLS:
                self._shell(arguments, token.line)
            case _:
                self._other(word, found, at, depth)

    def _shell(self, arguments: list[Token], line: int) -> None:
        words = [each.text for each in arguments if each.kind == "word"]
        named = next((at for at, each in enumerate(arguments) if each.text == "script"), None)
        strings = [each for each in arguments[(named or 0) :] if each.kind == "string"]
        if not strings:
            self._lose("what a shell is told", "it is computed", line)
            return
        told = strings[0]
        waved = bool(self._waves) or "returnStatus" in words
        directory = posixpath.normpath("/".join(name for _, name in self._directories) or ".")
        text, first = told.text, told.line
        script = Script(
            text=text.removeprefix("\n"),
            origin=Origin(self._path, first + text.startswith("\n")),
            directory="" if directory.startswith((".", "/")) else directory,
            waved=waved,
        )
        self._open[-1].steps[script] = None

    def _other(self, word: str, found: list[Token], at: int, depth: int) -> None:
        origin = Origin(self._path, found[at].line)
        tail = word.rpartition(".")[2]
        if word in WAVES:
            self._waves.append(depth)
        if word in ACTIONS:
            self._open[-1].steps[Action(name=ACTIONS[word], origin=origin, waved=bool(self._waves))] = None
        elif tail == "push" and _is_call(found, at):
            self._open[-1].steps[Action(name=ACTIONS["docker.push"], origin=origin)] = None
        elif word == "docker.build":
            self._open[-1].steps[Script(text="docker build .", origin=origin)] = None
        elif not _is_call(found, at) or word in KNOWN or tail in KNOWN or word in self._defined or "." in word:
            return
        else:
            self._lose(
                f"the step {word}", "it is of a shared library or a plugin that is not known here", found[at].line
            )

    def _load(self, named: str, line: int) -> None:
        path = posixpath.normpath(named)
        text = None if path.startswith("..") or path in self._loaded else text_at(self._look_up, path)
        if text is None:
            self._lose(f"the script {named or 'that is loaded'}", "it could not be read", line)
            return
        self._loaded.add(path)
        outer, self._path = self._path, path
        self.read(text)
        self._path = outer

    def _lose(self, what: str, why: str, line: int) -> None:
        if what:
            self.lost.append(Lost(what=what, why=why, origin=Origin(self._path, line)))


def _begins(found: list[Token], at: int) -> bool:
    """Whether a statement begins here, or a value that a statement takes."""
    before = found[at - 1] if at else None
    if before is None or before.kind == "line":
        return True
    return (before.kind == "sign" and before.text in "{}();=:>") or before.text in ("return", "else", "->")


def _is_call(found: list[Token], at: int) -> bool:
    """A word is one where arguments or a block follow it, on its own line."""
    after = found[at + 1] if at + 1 < len(found) else None
    return after is not None and (after.kind in ("string", "word") or (after.kind == "sign" and after.text in "({"))


def _arguments(found: list[Token], at: int) -> list[Token]:
    """Until the line or the parenthesis ends."""
    taken: list[Token] = []
    depth = 0
    for token in found[at + 1 : at + 200]:
        if token.kind == "sign" and token.text in "([":
            depth += 1
        elif token.kind == "sign" and token.text in ")]":
            depth -= 1
            if depth <= 0:
                break
        elif (token.kind == "line" and depth == 0) or (token.kind == "sign" and token.text in "{};" and depth == 0):
            break
        taken.append(token)
    return taken


def _definitions(found: list[Token]) -> set[str]:
    """Functions and variables that the file defines itself."""
    return {
        found[at + 1].text.partition(".")[0]
        for at, token in enumerate(found[:-1])
        if token.kind == "word"
        and token.text in ("def", "void", "String", "boolean", "int", "Map", "List")
        and found[at + 1].kind == "word"
    }
