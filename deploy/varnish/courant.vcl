# Varnish 7.1 in front of Courant: strangers' pages, kept by their keys.
# Started with -p http_gzip_support=off and the doors named in the README: plain, tls (PROXY), inside.
vcl 4.1;

import std;

backend courant {
    .host = "127.0.0.1";
    .port = "8000";
    .connect_timeout = 2s;
    .first_byte_timeout = 60s;
    .probe = {
        .url = "/-/healthz";
        .interval = 1s;
        .timeout = 2s;
        .window = 3;
        .threshold = 2;
    }
}

# Who may withdraw; and only by the door "inside", since the others carry what visitors say.
acl inside {
    "127.0.0.1";
    "::1";
    # "10.0.0.0"/24;
}

# Who reads by way of a library: the networks written under Institutions in the newsroom.
acl institutions {
    "192.0.2.255";
    # "192.0.2.0"/24;
    # "2001:db8::"/32;
}

sub vcl_recv {
    if (req.method == "PURGE") {
        call withdraw;
    }
    if (local.socket == "plain" && req.url != "/-/healthz") {
        return (synth(308, "Permanent Redirect"));
    }
    set req.backend_hint = courant;
    # Varnish has appended the visitor's address to X-Forwarded-For already: COURANT_TRUSTED_PROXIES=1.
    set req.http.X-Forwarded-Proto = "https";
    # Pages from before count in outages alone, see vcl_deliver.
    if (req.restarts == 0) {
        unset req.http.X-Outage;
        set req.grace = 0s;
        if (!std.healthy(req.backend_hint)) {
            set req.http.X-Outage = "1";
        }
    }
    if (req.http.X-Outage) {
        set req.grace = 24h;
    }
    set req.http.Host = std.tolower(req.http.Host);

    # Not HEAD either: Varnish would make it a GET, and the question might spend what the answer would.
    if (req.method != "GET") {
        return (pass);
    }
    # Who carries one of these has something of their own, or had it, and only Courant can tell.
    if (req.http.Cookie ~ "courant_(pass|session|gift|samples)"
        || req.http.Cookie ~ "(^|;)\s*messages\s*="
        || req.http.Authorization
        || client.ip ~ institutions) {
        return (pass);
    }
    # Browsers that ask ahead of their reader.
    if (req.http.Sec-Purpose || req.http.Purpose || req.http.X-Purpose || req.http.X-Moz) {
        return (pass);
    }
    # Forms with tokens, the newsroom, what belongs to one reader.
    if (req.url ~ "^/(account|newsroom|_util|-)(/|\?|$)") {
        return (pass);
    }
    # One copy of each page: no query, or the number of a page.
    if (req.url ~ "\?" && req.url !~ "^[^?]*\?page=[1-9][0-9]{0,5}$") {
        return (pass);
    }
    # A stranger. What other cookies say (statistics, a form's token) is not Courant's to hear for a page that is kept.
    unset req.http.Cookie;
    # The best encoding that the browser takes, refusals (q=0) heeded; asked for by this name alone, so that Vary
    # keeps each apart.
    if (req.http.Accept-Encoding ~ "(?i)(^|,)\s*br\s*(;\s*q=(?!0(\.0*)?\s*(,|$))[0-9.]+\s*)?(,|$)") {
        set req.http.Accept-Encoding = "br";
    } else if (req.http.Accept-Encoding ~ "(?i)(^|,)\s*zstd\s*(;\s*q=(?!0(\.0*)?\s*(,|$))[0-9.]+\s*)?(,|$)") {
        set req.http.Accept-Encoding = "zstd";
    } else if (req.http.Accept-Encoding ~ "(?i)(^|,)\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*(,|$))[0-9.]+\s*)?(,|$)") {
        set req.http.Accept-Encoding = "gzip";
    } else {
        unset req.http.Accept-Encoding;
    }
    return (hash);
}

# PURGE with Surrogate-Key: everything made from one of these keys. Varnish tests what it keeps against the ban in the
# background, and before it shows anything in any case.
sub withdraw {
    if (local.socket != "inside" || client.ip !~ inside) {
        return (synth(403, "Forbidden"));
    }
    if (req.http.Surrogate-Key !~ "^[A-Za-z0-9/_-]+( [A-Za-z0-9/_-]+)*$") {
        return (synth(400, "Surrogate-Key: which keys?"));
    }
    if (req.http.Surrogate-Key ~ "(^| )all( |$)") {
        set req.http.X-Ban = "obj.status != 0";
    } else {
        set req.http.X-Ban = "obj.http.Surrogate-Key ~ (?:^|\s)(?:"
            + regsuball(req.http.Surrogate-Key, " ", "|") + ")(?:\s|$)";
    }
    if (std.ban(req.http.X-Ban)) {
        return (synth(200, "Withdrawn"));
    }
    return (synth(400, std.ban_error()));
}

sub vcl_backend_response {
    # Kept is only what says so itself; of everything else nobody waits for an answer meant for another.
    if (bereq.uncacheable
        || beresp.http.Set-Cookie
        || beresp.http.Cache-Control !~ "(^|,)\s*public\s*(,|$)"
        || beresp.ttl <= 0s) {
        set beresp.grace = 0s;
        return (pass(2s));
    }
    # The cookies of strangers were taken away: they are the same request, whatever else they carried.
    set beresp.http.Vary = "Accept-Encoding";
    set beresp.grace = 24h;
    set beresp.keep = 0s;
    return (deliver);
}

sub vcl_backend_error {
    # Never kept: the next one asks again.
    set beresp.ttl = 0s;
    set beresp.grace = 0s;
    return (deliver);
}

sub vcl_deliver {
    # An outage nobody knew of yet: once more, and this time a stranger's older page will do.
    if (resp.status >= 502 && resp.status <= 504 && req.restarts == 0
        && req.method == "GET" && !req.http.Cookie) {
        set req.http.X-Outage = "1";
        return (restart);
    }
    if (resp.http.Vary == "Accept-Encoding") {
        set resp.http.Vary = "accept-encoding, cookie";
    }
    if (obj.hits > 0) {
        set resp.http.X-Cache = "HIT";
    } else {
        set resp.http.X-Cache = "MISS";
    }
    unset resp.http.Via;
    unset resp.http.X-Varnish;
}

sub vcl_synth {
    if (resp.status == 308) {
        set resp.http.Location = "https://" + req.http.Host + req.url;
        set resp.http.Content-Type = "text/plain";
        set resp.body = "";
        return (deliver);
    }
}
