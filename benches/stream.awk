# Writes k6 points the way k6 1.x does: 16 points a request, about 262 bytes a line as NDJSON.
# Variables: bytes (how much to write), format (ndjson or csv). The same input gives the same bytes.

function point(metric, value, tags, extra) {
    if (format == "csv") {
        line = metric "," int(at) "," sprintf("%.6f", value) "," columns[category] extra "\n"
    } else {
        line = "{\"metric\":\"" metric "\",\"type\":\"Point\",\"data\":{\"time\":\"" time "\",\"value\":" value ",\"tags\":{" tags "}}}\n"
    }
    written += length(line)
    printf "%s", line
}

function declare(metric, type, contains) {
    if (format != "csv")
        printf "{\"type\":\"Metric\",\"data\":{\"name\":\"%s\",\"type\":\"%s\",\"contains\":\"%s\",\"thresholds\":[],\"submetrics\":null},\"metric\":\"%s\"}\n", metric, type, contains, metric
}

function ms(scale) { return sprintf("%.6f", -log(1 - rand()) * scale + 0.05) + 0 }

BEGIN {
    OFMT = CONVFMT = "%.9g"
    srand(7)
    split("read write complex", categories, " ")
    for (i = 1; i <= 3; i++) {
        c = categories[i]
        url = "http://svc/" c
        other[c] = "\"category\":\"" c "\",\"group\":\"\",\"scenario\":\"" c "\""
        request[c] = "\"category\":\"" c "\",\"expected_response\":\"true\",\"group\":\"\",\"method\":\"GET\",\"name\":\"" url "\",\"proto\":\"HTTP/1.1\",\"scenario\":\"" c "\",\"status\":\"200\",\"url\":\"" url "\""
        columns[c] = ",,,true,,GET," url ",HTTP/1.1," c ",,200,,," url ","
        extra[c] = "category=" c ","
    }
    if (format == "csv")
        print "metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,method,name,proto,scenario,service,status,subproto,tls_version,url,extra_tags,metadata"
    n = split("http_reqs http_req_duration http_req_blocked http_req_connecting http_req_tls_handshaking http_req_sending http_req_waiting http_req_receiving http_req_failed", of_request, " ")
    declare("http_reqs", "counter", "default")
    for (i = 2; i < n; i++) declare(of_request[i], "trend", "time")
    declare("http_req_failed", "rate", "default")
    declare("checks", "rate", "default")
    at = 1795416085.25
    while (written < bytes) {
        at += 0.0008
        category = categories[int(rand() * 3) + 1]
        seconds = int(at) % 86400
        time = sprintf("2026-11-23T%02d:%02d:%02d.%09dZ", int(seconds / 3600), int(seconds / 60) % 60, seconds % 60, (at - int(at)) * 1000000000)
        t = request[category]; o = other[category]; e = extra[category]
        waiting = ms(12)
        value["http_reqs"] = 1
        value["http_req_duration"] = waiting + 0.1
        value["http_req_waiting"] = waiting
        value["http_req_sending"] = ms(0.03)
        value["http_req_receiving"] = ms(0.1)
        value["http_req_failed"] = (rand() < 0.002)
        for (i = 1; i <= n; i++) point(of_request[i], value[of_request[i]] + 0, t, e)
        # A trend and two counters of the script's own, with the tags of the request.
        point("own_time_to_first_row", waiting, t, e)
        point("own_rows_returned", 25, t, e)
        point("own_bytes_returned", 1840, t, e)
        point("checks", 1, "\"check\":\"status is 200\"," o, e)
        point("data_sent", 84, o, e)
        point("iteration_duration", waiting + 0.4, o, e)
        point("iterations", 1, o, e)
    }
}
