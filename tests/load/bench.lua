-- bench.lua: the requests of one operation, for wrk.  OPERATION, ROUND, TOKEN and BODY come by the environment.
local operation, round = os.getenv("OPERATION"), tonumber(os.getenv("ROUND"))
local token = os.getenv("TOKEN")
local threads = {}

function setup(thread)
    thread:set("nth", #threads)
    table.insert(threads, thread)
end

function init()
    local file = io.open(os.getenv("BODY"))
    body = file:read("*l")
    file:close()
    sent, unexpected = 0, 0
end

local paths = {
    submission_list = "/v1/submissions?period=2022",
    data_get = "/v1/data?unit=kbang&period=2022",
    unit_get = "/v1/units/kbang-lo-ku",
}

local function get(path)
    return wrk.format("GET", path, { Authorization = "Bearer " .. token })
end

-- A unit and a year that no other request of this run has.
local function create()
    local n = round * 9000 - 9000 + nth + 2 * sent
    local unit, year = math.floor(n / 36) + 1, n % 36 + 2023
    local login = "bench-a-" .. unit
    local headers = { Authorization = "Bearer thidua_" .. login .. ("_"):rep(43 - #login), ["Content-Type"] = "application/json",
        ["Idempotency-Key"] = "attempt-" .. n }
    return wrk.format("POST", "/v1/submissions", headers, (body:gsub("SIDE%-UNIT", "a-" .. unit):gsub("YEAR", year)))
end

function request()
    sent = sent + 1
    if operation == "submission_create" then return create() end
    if operation == "submission_get" then return get("/v1/submissions/" .. (sent % 14 + 1)) end
    return get(paths[operation])
end

function response(status, headers, text)
    if status ~= 200 and status ~= 201 then
        unexpected = unexpected + 1
        if unexpected == 1 then print("unexpected " .. status .. ": " .. text) end
    end
end
