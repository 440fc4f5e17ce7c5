# shellcheck shell=bash
# lib.sh: a PostgreSQL that keeps what it acknowledges, filled by bench.sql, and a release build of the service before it,
# for what is measured here.  Sourced, not run.

# shellcheck source=SCRIPTDIR/../../deploy/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../deploy/lib.sh"

HERE=$PROJECT/tests/load
CLIENTS=4
WORK='' server='' service='' peer=''

prepare() { # sections of packages.txt
    install_tools "$@"
    build bench thidua-api -DCMAKE_BUILD_TYPE=Release
    prepare_postgresql
    fill_database
    start_service
}

prepare_postgresql() {
    WORK=$(mktemp -d /tmp/thidua-bench.XXXXXX)
    trap stop_all EXIT
    forget_other_servers
    start_postgresql
    make_owner_role "host=$WORK user=postgres dbname=postgres"
}

start_postgresql() {
    mkdir "$WORK/data"
    ! is_root || chown -R "$(postgres_user):" "$WORK"
    make_cluster "$WORK/data" --auth=trust >"$WORK.log"
    become "$(postgres_user)" "$POSTGRES/postgres" -D "$WORK/data" -c listen_addresses= \
        -c unix_socket_directories="$WORK" -c shared_buffers=256MB -c jit=off -c max_wal_size=1GB >>"$WORK.log" 2>&1 </dev/null &
    server=$!
    until pg_isready --quiet --host="$WORK" --username=postgres --dbname=postgres; do
        kill -0 "$server" 2>/dev/null || fail "PostgreSQL ended by itself; see $WORK.log"
        sleep 0.1
    done
}

fill_database() {
    local superuser="host=$WORK user=postgres"
    make_database "$superuser dbname=postgres" bench
    migrate "postgresql://thidua_owner@/bench?host=$WORK" >>"$WORK.log" 2>&1
    load_seeds "host=$WORK user=thidua_owner dbname=bench"
    sql "$superuser dbname=bench" --single-transaction --file="$HERE/bench.sql"
    sql "$superuser dbname=bench" --command='vacuum analyze'
}

start_service() {
    PORT=$((20000 + $$ % 20000))
    THIDUA_LISTEN=127.0.0.1:$PORT THIDUA_DATABASE="host=$WORK dbname=bench" THIDUA_WORKERS=$CLIENTS THIDUA_LOG_LEVEL=warning THIDUA_IMPORT_ASYNC_BYTES=100000000 THIDUA_SIGNING_KEY_FILE=$WORK.key \
        "$PROJECT/build/bench/thidua-api" >"$WORK.api" 2>&1 &
    service=$!
    until curl --fail --silent --output /dev/null "http://127.0.0.1:$PORT/health/ready"; do
        kill -0 "$service" 2>/dev/null || fail "the service ended by itself: $(cat "$WORK.api")"
        sleep 0.1
    done
}

stop_servers() {
    [ -z "$service" ] || kill "$service" 2>/dev/null || true
    [ -z "$peer" ] || kill "$peer" 2>/dev/null || true
    [ -z "$server" ] || kill -s INT "$server" 2>/dev/null || true
    wait
    service='' server='' peer=''
}

stop_all() {
    local status=$?
    stop_servers
    [ -z "$WORK" ] || rm -rf "$WORK" "$WORK".{log,api,key,pgbench,csv,answer,peer,hello,scale}*
    exit "$status"
}

# Memory of the service, kB: VmRSS now, VmHWM at most since that was forgotten.
memory_of() { # VmRSS or VmHWM
    awk -v what="$1:" '$1 == what {print $2}' "/proc/$service/status"
}

forget_highest() {
    echo 5 >"/proc/$service/clear_refs"
}

# How idle all processors are while nothing of ours is at work, in percent: what others leave us.
idle() {
    local before after
    before=$(head -n 1 /proc/stat)
    sleep 1
    after=$(head -n 1 /proc/stat)
    awk '{total = 0; for (i = 2; i <= 9; i++) total += $i; idle = $5 + $6}
         NR == 1 {total0 = total; idle0 = idle} NR == 2 {printf "%.0f\n", 100 * (idle - idle0) / (total - total0)}' <<<"$before
$after"
}

# A ratio of two medians beside its goal, as a row of Markdown.
table() {
    printf '| %-34s | %11s | %-20s | %6s | %-7s | %-7s | %6s |\n' measured ours beside ratio goal reached 'idle %'
    printf '|%s\n' '------------------------------------|-------------|----------------------|--------|---------|---------|--------|'
}

print_ratio() { # name, ours, name of the other, theirs, goal ('>= 2', '<= 0.2' or ''), idle %
    awk -v name="$1" -v o="$2" -v other="$3" -v t="$4" -v goal="$5" -v idle="$6" 'BEGIN {
        split(goal, g); ratio = o / t
        reached = goal == "" ? "" : (g[1] == ">=" ? ratio >= g[2] : ratio <= g[2]) ? "yes" : "**no**"
        digits = o < 10 ? 2 : o < 100 ? 1 : 0
        printf "| %-34s | %11.*f | %-20s | %6.2f | %-7s | %-7s | %6s |\n", name, digits, o, other sprintf(" %.*f", digits, t), ratio, goal, reached, idle}'
}

median() {
    sort -g | awk '{v[NR] = $1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'
}

median_of() { # numbers…
    printf '%s\n' "$@" | median
}
