-- wrk's script: asks the lines of a list (TARGET<tab>COOKIE) in their order, or one address again and again, and says
-- at the end what it saw, as JSON. Argument: the list's file, or "".

local requests, asked = {}, 0

function init(args)
  if args[1] and args[1] ~= "" then
    for line in io.lines(args[1]) do
      local target, cookie = line:match("^([^\t]*)\t?(.*)$")
      if cookie ~= "" then wrk.headers["Cookie"] = cookie else wrk.headers["Cookie"] = nil end
      requests[#requests + 1] = wrk.format("GET", target)
    end
    request = function()
      asked = asked + 1
      return requests[(asked - 1) % #requests + 1]
    end
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %.6f, "bytes": %d, "p50_ms": %.3f, "p99_ms": %.3f, "faults": %d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status))
end

