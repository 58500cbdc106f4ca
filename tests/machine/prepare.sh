#!/bin/sh
# What the tests need beside Python: Java and Maven, for a real Kafka; a Redis; a RabbitMQ; a PostgreSQL; Node.
# Installed where it may be, else said; the tests that need it then skip, which is a failure where CI is set.
set -eu
missing=""
command -v java >/dev/null || missing="default-jre-headless"
command -v mvn >/dev/null || missing="$missing maven"
command -v redis-server >/dev/null || missing="$missing redis-server"
# Its program may be where only the superuser looks.
[ -d /usr/lib/rabbitmq/lib ] || command -v rabbitmq-server >/dev/null || missing="$missing rabbitmq-server"
# Debian puts it beside the PATH, a folder for each version.
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null || missing="$missing postgresql"
command -v npm >/dev/null || missing="$missing nodejs npm"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing for the tests on real brokers: $missing"
    # No package may start a broker of the machine's own: the tests start theirs.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        trap 'rm -f "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod +x "$policy"
    fi
    apt-get update -qq
    case "$missing" in
        *postgresql*)
            # Nor may one come into being with the package: it is told so before.
            apt-get install -y -qq --no-install-recommends postgresql-common >/dev/null
            mkdir -p /etc/postgresql-common
            echo "create_main_cluster = false" >>/etc/postgresql-common/createcluster.conf
            ;;
    esac
    # shellcheck disable=SC2086 - a word for each package
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    echo "The tests on real brokers are skipped that need what this machine is without: $missing."
fi
