# shellcheck shell=bash
# peers.sh: the servers that bench measures the service beside (tests/load/peers).  Sourced, not run.

PEERS=$HERE/peers

# With a lock file of their own: nothing but the benchmark installs them.  They want Node 20 or later.
install_peers() {
    local wanted installed=$PEERS/node_modules/.installed
    wanted=$(sha256sum <"$PEERS/package-lock.json")
    [ "$(cat "$installed" 2>/dev/null || true)" != "$wanted" ] || return 0
    say 'Installing fastify and node-postgres into tests/load/peers/node_modules'
    quietly "$PROJECT/build/peers.log" npm --prefix "$PEERS" ci --ignore-scripts
    printf '%s\n' "$wanted" >"$installed"
}

wait_for_answer() { # url, process
    until curl --silent --output /dev/null "$1"; do
        kill -0 "$2" 2>/dev/null || fail "$1 ended by itself: $(cat "$WORK.peer")"
        sleep 0.1
    done
}

start_node() {
    NODE_PORT=$((PORT + 1))
    NODE_ENV=production PORT=$NODE_PORT PGHOST=$WORK PGUSER=thidua_api PGDATABASE=bench node "$PEERS/server.mjs" >"$WORK.peer" 2>&1 &
    peer=$!
    wait_for_answer "http://127.0.0.1:$NODE_PORT/" "$peer"
}

# A process and its children; what they share is counted once.
memory_of_all() { # process
    local process total=0
    # shellcheck disable=SC2046
    for process in "$1" $(cat "/proc/$1/task"/*/children); do
        total=$((total + $(awk '/^Pss:/ {print $2}' "/proc/$process/smaps_rollup")))
    done
    awk -v kB="$total" 'BEGIN {print kB / 1024}'
}

answer_of() { # port, path
    curl --silent --show-error --fail --header "Authorization: Bearer $TOKEN" "http://127.0.0.1:$1$2"
}

# What is compared does the same: the bytes are those of the service, but for the instant of the answer.
check_node() {
    local path
    for path in /v1/submissions/1 /v1/units/kbang-lo-ku '/v1/data?unit=kbang&period=2022'; do
        diff <(answer_of "$PORT" "$path" | sed -E 's/"at" : "[^"]*", "as_of"//') \
            <(answer_of "$NODE_PORT" "$path" | sed -E 's/"at" : "[^"]*", "as_of"//') >"$WORK.answer" ||
            fail "Node answers $path otherwise than the service: $(head -c 600 "$WORK.answer")"
    done
}

build_hello() {
    cc -O2 -Wall -Wextra -Werror "$PEERS/hello.c" -lmicrohttpd -o "$WORK.hello"
}

# Requests per second of the bare libmicrohttpd.
ask_hello() { # entity tag
    local hello rate
    "$WORK.hello" "$((PORT + 2))" "$CLIENTS" &
    hello=$!
    wait_for_answer "http://127.0.0.1:$((PORT + 2))/" "$hello"
    rate=$(ETAG=$1 ask_server "$((PORT + 2))" a submission_get 0)
    kill "$hello"
    wait "$hello" || true
    echo "$rate"
}

# Answers that nothing changed, once the service gives any: they are the cheapest, so what they cost beside nothing at all shows.
compare_unchanged() {
    local etag path=/v1/submissions/1 round ours=() theirs=() free=()
    etag=$(curl --silent --dump-header - --output /dev/null --header "Authorization: Bearer $TOKEN" "http://127.0.0.1:$PORT$path" |
        sed -nE 's/^etag: (.*)\r$/\1/Ip')
    [ "$(curl --silent --output /dev/null --write-out '%{http_code}' --header "Authorization: Bearer $TOKEN" \
        --header "If-None-Match: $etag" "http://127.0.0.1:$PORT$path")" = 304 ] || return 0
    etag='*' # the script asks for many
    build_hello
    for round in $(seq "$ROUNDS"); do
        free+=("$(idle)")
        ours+=("$(ETAG=$etag ask_server "$PORT" a submission_get "$round")")
        theirs+=("$(ask_hello "$etag")")
    done
    print_ratio 'unchanged (304), per s' "$(median_of "${ours[@]}")" hello "$(median_of "${theirs[@]}")" '>= 0.5' "$(median_of "${free[@]}")"
}
