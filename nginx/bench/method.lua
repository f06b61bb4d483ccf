-- The method is the script's only argument.
function init(arguments)
  wrk.method = arguments[1]
end
