#!/usr/bin/env bash
# Makes what the commands need, from nothing but git, python3 and a network of package registries:
#   tools        uv, in .tools (one of the system may be absent, or belong to another Python)
#   environment  .venv, exactly as requirements.lock says, hashes checked
#   kernels      the compiled rules and loops of the model
#   browser      Chromium for the browser tests
# Safe to repeat, to interrupt, and to run twice at once; says nothing and takes a moment when all is there.
# Usage: scripts/setup.sh [STEP]...   (none: environment kernels)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

UV_VERSION=0.13.9
export UV_HTTP_TIMEOUT=${UV_HTTP_TIMEOUT:-300} UV_NO_PROGRESS=1
# Trust whom this machine trusts (uv brings an own list, which knows no company's proxy).
[ ! -e /etc/ssl/certs/ca-certificates.crt ] || export UV_SYSTEM_CERTS=1

say() { echo "setup: $*" >&2; }
fail() { say "$@"; exit 1; }

# Print the first Python for which the given statement does not raise.
python_where() {
    local python
    for python in python3.12 python3 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.12*/bin/python3 \
        /usr/local/bin/python3.12 /opt/homebrew/bin/python3.12 /usr/bin/python3; do
        # A shim may exist and yet refuse, hence sys.executable: the program behind it.
        "$python" -c "$1; import sys; print(sys.executable)" 2>/dev/null && return
    done
    return 1
}

can_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

apt_install() {
    say "installing $1 with apt-get"
    (
        export DEBIAN_FRONTEND=noninteractive
        dpkg --configure -a # ends what an interrupted run has left
        apt-get update
        apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$1"
    ) </dev/null >.cache/apt.log 2>&1 || { tail -n 5 .cache/apt.log >&2; return 1; }
}

tools() {
    [ "$(.tools/bin/uv --version 2>/dev/null | cut -d' ' -f2)" = "$UV_VERSION" ] && return
    local able="import ensurepip, venv" python
    python=$(python_where "$able") || { can_apt && apt_install python3-venv && python=$(python_where "$able"); } ||
        fail "no python3 here can make a virtual environment; install python3-venv (or Python 3.12) and try again."
    say "installing uv into .tools"
    rm -rf .tools
    "$python" -m venv .tools
    .tools/bin/python -m pip install -qq --disable-pip-version-check --no-input --only-binary :all: "uv==$UV_VERSION"
}

environment() {
    local lock="" state=.venv/installed-lock python
    lock=$(git hash-object requirements.lock)
    [ "$(cat $state 2>/dev/null)" = "$lock" ] && .venv/bin/python -c "" 2>/dev/null && return
    tools
    # Without the mark of a finished installation, what lies there may be half of one.
    if ! { [ -f $state ] && .venv/bin/python -c "" 2>/dev/null; }; then
        # Without a 3.12 on this machine uv tries to fetch one.
        python=$(python_where "import sys; assert sys.version_info[:2] == (3, 12)") || python=3.12
        rm -rf .venv
        .tools/bin/uv venv --quiet --no-project --python "$python" .venv ||
            fail "found no Python 3.12 and could not fetch one; install it (Debian, Ubuntu, Homebrew: python3.12; or 'pyenv install 3.12') and try again."
    fi
    say "installing the packages of requirements.lock into .venv (the first time about 400 MB to fetch)"
    rm -f $state
    .tools/bin/uv pip sync --quiet --require-hashes --python .venv/bin/python requirements.lock
    echo "$lock" >$state
}

kernels() {
    local state=.cache/warmed sources=""
    sources=$(find agents model requirements.lock -type f \( -name '*.py' -o -name '*.toml' -o -name '*.lock' \) |
        LC_ALL=C sort | git hash-object --stdin-paths | git hash-object --stdin)
    [ "$(cat $state 2>/dev/null)" = "$sources" ] && return
    .venv/bin/python -m model.warm
    echo "$sources" >$state
}

browser() {
    local name
    for name in chromium chromium-browser google-chrome; do
        "$name" --version >/dev/null 2>&1 && return
    done
    can_apt && apt_install chromium && return
    [ "${CI:-}" != true ] || fail "no Chromium, and apt-get could not install it; the browser tests must run in CI."
    say "no Chromium here, and it takes root and apt-get to install it: the browser tests will be skipped."
}

mkdir -p .cache
if command -v flock >/dev/null; then # not on macOS
    exec 9>.cache/setup.lock
    flock 9
fi
[ $# -gt 0 ] || set -- environment kernels
fetching=""
for step in "$@"; do
    if [ "$step" = kernels ] && [[ " $* " == *" browser "* ]]; then
        browser & # beside the compiler, which keeps the processors busy and the network not
        fetching=$!
    fi
    if [ "$step" = browser ] && [ -n "$fetching" ]; then wait "$fetching"; else "$step"; fi
done
