# demo.jq: from the tables in db/seeds/demo to what deploy/demo asks of the service.  Included by it.

# CSV without quotes, with a header row: an array of objects.
def table($name):
    split("\n") | map(select(. != "") | split(",")) | .[0] as $header
    | .[1:] | map(if length == ($header | length) then . else error("\($name): \(join(","))") end
                  | [$header, .] | transpose | map({(.[0]): .[1]}) | add);

# Requests -------------------------------------------------------------------------------------------------------

def get($path; $token): {method: "GET", $path, $token};
def post($path; $token; $body): {method: "POST", $path, $token, $body};
def patch($path; $token; $body; $etag): {method: "PATCH", $path, $token, $body, if_match: $etag};

def part($which; $parts): .[length * $which / $parts | floor:length * ($which + 1) / $parts | floor];

# A configuration for curl: one connection for all of them; after each answer its status and headers.
# A JSON string is also one of curl's, as long as nothing is escaped that curl does not know.
def curl_config($url):
    def header($name): "header = \("\($name): \(.)" | tojson)";
    to_entries | map(.value + {key: "\($ENV.ATTEMPT)-\(.key)"}) | map(["url = \($url + .path | tojson)",
         "request = \(.method)",
         ("application/json" | header("Content-Type")),
         (.token | values | "Bearer \(.)" | header("Authorization")),
         (.if_match | values | header("If-Match")),
         (.key | values | header("Idempotency-Key")),
         (.body | values | "data-raw = \(tojson | tojson)"),
         "write-out = \("{\"status\": \"%{http_code}\", \"headers\": %{header_json}}" | tojson)",
         "noproxy = \"*\"", "max-time = 60", "silent", "show-error"] | join("\n"))
    | select(length > 0) | join("\nnext\n") | "fail-early\n" + .;

# Each request with its answer, from what curl wrote.
def with_answers($requests):
    . as $said
    | [range($requests | length)
       | $requests[.] + {answer: $said[2 * .]} + ($said[2 * . + 1] | {status, etag: .headers.etag[0]})];

# What an interrupted run has done already is no failure.
def is_done: .path != "/v1/accounts" and (.answer.code | IN("already-exists", "locked"));

def is_refused: (.status | startswith("2") | not) and (is_done | not);

# Accounts -------------------------------------------------------------------------------------------------------

def scopes_of_role:
    {VILLAGE_HEAD: ["data:write"], OFFICE_STAT_OFFICER: ["data:write"], CULTURE_INFO_OFFICER: ["data:write"], COMMUNE_LEADER: ["workflow"],
     DISTRICT_HOME_AFFAIRS: ["workflow", "catalog:write"], DISTRICT_LEADER: ["workflow"], ADMIN: ["accounts:write"]}[.] // [];

def token_body:
    {name: "deploy/demo", scopes: (["data:read"] + (.roles | map(scopes_of_role) | add) | unique), expires_in_days: 366};

def accounts($passwords):
    [table("accounts.csv"), $passwords] | transpose
    | map(.[1] as $password | .[0] | .password = $password | .roles |= split("; "));

def roles_of: [{role: .roles[], unit}];

def is_known($answers): .login | IN($answers[0].answer.items[].login);

# From the list of accounts: requests for the missing ones; requests for those that are there.
def new_accounts($people):
    . as $answers
    | [$people[] | select(is_known($answers) | not)
       | post("/v1/accounts"; $answers[0].token; {login, name: "\(.name) (giả định)", password, roles: roles_of})];

def old_accounts($people):
    . as $answers | [$people[] | select(is_known($answers)) | get("/v1/accounts/\(.login)"; $answers[0].token)];

def new_passwords($people):
    map(. as $old | first($people[] | select(.login == $old.answer.login))
        | patch($old.path; $old.token; {password, roles: roles_of}; $old.etag));

def token_of($accounts; $role; $unit):
    first($accounts[] | select(.unit == $unit and any(.roles[]; . == $role))).token;

# Figures --------------------------------------------------------------------------------------------------------

def decimals: (split(".")[1] // "") | length;

# How much of the year's figure is reached by the end of a month, in units of its last decimal.
def reached($year; $course; $month):
    ($year | tonumber) * pow(10; $year | decimals) | round
    | . * ($course["0\($month)"[-2:]] // "0" | tonumber) / 100 + 0.5 | floor;

def in_months($year; $course; $from; $to):
    reached($year; $course; $to) - (if $course.measure == "flow" then reached($year; $course; $from - 1) else 0 end)
    | . / pow(10; $year | decimals) | tostring;

# First and last month of a period within its year.
def months:
    (.[-1:] | tonumber) as $nth
    | if .[5:6] == "H" then [6 * $nth - 5, 6 * $nth]
      elif .[5:6] == "Q" then [3 * $nth - 2, 3 * $nth]
      else [.[5:] | tonumber | ., .] end;

# What the tables say of a unit for a period: "9012.6", "13/19", "true", "not_collected", "".
def figure($tables; $unit; $period; $indicator):
    $tables.years[$period[:4]][$indicator][$unit] as $year
    | if ($period | length) == 4 or ($year | test("^[0-9.]+$") | not) then $year
      else ($period | months) as [$from, $to] | in_months($year; $tables.course[$indicator]; $from; $to) end;

def value($entry; $text):
    if $text | IN("not_available", "not_collected", "not_applicable", "confidential") then {missing_reason: $text}
    elif $entry.entry == "pair" then $text / "/" | {numerator: .[0], denominator: .[1]}
    elif $entry.value_type == "boolean" then {value: ($text == "true")}
    else {value: $text} end;

def sent_value($tables; $period; $entry; $text):
    {indicator: $entry.indicator, status: ($tables.years[$period][$entry.indicator].status // "PROVISIONAL")}
    + value($entry; $text);

# Reports --------------------------------------------------------------------------------------------------------

def form_of_period: if length == 4 then "ktxh-nam" else {H: "ktxh-6-thang", Q: "ktxh-quy"}[.[5:6]] // "ktxh-thang" end;

def steps_to:
    {draft: [], submitted: ["submit"], withdrawn: ["submit", "withdraw"], returned: ["submit", "return"],
     accepted: ["submit", "accept"], corrected: ["submit", "return", "correct", "submit", "accept"]}[.];

def tables:
    {years: (.years | map_values(table("year") | map({(.indicator): .}) | add)),
     course: (.course | table("course.csv") | map({(.indicator): .}) | add),
     returns: (.returns | table("returns.csv") | map({("\(.unit) \(.period)"): .}) | add),
     forms};

# One report: what is sent first, what is corrected after it came back, and the steps.
def report($tables; $unit; $period; $steps):
    $tables.returns["\($unit) \($period)"] as $return
    | [$tables.forms[$period | form_of_period].indicators[]
       | figure($tables; $unit; $period; .indicator) as $right | select($right != "")
       | (if .indicator == $return.indicator then $return.first else $right end) as $first
       | {first: sent_value($tables; $period; .; $first), right: sent_value($tables; $period; .; $right)}]
    | {$unit, $period, form: ($period | form_of_period), $steps, reason: $return.reason,
       values: map(.first), corrections: map(select(.first != .right) | .right)};

# Column by column: period after period.
def reports($tables):
    table("reports.csv") as $rows
    | [($rows[0] | keys_unsorted | .[1:][]) as $period | $rows[] | select(.[$period] != "")
       | report($tables; .unit; $period; .[$period] | steps_to)];

def report_body:
    {form, unit, period, values, note: "Số liệu giả định để trình diễn, không phải số liệu thật."};

def step_request($step; $path; $accounts; $etag):
    if $step == "correct" then patch($path; token_of($accounts; "OFFICE_STAT_OFFICER"; .unit); {values: .corrections}; $etag)
    else post("\($path)/actions";
              if $step | IN("accept", "return") then token_of($accounts; "DISTRICT_HOME_AFFAIRS"; "kbang")
              else token_of($accounts; "COMMUNE_LEADER"; .unit) end;
              {action: $step} + if $step == "return" then {reason} else {} end)
         + {if_match: $etag} end;

# What is left to do of a report.  Its ETag says its number and its version, and each step makes that one more.
def steps($accounts):
    . as $report | (.etag | capture("(?<id>[0-9]+)-(?<version>[0-9]+)") | map_values(tonumber)) as {$id, $version}
    | range($version; $report.steps | length + 1) as $at
    | $report | step_request(.steps[$at - 1]; "/v1/submissions/\($id)"; $accounts; "\"\($id)-\($at)\"");
