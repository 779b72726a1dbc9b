-- Body size in bytes: wrk ... -s bench/post.lua URL -- 1024
init = function(args)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.body = string.rep("x", tonumber(args[1] or 1024))
end
