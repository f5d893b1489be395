#!/bin/sh
# What the tests need besides Python: a real IMAP server, LibreOffice, PostgreSQL, strace.
set -eu
wanted=""
need() { # command or file, Debian package
    if ! command -v "$1" >/dev/null 2>&1 && [ ! -e "$1" ]; then
        wanted="$wanted $2"
    fi
}
need /usr/sbin/dovecot dovecot-core
need /usr/lib/dovecot/imap dovecot-imapd
need /usr/lib/dovecot/lmtp dovecot-lmtpd
need soffice libreoffice-calc-nogui
need pdftoppm poppler-utils
need strace strace
[ -n "$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null)" ] || wanted="$wanted postgresql"
[ -z "$wanted" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing$wanted"
    apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >/dev/null
else
    echo "The tests need these packages. Install them with: sudo apt-get install$wanted" >&2
    exit 1
fi
