-- bench.lua: the requests of one operation, for wrk.  OPERATION, ROUND, SIDE, TOKEN, BODY and ETAG come by the environment.
local operation, round = os.getenv("OPERATION"), tonumber(os.getenv("ROUND"))
local token, side, etag = os.getenv("TOKEN"), os.getenv("SIDE"), os.getenv("ETAG")
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
    return wrk.format("GET", path, { Authorization = "Bearer " .. token, ["If-None-Match"] = etag })
end

-- A unit and a year that no other request of this run has.
local function create()
    local n = round * 9000 - 9000 + nth + 2 * sent
    local unit, year = math.floor(n / 36) + 1, n % 36 + 2023
    local login = "bench-" .. side .. "-" .. unit
    local headers = { Authorization = "Bearer thidua_" .. login .. ("_"):rep(43 - #login), ["Content-Type"] = "application/json",
        ["Idempotency-Key"] = "attempt-" .. n }
    return wrk.format("POST", "/v1/submissions", headers, (body:gsub("SIDE%-UNIT", side .. "-" .. unit):gsub("YEAR", year)))
end

function request()
    sent = sent + 1
    if operation == "submission_create" then return create() end
    if operation == "submission_get" then return get("/v1/submissions/" .. (sent % 14 + 1)) end
    return get(paths[operation])
end

function response(status, headers, text)
    if status ~= (etag and 304 or operation == "submission_create" and 201 or 200) then
        unexpected = unexpected + 1
        if unexpected == 1 then print("unexpected " .. status .. ": " .. text) end
    end
end
