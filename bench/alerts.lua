-- Posts alerts to Alertmanager or to tocsin: wrk -s bench/alerts.lua URL -- alertmanager|tocsin ALERTS_A_BODY
-- The alerts are the same for both, in 64 different bodies that take turns; each side gets them in its own form.
local bodies = {}
local next_body = 0
local kBodies = 64

local function alert(body, number, form)
  local labels = string.format(
    '{"alertname":"HighLatency%d","namespace":"shop","service":"cart-%d","instance":"10.0.%d.%d:8080","severity":"warning"}',
    number % 7, body, body, number)
  local about = '"annotations":{"summary":"Requests to the cart take long.","runbook_url":"https://runbooks.example.org/latency"},' ..
    '"generatorURL":"http://prometheus.example.org:9090/graph?g0.expr=latency_seconds+%3E+1&g0.tab=1"'
  if form == "alertmanager" then
    return string.format('{"labels":%s,"startsAt":"2026-01-02T03:04:05.678Z","endsAt":"2036-01-02T03:04:05.678Z",%s}', labels, about)
  end
  return string.format(
    '{"status":"firing","labels":%s,"startsAt":"2026-01-02T03:04:05.678Z","endsAt":"0001-01-01T00:00:00Z",%s,"fingerprint":"%08x%08x"}',
    labels, about, body, number)
end

local function body(number, size, form)
  local alerts = {}
  for i = 1, size do alerts[i] = alert(number, i, form) end
  local list = "[" .. table.concat(alerts, ",") .. "]"
  if form == "alertmanager" then return list end
  return string.format(
    '{"version":"4","groupKey":"{}:{service=\\"cart-%d\\"}","truncatedAlerts":0,"status":"firing","receiver":"tocsin",' ..
    '"groupLabels":{},"commonLabels":{},"commonAnnotations":{},"externalURL":"http://alertmanager.example.org:9093","alerts":%s}',
    number, list)
end

init = function(args)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  for i = 1, kBodies do bodies[i] = wrk.format(nil, nil, nil, body(i, tonumber(args[2]), args[1])) end
end

request = function()
  next_body = next_body % kBodies + 1
  return bodies[next_body]
end

-- One line for bench/run.sh: how many requests a second were answered with success, and how many were not.
done = function(summary, latency, requests)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("RATE %.1f FAILED %d P99_MS %.2f\n", (summary.requests - summary.errors.status) * 1e6 / summary.duration,
    failed, latency:percentile(99) / 1000))
end
