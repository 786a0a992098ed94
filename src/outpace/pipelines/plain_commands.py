"""Commands that are known to run no tests, to scan, publish and deploy nothing."""

from __future__ import annotations

import re

_PLAIN = """
" : . [ [[ true false echo printf cat less ls ll cd pwd pushd popd dirs mkdir rmdir rm cp mv ln chmod chown chgrp
touch exit return break continue set unset shopt export local declare typeset readonly shift read trap wait sleep
date which whence type hash alias unalias ulimit umask getopts let jobs kill killall pkill pgrep ps top free df du
mount umount id whoami groups hostname uname arch nproc lscpu lsb_release locale localedef locale-gen update-locale
dpkg-reconfigure tzselect useradd usermod userdel deluser delgroup adduser addgroup groupadd passwd visudo chsh
loginctl grep egrep fgrep rg ag sed gsed awk gawk mawk cut sort uniq head tail tr wc tee paste column fold fmt nl
rev tac comm diff cmp patch find fd stat file realpath readlink dirname basename seq yes expr bc test jq yq xq dasel
xmllint xsltproc csplit split envsubst base64 base32 xxd od hexdump md5sum sha1sum sha256sum sha512sum shasum cksum
gpg gpg2 openssl ssh-keyscan ssh-keygen ssh-add age sops tar gzip gunzip bzip2 xz zstd zip unzip 7z 7za cpio ar curl
wget aria2c nc ncat ping dig nslookup host ip ifconfig netstat ss lsof fuser iptables sysctl modprobe apt apt-get
apt-cache apt-key apt-mark aptitude add-apt-repository dpkg dpkg-query debconf-set-selections apk yum dnf microdnf
zypper pacman rpm brew port choco scoop winget snap flatpak pkg pip pip2 pip3 pipx virtualenv venv pip-compile
pip-sync pip-tools ensurepip easy_install corepack sdk rustup rustc gcc g++ clang cc ld nm strip pkg-config ldconfig
ldd objdump install dos2unix unix2dos bower gem node-gyp tailscale systemctl service journalctl supervisorctl
update-rc.d update-alternatives nginx redis-server redis-cli memcached psql createdb dropdb createuser pg_isready
pg_ctl pg_ctlcluster pg_dump pg_restore initdb mysql mysqladmin mysqldump mysqld mariadb sqlite3 mongo mongosh
rabbitmqctl rabbitmq-plugins elasticsearch elasticsearch-plugin opensearch-plugin initctl msgfmt msgmerge msginit
xgettext msgcat msgcmp pybabel gettext tx weblate wlc crowdin optipng convert magick inkscape rsvg-convert ffmpeg
soffice compileall pandoc pdflatex xelatex latexmk fc-cache Xvfb xset tput stty clear reset renice logger dmesg
vmstat iostat ulimit swapon swapoff fallocate mkswap losetup dd sync truncate mktemp mkfifo tree codecov coverage
coveralls codecovcli cc-test-reporter cp-remote cloc tokei scc radon xenon lizard setfacl getfacl setcap restorecon
getent hub wait-on git-lfs mkcert certbot update-ca-certificates uuidgen shuf xdg-open open defaults security
codesign xcrun xcode-select sw_vers hdiutil osascript setx reg cmd chcp dir copy del move xcopy robocopy where
Write-Host Write-Output Set-Item New-Item Remove-Item Copy-Item Get-ChildItem Set-Location Invoke-WebRequest
Expand-Archive Compress-Archive refreshenv vcvarsall circleci-agent setup_remote_docker crontab logrotate man info
cal factor numfmt poetry-dynamic-versioning cyclonedx-py cyclonedx-npm syft cosign sigstore slsa-verifier minisign
in-toto-run rekor-cli attest bumpversion bump2version bump-my-version cz semver git-cliff conventional-changelog
gitchangelog reno scriv blurb uv-dynamic-versioning dunamai setuptools-scm hatch-vcs versioningit act_runner figlet
lolcat neofetch playwright puppeteer webdriver-manager chromedriver geckodriver google-chrome chromium firefox kind
minikube k3d k3s microk8s ctlptl tilt sentry-cli newrelic datadog-ci honeybadger bugsnag-cli slack logdna pnpx
nodeenv openapi-generator openapi-generator-cli swagger-codegen protoc grpc_tools.protoc datamodel-codegen
graphql-codegen relay-compiler licensee pip-licenses license-checker licensed graphviz dot plantuml setup-envtest
controller-gen sqlx diesel dbmate migrate goose flyway liquibase alembic rails-migrate hostnamectl timedatectl
gh-actions-summary gettextize xz-utils sccache ccache mold lld cargo-binstall cargo-hack sourcery pwd.sh
"""
PLAIN = frozenset(_PLAIN.split())
# Programs that do something harmless for these words after them, and are unknown otherwise.
PLAIN_FOR = {
    "git": r"(?!push .*(?:heroku|dokku|production))\S+",
    "gh": r"(?:pr|issue|api|auth|repo|label|cache|run|search|variable|secret|attestation|extension|"
    r"release (?:view|list|download|delete)|"
    r"--version)\b",
    "glab": r"(?:mr|issue|api|auth)\b",
    "npm": r"(?:ci|install|i|add|cache|config|version|set|ls|list|outdated|update|prune|rebuild|link|pack|view|"
    r"info|login|whoami|init|"
    r"install-clean|clean-install|-v|--version|get|root|bin|prefix|dist-tag|uninstall|audit signatures)\b",
    "yarn": r"(?:$|-|install|add|cache|config|version|set|info|list|why|link|global|dedupe|plugin|import|policies|"
    r"remove|--version|up|upgrade|"
    r"workspaces focus)",
    "pnpm": r"(?:install|i|add|config|store|fetch|-v|--version|setup|env|import|list|prune|dedupe|rebuild|update|"
    r"approve-builds|self-update)\b",
    "bun": r"(?:install|i|add|pm|-v|--version|upgrade)\b",
    "cargo": r"(?:\+\S+ )?(?:fetch|metadata|update|generate-lockfile|tree|search|login|vendor|clean|--version|-V|"
    r"new|init|add|binstall|install|"
    r"pkgid|locate-project|version|sqlx|hakari)\b",
    "go": r"(?:mod|get|env|version|list|work|clean|tool cover|install|fmt|generate)\b",
    "rustup": r".*", "bundle": r"(?:$|install|config|update|lock|check|package|cache|info|list|binstubs|--version|-)",
    "gem": r"(?:install|update|list|build|sources|--version|uninstall|env)\b",
    "poetry": r"(?:install|config|self|version|export|lock|env|add|remove|update|show|cache|init|sync|source|"
    r"--version|about|dynamic-versioning|"
    r"shell|search|-V)\b",
    "uv": r"(?:sync|lock|venv|pip|python|tool (?:install|update-shell|upgrade|dir|list)|export|version|add|"
    r"remove|cache|self|tree|init|--version|"
    r"generate-shell-completion|-V)\b",
    "pdm": r"(?:install|sync|config|use|lock|venv|self|export|info|add|update|cache|plugin|fix|init|list|python|"
    r"--version|show|outdated)\b",
    "pipenv": r"(?:install|sync|lock|--venv|--rm|--version|requirements|graph|clean|update|verify|upgrade|uninstall)\b",
    "rye": r"(?:sync|lock|config|fetch|show|--version|install|toolchain|add)\b",
    "hatch": r"(?:env|dep|version|config|shell|--version|project|python|clean)\b",
    "docker": r"(?:compose )?(?:-\S+ \S+ )*(?:login|logout|pull|tag|images|image (?:ls|rm|inspect|prune|tag|save|"
    r"load|pull)|info|version|ps|logs|stop|start|"
    r"restart|down|rm|rmi|kill|save|load|export|import|inspect|network|volume|system|cp|port|top|stats|"
    r"wait|config|context|create|up|"
    r"container|diff|events|history|search|manifest (?:create|annotate|inspect)|builder|buildx (?:create|"
    r"ls|use|rm|inspect|install|prune|"
    r"imagetools inspect|du)|--version|-v|ls|attach|commit|rename|update|pause|unpause|exec -?\w* ?\S+$)\b",
    "docker-compose": r"(?:-\S+ \S+ )*(?:pull|down|ps|logs|stop|start|restart|rm|kill|config|create|version|"
    r"--version|port|top|images|up)\b",
    "podman": r"(?:login|pull|tag|images|info|version|ps|logs|stop|rm|rmi|save|load|inspect|network|volume|machine|"
    r"--version)\b",
    "kubectl": r"(?:-\S+ \S+ )*(?:get|describe|logs|config|version|wait|cluster-info|port-forward|api-resources|auth|"
    r"top|explain|cp|diff|"
    r"rollout (?:status|history)|--version|kustomize|events)\b",
    "helm": r"(?:repo|dependency|dep|package|template|version|plugin|pull|list|status|registry login|show|search|"
    r"get)\b",
    "terraform": r"(?:-\S+ )*(?:init|plan|version|output|show|workspace|providers|get|state list|--version|graph)\b",
    "tofu": r"(?:init|plan|version|output|show|workspace|fmt)\b",
    "aws": r"(?:configure|sts|ecr|s3 (?:ls|cp)|s3api|secretsmanager|ssm get-parameters?|--version|codeartifact|"
    r"ec2 describe\S*|logs|"
    r"cloudwatch|eks update-kubeconfig|ecs (?:describe|wait|list)\S*|iam)\b",
    "gcloud": r"(?:auth|config|components|info|version|--version|projects describe|secrets|"
    r"container clusters get-credentials|artifacts)\b",
    "gsutil": r"(?:ls|cat|version|cp)\b", "az": r"(?:login|account|acr login|--version|version|keyvault|storage)\b",
    "heroku": r"(?:login|container:login|auth|config|logs|maintenance|ps|--version|plugins|run)\b",
    "cf": r"(?:api|auth|target|login|version|apps|app|logs|install-plugin|add-plugin-repo|create-service|"
    r"bind-service|run-task|tasks|env|"
    r"service|services|create-service-key|service-key|set-env|ssh|network-policies)\b",
    "flyctl": r"(?:auth|version|status|config|secrets)\b",
    "composer": r"(?:install|update|require|config|dump-autoload|self-update|global|show|"
    r"clear-cache|diagnose|normalize|--version)\b",
    "dotnet": r"(?:tool|restore|--version|--info|nuget add|new|sln|clean)\b",
    "mix": r"(?:deps\.get|local\.\w+|compile|ecto\.\w+|deps\.compile|hex\.info)\b",
    "buildkite-agent": r"(?:artifact|annotate|meta-data|step|env|lock|redactor|oidc)\b",
    "circleci": r"(?:step|tests (?:glob|split)|--version)\b",
    "django-admin": r"(?:migrate|makemigrations|collectstatic|check|compilemessages|makemessages|startproject|startapp|"
    r"version|--version)\b",
    "flask": r"(?:db|run|routes|--version|translate)\b", "tox": r"--version|-l|list|config|devenv",
    "nox": r"--version|-l|--list",
    "make": r"(?:--version|-v)\b", "node": r"(?:-v|--version)\b", "ruby": r"(?:-v|--version)\b",
    "php": r"(?:-v|--version|artisan (?:migrate|key:generate))\b",
    "java": r"-?-version\b", "perl": r"-v|-[pn]i?e\b|-[pi0-9]+e?\b",
    "nix": r"(?:--version|flake (?:lock|update|show|metadata)|profile|registry|store|eval|shell --help)\b",
    "nix-env": r".*", "nix-channel": r".*", "twine": r"--version", "semantic-release": r".*--(?:noop|print)",
    "changeset": r"(?:status|version)\b",
    "pre-commit": r"(?:install|autoupdate|gc|clean|install-hooks|--version|hook \S+)",
    "prek": r"(?:install|autoupdate|update|cache|--version|hook)\b",
    "cypress": r"(?:install|verify|cache|version|info)\b", "pwsh": r"-Version", "rails": r"(?:db|assets):\S+",
    "rake": r"(?:db|assets):\S+", "zstyle": r".*", "sam": r"(?:validate|--version)",
    "cdk": r"(?:synth|diff|ls|--version)", "sls": r"(?:package|print)",
    "serverless": r"(?:package|print|plugin)", "pulumi": r"(?:login|preview|stack|plugin|config)\b",
    "ansible-galaxy": r".*", "ansible": r"--version", "firebase": r"(?:emulators|use|projects)",
    "netlify": r"(?:status|link|--version)", "vercel": r"(?:pull|build|--version|link|env)\b", "npx": r"--version",
    "snyk": r"auth", "apm": r".*",
    "spack": r"(?:install|env|load|find|compiler)\b", "maturin": r"(?:develop|sdist|build)\b",
    "snapcraft": r"(?:login|whoami|--version|clean)",
}  # fmt: skip
VERSIONED = ("conda", "mamba", "micromamba", "mise", "asdf", "pyenv", "rbenv", "nvm", "volta", "rvm", "fnm")
FOR = {
    **{program: re.compile(pattern) for program, pattern in PLAIN_FOR.items()},
    **dict.fromkeys(VERSIONED, re.compile(r"(?!run\b|exec\b|x\b)")),
}
ASKS = frozenset({"--version", "--help", "-V", "-h", "version"})


def is_plain(words: tuple[str, ...]) -> bool:
    if not words:
        return True
    program = words[0].rpartition("/")[2] or words[0]
    program = program.removesuffix(".exe").removesuffix(".cmd")
    if len(words) == 2 and words[1] in ASKS:
        return True
    if program == "find":
        return not {"-exec", "-execdir"} & set(words) or is_plain(_executed(words))
    if program == "test" and len(words) < 2:
        return False
    if program in PLAIN or program.startswith("#") or program.isdigit():
        return True
    found = FOR.get(program)
    return found is not None and found.match(" ".join(words[1:])[:1_000]) is not None


def _executed(words: tuple[str, ...]) -> tuple[str, ...]:
    at = next(at for at, word in enumerate(words) if word in ("-exec", "-execdir"))
    return words[at + 1 :]
