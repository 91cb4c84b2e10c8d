-- Sends the requests of a file, one line each (method, target, body; tabs between), by chance.
-- wrk -s load.lua URL -- FILE
local requests = {}

function init(arguments)
  local headers = { ["Content-Type"] = "application/fhir+json" }
  for line in io.lines(arguments[1]) do
    local method, target, body = line:match("^(%S+)\t(%S+)\t(.*)$")
    requests[#requests + 1] = wrk.format(method, target, headers, body ~= "" and body or nil)
  end
  math.randomseed(3447)
end

function request()
  return requests[math.random(#requests)]
end
