-- Sends requests of browsers, of other origins and hostile ones in turn, and checks the status and the allowed origin of every response.
--
-- wrk does not say which request a response is for. So the server repeats the path in X-Case, which names the case.

local APP, EVIL = "https://app.example", "https://evil.example"
local thread_list = {}

local function preflight(origin, method, headers)
  return { ["Origin"] = origin, ["Access-Control-Request-Method"] = method, ["Access-Control-Request-Headers"] = headers }
end

-- path, method, headers, status, Access-Control-Allow-Origin
local cases = {
  { "/1", "GET", {}, 200, nil },
  { "/2", "GET", { ["Origin"] = APP }, 200, APP },
  { "/3", "GET", { ["Origin"] = EVIL }, 200, nil },
  { "/4", "GET", { ["Origin"] = "https://a.b.preview.example" }, 200, "https://a.b.preview.example" },
  { "/5", "OPTIONS", preflight(APP, "PUT", "authorization,content-type"), 204, APP },
  { "/6", "OPTIONS", preflight(EVIL, "PUT", "authorization"), 403, nil },
  { "/7", "OPTIONS", preflight(APP, "PATCH", ""), 204, APP },
  { "/8", "OPTIONS", preflight(APP, "PUT", string.rep("a,", 3900)), 204, APP },
  { "/9", "OPTIONS", preflight(APP, "PUT", string.rep(",", 7800)), 403, APP },
  { "/10", "OPTIONS", preflight(APP, "PUT", string.rep("authorization,", 500)), 403, APP },
  { "/11", "GET", { ["Origin"] = "https://" .. string.rep("a.", 3500) .. "preview.example" }, 200, nil },
  { "/12", "GET", { ["Origin"] = "a\27[31m\127\255" }, 200, nil },
  { "/13", "OPTIONS", { ["Origin"] = APP }, 200, APP },
  { "/14", "OPTIONS", preflight("https://app.example.evil.example", "P\1T", "\1"), 403, nil },
}

function setup(thread)
  table.insert(thread_list, thread)
end

-- The counters of this thread: requests, wrong responses and right ones; and the first wrong response.
asked, wrong, right, first = 0, 0, 0, ""

function init()
  requests = {}
  expected = {}
  for place, case in ipairs(cases) do
    requests[place] = wrk.format(case[2], case[1], case[3])
    expected[tostring(place)] = case
  end
end

function request()
  asked = asked + 1
  return requests[asked % #requests + 1]
end

-- Every response has X-Case.
function response(status, headers, body)
  local case = expected[headers["X-Case"] or ""]
  if case and status == case[4] and headers["Access-Control-Allow-Origin"] == case[5] and headers["Vary"] then
    right = right + 1
  else
    wrong = wrong + 1
    if first == "" then
      first = string.format("case %s: status %d, origin %s", headers["X-Case"] or "?", status, headers["Access-Control-Allow-Origin"] or "none")
    end
  end
end

function done(summary, latency, rates)
  local all = { right = 0, wrong = 0, first = "" }
  for _, thread in ipairs(thread_list) do
    all.right = all.right + thread:get("right")
    all.wrong = all.wrong + thread:get("wrong")
    if all.first == "" then all.first = thread:get("first") end
  end
  local e = summary.errors
  io.write(string.format('\nRESULT {"right": %d, "wrong": %d, "first": "%s", "connect": %d, "read": %d, "write": %d, "timeout": %d, "requests": %d}\n',
    all.right, all.wrong, all.first, e.connect, e.read, e.write, e.timeout, summary.requests))
end
