# shellcheck shell=bash
# lib.sh: a PostgreSQL of its own that waits for the disk as in real use, filled with many communes, for a test that kills
# what it talks to.  Sourced, not run; sets `scratch`, and takes down what is in `server` and `helper`.

# shellcheck source=SCRIPTDIR/../../deploy/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../deploy/lib.sh"
unset "${!THIDUA_@}" # the service takes all of them for settings
forget_other_servers

scratch=$(mktemp -d)
server='' helper=''

end() { # signal, process
    if kill -s "$1" "$2" 2>/dev/null; then
        wait "$2" || true
    fi
}

take_everything_down() {
    local status=$?
    trap '' INT TERM HUP
    trap - EXIT
    [ -z "$helper" ] || end TERM "$helper"
    [ -z "$server" ] || end INT "$server"
    rm -rf "$scratch"
    exit "$status"
}

start_postgresql() {
    become "$(postgres_user)" "$POSTGRES/postgres" -D "$scratch/data" -c listen_addresses= \
        -c unix_socket_directories="$scratch" >>"$scratch/log" 2>&1 </dev/null &
    server=$!
    until pg_isready --quiet --host="$scratch" --username=postgres --dbname=postgres; do
        kill -0 "$server" 2>/dev/null || fail "PostgreSQL ended by itself: $(cat "$scratch/log")"
        sleep 0.1
    done
}

stop_postgresql() {
    kill -s INT "$server"
    wait "$server"
    server=''
}

make_world() {
    local superuser="host=$scratch user=postgres" owner="postgresql://thidua_owner@/thidua?host=$scratch"
    mkdir "$scratch/data"
    ! is_root || chown -R "$(postgres_user):" "$scratch"
    make_cluster "$scratch/data" --auth=trust --no-sync >"$scratch/log" 2>&1 || fail "initdb: $(cat "$scratch/log")"
    start_postgresql
    make_owner_role "$superuser dbname=postgres"
    make_database "$superuser dbname=postgres" thidua
    migrate "$owner" >>"$scratch/log" 2>&1 || fail "the migrations failed: $(cat "$scratch/log")"
    load_seeds "$owner"
    sql "$superuser dbname=thidua" --single-transaction --file="$PROJECT/tests/support/many.sql" >>"$scratch/log" 2>&1
    stop_postgresql
}

# Run the part in Python in that world.
run_helper() { # command…
    trap take_everything_down EXIT
    trap 'exit 130' INT TERM HUP
    make_world
    "$@" &
    helper=$!
    wait "$helper"
    helper=''
}
