"""What the actions, orbs and tasks of CI services do, by their names: a table, and which are known to do none of it."""

from __future__ import annotations

import re

from outpace.pipelines.described import Action, name_words
from outpace.pipelines.programs import NOTHING, Doing, Known, Target
from outpace.pipelines.surveyed import Does

TESTS = (
    r"cypress-io/github-action", r"orb cypress-io/cypress/run.*", r"orb circleci/node/(?:test|run)",
    r"orb circleci/python/test",
    r"orb circleci/(?:maven|gradle)/test", r"orb circleci/go/test", r"orb circleci/ruby/(?:rspec-test|minitest-test)",
    r"orb circleci/rust/test",
    r"task (?:VSTest|VisualStudioTestPlatform\w*|XcodeTest)", r"bats-core/.*", r"pavelzw/pytest-action",
    r"matlab-actions/run-tests", r"julia-actions/julia-runtest", r"r-lib/actions/check-r-package",
    r"ansible-community/ansible-test-gh-action",
    r"schemathesis/action", r"microsoft/playwright-github-action", r"browser-actions/.*test",
    r"artiomtr/jest-coverage-report-action",
)  # fmt: skip
SCANS = (
    r"github/codeql-action/(?:analyze|init|autobuild|upload-sarif)", r"actions/dependency-review-action",
    r"aquasecurity/(?:trivy-action|tfsec.*)",
    r"anchore/(?:scan-action|grype)", r"snyk/actions(?:/.*)?", r"orb snyk/.*", r"google/osv-scanner-action(?:/.*)?",
    r"(?:zizmorcore|woodruffw)/zizmor-action",
    r"gitleaks/gitleaks-action", r"zricethezav/gitleaks-action", r"trufflesecurity/trufflehog",
    r"(?:returntocorp|semgrep)/semgrep-action",
    r"(?:pypa|trailofbits)/gh-action-pip-audit", r"pyupio/safety-action", r"ossf/scorecard-action",
    r"bridgecrewio/(?:checkov|yor)-action",
    r"(?:rustsec|actions-rs|actions-rust-lang)/audit(?:-check)?", r"rustsec/audit-check",
    r"embarkstudios/cargo-deny-action", r"golang/govulncheck-action",
    r"securego/gosec", r"sonarsource/.*", r"(?:microsoft|azure)/(?:security-devops-action|container-scan)",
    r"veracode/.*", r"checkmarx/.*", r"pycqa/bandit-action",
    r".*/(?:python-)?bandit(?:-check|-scan|-action)?", r"presidentbeef/brakeman-action", r"fossas/.*",
    r"docker/scout-action", r"zaproxy/action-.*",
    r"gitguardian/ggshield.*", r"deepsourcelabs/.*", r"whitesource.*", r"mend.*", r"vapi-ts/.*",
    r"crazy-max/ghaction-container-scan", r"sysdiglabs/.*", r"lacework/.*",
    r"coverity.*", r"vapier/coverity-scan-action", r"blackducksoftware/.*", r"synopsys-sig/.*",
    r"oss-review-toolkit/.*", r"dependency-check/.*", r"advanced-security/.*",
    (r"gitlab template .*(?:SAST|Dependency-Scanning|Secret-Detection|Container-Scanning|DAST|API-Fuzzing|"
    r"Coverage-Fuzzing|Vulnerab).*"),
    (r"task (?:CredScan|ComponentGovernanceComponentDetection|MicrosoftSecurityDevOps|AdvancedSecurity-\S+|"
    r"dependency-check-build-task|SnykSecurityScan|WhiteSource\w*|"
    r"SonarQube\w*|SonarCloud\w*|Bandit|Semmle|BinSkim|AntiMalware|trivy|Veracode)"),
    r"orb .*(?:snyk|trivy|gitleaks|semgrep|sonar|codeql|detect-secrets).*",
    r"buildkite .*(?:snyk|trivy|semgrep|wiz|grype).*", r"socketdev/action", r"step-security/.*-scan",
    r"vulncheck-oss/.*", r"arnica.*", r"endorlabs/.*",
)  # fmt: skip
LINTS = (
    r"pre-commit/action", r"j178/prek-action", r"psf/black", r"astral-sh/ruff-action", r"chartboost/ruff-action",
    r"isort/isort-action", r"golangci/golangci-lint-action",
    r"reviewdog/.*", r"super-linter/super-linter(?:/.*)?", r"github/super-linter(?:/.*)?", r"oxsecurity/megalinter.*",
    r"ludeeus/action-shellcheck", r"hadolint/hadolint-action",
    r"ibiqlik/action-yamllint", r"davidanson/markdownlint.*", r".*/markdownlint-cli2?-action",
    r"codespell-project/actions-codespell", r"crate-ci/typos", r"crate-ci/committed",
    r"actions-rs/clippy-check", r"wagoid/commitlint-github-action", r"jakebailey/pyright-action",
    r"jpetrucciani/mypy-check", r"amannn/action-semantic-pull-request",
    r"streetsidesoftware/cspell-action", r"terraform-linters/setup-tflint", r"bufbuild/.*",
    r"raven-actions/actionlint", r"rhysd/actionlint", r"autofix-ci/action",
    r"biomejs/setup-biome", r"py-actions/flake8", r"stefanzweifel/git-auto-commit-action",
    r"(?:gaurav-nelson|tcort)/github-action-markdown-link-check", r"fsfe/reuse-action",
    r"editorconfig-checker/.*", r"wearerequired/lint-action", r"creyd/prettier_action",
    r"rojopolis/spellcheck-github-actions", r"helm/chart-testing-action", r"cargo-bins/.*",
    r"dotenv-linter/.*", r"pre-commit-ci/lite-action", r"obi1kenobi/cargo-semver-checks-action",
    r"gitlab template .*Code-Quality.*", r"apache/skywalking-eyes.*",
)  # fmt: skip
PUBLISHES: tuple[tuple[str, Target], ...] = (
    (r"pypa/gh-action-pypi-publish(?:/.*)?", "package index"), (r"rust-lang/crates-io-auth-action", ""),
    (r"js-devtools/npm-publish", "package index"),
    (r"changesets/action", "package index"), (r"cycjimmy/semantic-release-action", "package index"),
    (r"(?:python-semantic-release|relekang)/python-semantic-release", "package index"),
    (r"softprops/action-gh-release", ""), (r"ncipollo/release-action", ""), (r"actions/create-release", ""),
    (r"actions/upload-release-asset", ""),
    (r"goreleaser/goreleaser-action", ""), (r"svenstaro/upload-release-action", ""),
    (r"marvinpinto/action-automatic-releases", ""), (r"googleapis/release-please-action", ""),
    (r"google-github-actions/release-please-action", ""), (r"snapcore/action-publish", "package index"),
    (r"snapcrafters/.*publish.*", "package index"), (r"helm/chart-releaser-action", "registry"),
    (r"docker/bake-action", "registry"), (r"elgohr/publish-docker-github-action", "registry"),
    (r"akhilerm/tag-push-action", "registry"), (r"redhat-actions/push-to-registry", "registry"),
    (r"orb circleci/(?:aws-ecr|docker|gcp-gcr|azure-acr)/.*(?:publish|push).*", "registry"),
    (r"task TwineAuthenticate", "package index"), (r"task NuGetCommand", "package index"),
    (r"mislav/bump-homebrew-formula-action", "package index"),
    (r"dawidd6/action-homebrew-bump-formula", "package index"), (r"vedantmgoyal.*/winget-releaser", "package index"),
    (r"eregon/publish-release", ""),
    (r"travis (?:pypi|npm|rubygems|cargo|hackage|anaconda|snap|packagecloud|bintray|maven)", "package index"),
    (r"travis (?:releases|gitlab)", ""), (r"katyo/publish-crates", "package index"),
    (r"houseabsolute/actions-rust-release", ""), (r"taiki-e/(?:upload-rust-binary|create-gh-release)-action", ""),
    (r"task GitHubRelease", ""), (r"task Npm publish", "package index"),
)  # fmt: skip
PAGES = (
    r"peaceiris/actions-gh-pages", r"actions/deploy-pages", r"jamesives/github-pages-deploy-action",
    r"crazy-max/ghaction-github-pages", r"cloudflare/pages-action",
    r"mhausenblas/mkdocs-deploy-gh-pages", r"ad-m/github-push-action-pages", r"travis (?:pages|surge|netlify)",
    r"peter-evans/dockerhub-description",
)  # fmt: skip
DOCS = (
    r"actions/(?:jekyll-build-pages|configure-pages|upload-pages-artifact)",
    r"ammaraskar/sphinx-action",
    r"readthedocs/actions/preview",
    r"afeld/.*mkdocs.*",
    r"docusaurus.*",
)
DEPLOYS = (
    r"aws-actions/(?:amazon-ecs-deploy-task-definition|aws-cloudformation-github-deploy|aws-lambda-deploy)",
    (r"azure/(?:webapps-deploy|functions-action|k8s-deploy|aks-set-context-deploy|"
    r"container-apps-deploy-action|static-web-apps-deploy|arm-deploy)"),
    r"google-github-actions/deploy-.*", r"akhileshns/heroku-deploy", r"superfly/flyctl-actions(?:/.*)?",
    r"cloud-gov/cg-cli-tools", r"(?:18f|citizenlabdotco|comicrelief)/.*(?:cf|cloud|cg).*",
    r"appleboy/(?:ssh|scp)-action", r"burnett01/rsync-deployments", r"easingthemes/ssh-deploy",
    r"firebaseextended/action-hosting-deploy", r"amondnet/vercel-action", r"cloudflare/wrangler-action",
    r"nwtgck/actions-netlify", r"netlify/actions.*", r"einaregilsson/beanstalk-deploy", r"deliverybot/helm",
    r"dawidd6/action-ansible-playbook", r"jakejarvis/s3-sync-action",
    r"koyeb/.*", r"digitalocean/app_action.*", r"kamal/.*", r"render.*deploy.*", r"hashicorp/tfc-workflows-github/.*",
    r"samkirkland/ftp-deploy-action", r"dokku/github-action", r"argoproj/.*", r"azure/cli-deploy",
    (r"task (?:AzureWebApp\w*|AzureRmWebAppDeployment|AzureFunctionApp\w*|Kubernetes\w*|HelmDeploy|"
    r"AzureContainerApps|AzureAppServiceManage|AzureResourceManagerTemplateDeployment|ServiceFabricDeploy|"
    r"AzureCloudPowerShellDeployment|IISWebAppDeploymentOnMachineGroup|SqlAzureDacpacDeployment|"
    r"AzureStaticWebApp|SSH|CopyFilesOverSSH|AzureVmssDeployment|TerraformTask\w*|TerraformCLI)"),
    (r"orb .*/(?:deploy[\w-]*|update-service|release|push-image-and-deploy|upgrade-helm-chart|"
    r"update-container-image|create-or-update-resource)"),
    (r"orb .*(?:heroku|aws-ecs|aws-eks|kubernetes|gcp-cloud-run|aws-code-deploy|cloudfoundry|"
    r"helm)/(?!setup|install).*"),
    (r"travis (?:heroku|script-deploy|s3|elasticbeanstalk|cloudfoundry|codedeploy|gae|openshift|lambda|"
    r"engineyard|azure_web_apps|firebase|now|cloudfiles|ecs|scalingo|opsworks|hephy)"),
)  # fmt: skip
PLAIN = (
    (r"actions/(?:checkout|setup-[\w-]+|cache(?:/\w+)?|upload-artifact(?:/\w+)?|download-artifact|labeler|"
    r"stale|first-interaction|add-to-project|delete-package-versions|create-github-app-token|attest[\w-]*|"
    r"ai-inference|github-script)"),
    r"docker/(?:setup-[\w-]+|login-action|metadata-action)", r"codecov/(?:codecov|test-results)-action(?:/.*)?",
    r"coverallsapp/github-action", r"astral-sh/setup-uv", r"(?:abatilo|snok|pronovic|gr2m)/.*poetry.*",
    r"pdm-project/setup-pdm",
    r"hynek/setup-cached-uv", r"yezz123/setup-uv", r"pnpm/action-setup", r"volta-cli/action", r"oven-sh/setup-bun",
    r"denoland/setup-deno", r"ruby/setup-ruby", r"dtolnay/rust-toolchain", r"actions-rs/toolchain",
    r"actions-rust-lang/setup-rust-toolchain", r"swatinem/rust-cache", r"taiki-e/install-action",
    r"moonrepo/.*setup.*", r"baptiste0928/cargo-install", r"mozilla-actions/sccache-action", r"mozilla/sccache-action",
    r"conda-incubator/setup-miniconda", r"mamba-org/setup-micromamba",
    r"step-security/harden-runner", r"dorny/(?:paths-filter|test-reporter)", r"tj-actions/changed-files",
    r"styfle/cancel-workflow-action",
    (r"peter-evans/(?:create-pull-request|create-or-update-comment|find-comment|repository-dispatch|"
    r"slash-command-dispatch|close-pull|enable-pull-request-automerge)"),
    r"dependabot/fetch-metadata", r"hmarr/auto-approve-action", r"fastify/github-action-merge-dependabot",
    r"ahmadnassri/action-dependabot-auto-merge", r"pascalgn/(?:automerge|size-label)-action",
    r"alexwilson/enable-github-automerge-action", r"release-drafter/release-drafter(?:/.*)?",
    r"slackapi/slack-github-action", r"8398a7/action-slack", r"rtcamp/action-slack-notify",
    r"sarisia/actions-status-discord", r"tsickert/discord-webhook", r"appleboy/(?:discord|telegram)-action",
    r"ravsamhq/notify-slack-action", r"act10ns/slack", r"getsentry/action-release",
    r"re-actors/(?:alls-green|checkout-python-sdist)",
    (r"aws-actions/(?:configure-aws-credentials|amazon-ecr-login|amazon-ecs-render-task-definition|"
    r"setup-sam|aws-secretsmanager-get-secrets)"),
    r"azure/(?:login|setup-[\w-]+|docker-login|aks-set-context|get-keyvault-secrets)",
    r"google-github-actions/(?:auth|setup-gcloud|get-gke-credentials|get-secretmanager-secrets)",
    r"hashicorp/(?:setup-\w+|vault-action)", r"sigstore/.*", r"anchore/sbom-action(?:/.*)?", r"cyclonedx/.*",
    r"advanced-security/.*sbom.*", r"stefanzweifel/git-auto-commit-action", r"endbug/(?:add-and-commit|label-sync)",
    r"ad-m/github-push-action", r"webfactory/ssh-agent",
    r"crazy-max/ghaction-(?:import-gpg|setup-\w+|github-labeler|dump-context|docker-status)",
    r"eps1lon/actions-label-merge-conflict", r"dessant/.*", r"lee-dohm/no-response", r"tibdex/github-app-token",
    r"mxschmitt/action-tmate", r"lhotari/action-upterm",
    r"jlumbroso/free-disk-space", r"easimon/maximize-build-space", r"insightsengineering/disk-space-reclaimer",
    r"supercharge/(?:redis|mongodb)-github-action", r"ankane/setup-\w+", r"getong/.*", r"harmon758/postgresql-action",
    r"browser-actions/setup-\w+", r"nanasess/setup-\w+", r"cachix/(?:install-nix|cachix)-action",
    r"determinatesystems/.*", r"extractions/setup-just", r"arduino/setup-\w+", r"bufbuild/buf-setup-action",
    r"awalsh128/cache-apt-pkgs-action", r"tecolicom/actions-use-.*", r"seanmiddleditch/gha-setup-\w+", r"ilammy/.*",
    r"msys2/setup-msys2", r"microsoft/setup-msbuild", r"nuget/setup-nuget",
    r"gradle/(?:actions/setup-gradle|wrapper-validation-action)",
    r"graalvm/setup-graalvm", r"shivammathur/setup-php", r"ramsey/composer-install", r"erlef/setup-beam",
    r"subosito/flutter-action", r"dart-lang/setup-dart", r"haskell-actions/setup",
    r"julia-actions/(?:setup-julia|cache)", r"r-lib/actions/setup-.*", r"helm/kind-action", r"medyagh/setup-minikube",
    r"manusa/actions-setup-minikube",
    r"engineerd/setup-kind", r"nolar/setup-k3d-k3s", r"jupyterhub/action-.*",
    r"py-cov-action/python-coverage-comment-action",
    r"mikepenz/(?:action-junit-report|release-changelog-builder-action)",
    r"enricomi/publish-unit-test-result-action(?:/.*)?", r"irongut/codecoveragesummary", r"5monkeys/cobertura-action",
    r"romeovs/lcov-reporter-action", r"marocchino/sticky-pull-request-comment",
    r"thollander/actions-comment-pull-request", r"mshick/add-pr-comment", r"mathieudutour/github-tag-action",
    r"anothrnick/github-tag-action", r"rickstaa/action-create-tag", r"softprops/turnstyle", r"bullfrogsec/bullfrog",
    r".*deployment-status.*", r"madrapps/.*", r"kentaro-m/auto-assign-action", r"toshimaru/auto-author-assign",
    r"actions-ecosystem/.*label.*", r"actions-cool/.*", r"mheap/github-action-required-labels",
    r"zwaldowski/match-label-action", r"bobheadxi/deployments", r"chrnorm/deployment-\w+",
    r"geekyeggo/delete-artifact", r"dawidd6/action-download-artifact",
    r"wow-actions/.*", r"benchmark-action/github-action-benchmark", r"codspeedhq/action", r"relative-ci/.*",
    r"crowdin/github-action", r"hustcer/.*", r"ncipollo/.*label.*", r"andstor/file-existence-action", r"mikefarah/yq",
    r"dcarbone/install-jq-action", r"dieghernan/.*", r"actions/configure-.*", r"docker/build-cloud",
    r"depot/setup-action",
    r"orb codecov/codecov/upload", r"orb coveralls/coveralls/.*",
    (r"orb circleci/(?:python/install-packages|node/(?:install.*)|ruby/install.*|slack/.*|browser-tools/.*|"
    r"aws-cli/.*|gcp-cli/.*|jq/.*|github-cli/.*|docker/(?:install.*|check)|continuation/__none__)"),
    r"orb .*/(?:install[\w-]*|setup[\w-]*|notify[\w-]*)",
    (r"circle (?:checkout|save_cache|restore_cache|store_artifacts|store_test_results|persist_to_workspace|"
    r"attach_workspace|add_ssh_keys|setup_remote_docker|machine)"),
    (r"task (?:UsePythonVersion|NodeTool|UseNode|UseDotNet|UseRubyVersion|GoTool|JavaToolInstaller|Cache|"
    r"PublishTestResults|PublishCodeCoverageResults|PublishBuildArtifacts|PublishPipelineArtifact|"
    r"DownloadBuildArtifacts|DownloadPipelineArtifact|CopyFiles|ArchiveFiles|ExtractFiles|DeleteFiles|"
    r"DownloadSecureFile|AzureKeyVault|PipAuthenticate|NuGetAuthenticate|NuGetToolInstaller|"
    r"npmAuthenticate|CondaEnvironment|DockerInstaller|HelmInstaller|KubectlInstaller|InstallSSHKey|"
    r"InstallAppleCertificate|InstallAppleProvisioningProfile|reportgenerator|GitVersion\S*|"
    r"gitversion/\S+|Delay|checkout|download|publish|getPackage)"),
    (r"buildkite (?:artifacts|cache|ecr|docker-login|junit-annotate|test-collector|ssh-agent|vault-secrets|"
    r"aws-assume-role\S*|gcp-workload-identity\S*|secrets|metahook-none|annotate|golang|docker|"
    r"docker-compose)"),
)  # fmt: skip


def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


KINDS: tuple[tuple[Does, Target, tuple[re.Pattern[str], ...]], ...] = (
    ("scan", "", _compiled(SCANS)),
    ("tests", "", _compiled(TESTS)),
    ("lint", "", _compiled(LINTS)),
    ("docs", "pages", _compiled(PAGES)),
    ("docs", "", _compiled(DOCS)),
    *(("publish", target, _compiled((pattern,))) for pattern, target in PUBLISHES),
    ("deploy", "", _compiled(DEPLOYS)),
)
NOTHING_OF_IT = _compiled(PLAIN)
DRY = "--snapshot"
NOT_AFTER_ALL = (
    "lycheeverse/",
    "peter-evans/dockerhub-description",
    "stefanzweifel/git-auto-commit-action",
    "rust-lang/crates-io-auth-action",
)
BUILD_PUSH = re.compile(
    r"(?:docker|depot|redhat-actions|useblacksmith|int128|mr-smithers-excellent)/(?:build-push-action|"
    r"bake-action|buildah-build|docker-build-push|kaniko-action)",
    re.IGNORECASE,
)
CODECOV = re.compile(r"codecov/codecov-action|orb codecov/codecov/upload|task codecov", re.IGNORECASE)
COVERALLS = re.compile(r"coverallsapp/github-action|orb coveralls/.*", re.IGNORECASE)


def doing_of_action(action: Action) -> Known | None:
    """None where the action is not in the table, and its name does not say that it deploys."""
    name = action.name
    if name.startswith(NOT_AFTER_ALL):
        return NOTHING
    if BUILD_PUSH.fullmatch(name):
        pushes = action.told("push") not in ("", "false") or "push=true" in action.told("outputs")
        return Doing(does="publish", tool=name, target="registry") if pushes else Doing(does="build", tool=name)
    if name.startswith("goreleaser/") and (action.told("install-only") == "true" or DRY in action.told("args")):
        return Doing(does="build", tool=name)
    return _in_table(name) or _by_name(name)


def _in_table(name: str) -> Known | None:
    for does, target, patterns in KINDS:
        if any(pattern.fullmatch(name) for pattern in patterns):
            return Doing(does=does, tool=name, target=target)
    return NOTHING if any(pattern.fullmatch(name) for pattern in NOTHING_OF_IT) else None


def _by_name(name: str) -> Doing | None:
    words = name_words(name.partition("/")[2] or name)
    if not words & {"deploy", "deployment"}:
        return None
    if words & {"pages", "docs"}:
        return Doing(does="docs", tool=name, target="pages")
    return Doing(does="deploy", tool=name)
