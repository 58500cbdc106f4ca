#!/bin/sh
# What the tests need beside Python: Java and Maven, for a real Kafka. Installed where it may be,
# else said; the tests that need it then skip, which is a failure where CI is set.
set -eu
missing=""
command -v java >/dev/null || missing="default-jre-headless"
command -v mvn >/dev/null || missing="$missing maven"
command -v redis-server >/dev/null || missing="$missing redis-server"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing for the tests on a real Kafka: $missing"
    apt-get update -qq
    # shellcheck disable=SC2086 - a word for each package
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    echo "The tests on a real Kafka are skipped: this machine is without $missing."
fi
