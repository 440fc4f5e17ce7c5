# shellcheck shell=bash
# lib.sh: what deploy/run, deploy/test and tests/schema/check have in common.  Sourced, not run.

PROJECT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
POSTGRES=/usr/lib/postgresql/15/bin
export LC_ALL=C.UTF-8 # whatever the caller's: texts are UTF-8, and what programs say is what we look for

say() {
    printf '%s\n' "$*"
}

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

is_root() {
    [ "$(id -u)" = 0 ]
}

# Run a long command so that a signal to us ends it, too: bash acts on signals during `wait`, not during a command;
# and in a session of its own, so that all of it can be stopped.
step=''
run_step() { # command…
    local status=0
    setsid "$@" </dev/null &
    step=$!
    wait "$step" || status=$?
    step=''
    return "$status"
}

# The same; its output goes to a log that is shown only when it fails.
quietly() { # log, command…
    local log=$1
    shift
    if ! run_step "$@" >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        fail "'$*' failed; all it said is in $log"
    fi
}

stop_the_step() {
    [ -z "$step" ] || kill -TERM -- "-$step" 2>/dev/null || true
}

# Packages and programs ------------------------------------------------------------------------------------------

# deploy/run and deploy/test may be started together: one at a time in a folder.
alone_in() { # folder (made when missing), command…
    local folder=$1
    shift
    mkdir -p "$folder"
    exec 6>"$folder/lock"
    flock 6
    "$@"
    exec 6>&-
}

install_tools() { # sections of packages.txt
    "$PROJECT/deploy/install-packages" "$@"
    alone_in "$PROJECT/build" install_node_tools
}

# dbmate for the migrations, and what the tests read the contract with.
install_node_tools() {
    local wanted installed=$PROJECT/node_modules/.installed
    wanted=$(sha256sum <"$PROJECT/package-lock.json")
    [ "$(cat "$installed" 2>/dev/null || true)" != "$wanted" ] || return 0
    say "Installing the development tools of package.json into node_modules"
    quietly "$PROJECT/build/npm.log" npm --prefix "$PROJECT" ci
    printf '%s\n' "$wanted" >"$installed"
}

build() { # folder below build/, target, cmake settings…
    alone_in "$PROJECT/build/$1" build_there "$@"
}

build_there() {
    local folder=$PROJECT/build/$1 target=$2
    shift 2
    say "Building $target in ${folder#"$PROJECT"/}"
    quietly "$folder/cmake.log" cmake -S "$PROJECT" -B "$folder" "$@"
    quietly "$folder/make.log" cmake --build "$folder" --target "$target" --parallel "$(nproc)"
}

# PostgreSQL -----------------------------------------------------------------------------------------------------

# PostgreSQL refuses to run as root: for root everything of it runs as the user that Debian's package made.
postgres_user() {
    if is_root; then echo postgres; else id -un; fi
}

# Become that user for good and run the command in our place, with a clean environment and in a session of its own:
# Ctrl-C in the terminal reaches only us, and should we be killed, the kernel stops the command (--pdeathsig).
# For a subshell or with `&`.
become() { # user, command…
    local user=$1
    shift
    if is_root; then
        set -- --reuid="$user" --regid="$(id -g "$user")" --init-groups --inh-caps=-all -- "$@"
    else
        set -- -- "$@"
    fi
    exec env --ignore-environment PATH=/usr/bin:/bin LANG=C.UTF-8 HOME=/nonexistent \
        setsid setpriv --no-new-privs --pdeathsig=TERM "$@"
}

# The superuser is called postgres whoever runs the cluster; Vietnamese order is that of ICU.
make_cluster() { # folder (exists, empty, belongs to postgres_user), more settings of initdb…
    local folder=$1
    shift
    (become "$(postgres_user)" "$POSTGRES/initdb" --pgdata="$folder" --username=postgres --encoding=UTF8 \
        --locale=C.UTF-8 --locale-provider=icu --icu-locale=vi-VN --data-checksums "$@") </dev/null
}

# Settings of the caller's own PostgreSQL must not lead anything here to another server.
forget_other_servers() {
    unset "${!PG@}"
}

# OWNER_PASSWORD: of a server that wants one; the command line is for everybody to see.
sql() { # conninfo, arguments of psql…
    local conninfo=$1
    shift
    PGPASSWORD=${OWNER_PASSWORD-} psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 --dbname="$conninfo" "$@"
}

# Owner of the schema: runs migrations and seeds, may create the service's role, is no superuser.
make_owner_role() { # conninfo of the superuser
    sql "$1" <<'SQL'
select 'create role thidua_owner login createrole'
 where not exists (select from pg_roles where rolname = 'thidua_owner') \gexec
SQL
}

make_database() { # conninfo of the superuser, name
    sql "$1" --set=name="$2" <<'SQL'
select format('create database %I owner thidua_owner', :'name')
 where not exists (select from pg_database where datname = :'name') \gexec
SQL
}

# dbmate keeps the list of what was applied (public.schema_migrations) and a lock; db/schema.sql is db/dump's.
# Its program is called directly: the wrapper in .bin is node, which closes the descriptors that we hand down.
dbmate() { # URL, arguments…
    local url=$1 programs=("$PROJECT"/node_modules/@dbmate/linux-*/bin/dbmate)
    shift
    DATABASE_URL=$url "${programs[0]}" --env-file=/dev/null --no-dump-schema \
        --migrations-dir="$PROJECT/db/migrations" "$@"
}

migrate() { # URL of the owner
    dbmate "$1" migrate
}

# Units, indicators, documents, targets, periods: all or nothing; again changes nothing.
load_seeds() { # conninfo of the owner
    (cd "$PROJECT/db/seeds" && sql "$1" --single-transaction --file=load.sql)
}
