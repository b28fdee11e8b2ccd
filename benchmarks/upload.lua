-- One upload again and again, for wrk: the body is in the file that BODY names, keys and boundary in SECRET and TYPE.
local file = assert(io.open(os.getenv("BODY"), "rb"))
wrk.method = "POST"
wrk.body = file:read("*a")
wrk.headers["Authorization"] = os.getenv("SECRET")
wrk.headers["Content-Type"] = os.getenv("TYPE")
file:close()
