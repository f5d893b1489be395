#!/bin/sh
# Make the virtual environment. Debian ships venv in a package of its own, so a bare machine may lack it.
set -eu
python="$1"
venv="$2"
if [ -x "$venv/bin/python" ]; then
    exit 0
fi
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
    else
        echo "Python cannot make virtual environments here. Install it with: sudo apt-get install python3-venv" >&2
        exit 1
    fi
fi
"$python" -m venv "$venv"
# Dependency groups need pip 25.1 or newer.
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
