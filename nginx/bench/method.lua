-- Sends the same request again and again, or from many origins in turn. The arguments are the method and the number of origins; with 1, the
-- headers of the command line have the origin.
local heads, turn = {}, 0

function init(arguments)
  wrk.method = arguments[1]
  for number = 1, tonumber(arguments[2]) do
    if tonumber(arguments[2]) > 1 then
      wrk.headers["Origin"] = "https://pr-" .. number - 1 .. ".preview.example"
    end
    heads[number] = wrk.format()
  end
end

function request()
  turn = turn % #heads + 1
  return heads[turn]
end
