-- The arguments: the method, and how many origins ask in turn; 1: the one that the headers name.
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
