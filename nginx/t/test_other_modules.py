"""The module with all others of nginx, over HTTP/1.1 and HTTP/2: each response has the headers of one decision, and preflights come first."""

import unittest

from harness.case import ALLOWED, APP, EVIL, POLICY, PREFLIGHT, VARY, Case, preflight
from harness.http2 import Connection2
from harness.upstream import Application, FastCgi, app_response

BODY = b"0123456789" * 10
LEFTOVERS = """
add_header Access-Control-Allow-Origin $http_origin always;
add_header Access-Control-Allow-Origin * always;
add_header Access-Control-Allow-Credentials left always;
"""

# By target: the directives of its location (None: those of the line above), and the status of a GET (None: not requested).
TARGETS = {
    "/nest/a/b": ("return 201; location /nest/a/ { return 202; location ~ b$ { if ($arg_q) { return 402; } return 203; } }", 203),
    "/nest/a/b?q=1": (None, 402),
    "/chain": ("error_page 404 /chained; return 404;", 402),
    "/chained": ("error_page 403 =402 /chained-2; deny all;", 402),
    "/chained-2": ("error_page 402 @chained; return 402;", 402),
    "/named": ("try_files /none @named;", 299),
    "/accel?accel=/internal/f.txt": ("proxy_pass http://127.0.0.1:%APP%;", 200),
    "/accel?accel=/off/f.txt": (None, 200),
    "/accel?accel=@named": (None, 299),
    "/accel?accel=/none": (None, 404),
    "/internal/f.txt": ("internal; alias %PREFIX%/html/;", 404),
    "/off/f.txt": ("internal; cors off; alias %PREFIX%/html/;", None),
    "/auth": ("auth_request /authority; error_page 401 =403 /page;", 403),
    "/authority": ("internal; proxy_pass http://127.0.0.1:%APP%/?status=401;", None),
    "/page": ("return 200 page;", 200),
    "/intercepted?status=503": ("proxy_intercept_errors on; error_page 503 = /page; proxy_pass http://127.0.0.1:%APP%;", 200),
    "/intercepted?status=302": (None, 302),
    "/cached?status=200": ("proxy_cache kept; proxy_cache_valid any 1m; proxy_ignore_headers Vary; proxy_pass http://127.0.0.1:%APP%;", 200),
    "/cached?status=404": (None, 404),
    "/slice": ("slice 30; proxy_cache kept; proxy_cache_key $uri$slice_range; proxy_set_header Range $slice_range; proxy_cache_valid any 1m;"
               "proxy_ignore_headers Vary; proxy_pass http://127.0.0.1:%APP%;", 200),
    "/sub": ("sub_filter 0123 abcd; sub_filter_types *; proxy_pass http://127.0.0.1:%APP%;", 200),
    "/added": ("add_before_body /f.txt; addition_types *; alias %PREFIX%/html/f.txt;", 200),
    "/gzip": ("gzip on; alias %PREFIX%/html/big.txt;", 200),
    "/expires": ("expires 1h; alias %PREFIX%/html/f.txt;", 200),
    "/own-header": ("add_header X-Own 1; return 200;", 200),
    "/trailer": ("add_trailer X-Trailer 1; return 403;", 403),
    "/status": ("stub_status;", 200),
    "/gif": ("empty_gif;", 200),
    "/listing/": ("alias %PREFIX%/html/; autoindex on;", 200),
    "/slash": (None, 301),
    "/slash/": ("proxy_pass http://127.0.0.1:%APP%/;", 200),
    "/dav/": ("alias %PREFIX%/html/; dav_methods PUT DELETE;", 403),
    "/limited": ("limit_req zone=requests; alias %PREFIX%/html/f.txt;", 503),
    "/satisfy": ("satisfy any; deny all; auth_basic members; auth_basic_user_file %PREFIX%/users;", 401),
    "/fastcgi": ("fastcgi_pass 127.0.0.1:%FASTCGI%;", 200),
    "/fastcgi-gone": ("fastcgi_pass 127.0.0.1:1;", 502),
    "/uwsgi-gone": ("uwsgi_pass 127.0.0.1:1;", 502),
    "/scgi-gone": ("scgi_pass 127.0.0.1:1;", 502),
    "/grpc-gone": ("grpc_pass 127.0.0.1:1;", 502),
    "/memcached-gone": ("set $memcached_key a; memcached_pass 127.0.0.1:1;", 502),
    "/rewrite-cycle": ("rewrite ^/rewrite-cycle(.*) /rewrite-cycle$1x last;", 500),
    "/error-cycle": ("error_page 404 /error-cycle; return 404;", 500),
    "/no-resolver": ("set $host_of nowhere.invalid; proxy_pass http://$host_of;", 502),
    "/after": ("post_action /page; return 200;", 200),
}  # fmt: skip


def respond(head):
    """An application that allows every origin, and does what the query says."""
    lines = head.decode("latin-1").split("\r\n")
    target = lines[0].split()[1]
    said = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    theirs = [("Access-Control-Allow-Origin", said.get("origin", "*")), ("access-control-allow-headers", "*"), ("Vary", "Accept-Language")]
    if "accel=" in target:
        return app_response(200, [*theirs, ("X-Accel-Redirect", target.split("accel=")[1])])
    if "range" in said:
        first, last = (int(place) for place in said["range"].removeprefix("bytes=").split("-"))
        part = BODY[first : last + 1]
        return app_response(206, [*theirs, ("ETag", '"a"'), ("Content-Range", f"bytes {first}-{first + len(part) - 1}/{len(BODY)}")], part)
    return app_response(int(target.split("status=")[1]) if "status=" in target else 200, theirs, BODY)


class OtherModules(Case):
    def serve_all(self):
        app = Application(respond)
        fastcgi = FastCgi(lambda parameters: b"Status: 200 OK\r\nAccess-Control-Allow-Origin: *\r\nVary: Cookie\r\n\r\nfastcgi")
        self.addCleanup(app.close)
        self.addCleanup(fastcgi.close)
        locations = "\n".join(f"location {target.split('?')[0].replace('/nest/a/b', '/nest/').replace('f.txt', '')} {{ {inside} }}"
                              for target, (inside, _) in TARGETS.items() if inside)  # fmt: skip
        inside = f"""
            {POLICY} {LEFTOVERS} root %PREFIX%/html; recursive_error_pages on; gzip_types *; gzip_min_length 1; gzip_vary on;
            location / {{ }} location @named {{ return 299; }} location @chained {{ return 500 chained; }} {locations}
        """.replace("%APP%", str(app.port)).replace("%FASTCGI%", str(fastcgi.port))  # fmt: skip
        server = self.serve(
            "proxy_cache_path %PREFIX%/cache keys_zone=kept:1m; limit_req_zone $binary_remote_addr zone=requests:1m rate=1r/m;"
            f"server {{ listen 127.0.0.1:%PORT%; {inside} }} server {{ listen 127.0.0.1:%PORT1% http2; {inside} }}",
            ports=2,
            files={"html/f.txt": BODY, "html/big.txt": "a" * 5000, "users": "me:{PLAIN}secret\n"},
        )
        # limit_req lets one request through in a minute: this one.
        server.ask("GET", "/limited")
        return server

    def lines(self, response):
        """The CORS headers with names in lower case, without a `Vary` of other modules."""
        found = [(name.lower(), value) for name, value in response.cors()]
        return [(name, value) for name, value in found if name != "vary" or "origin" in value.lower()]

    def check_all(self, connection):
        def lower(lines):
            return [(name.lower(), value) for name, value in lines]
        for target, (_, status) in TARGETS.items():
            if status is None:
                continue
            for method in ("GET", "HEAD"):
                for origin, wanted in ((APP, ALLOWED), (EVIL, [("Vary", "Origin")]), (None, [("Vary", "Origin")])):
                    with self.subTest(target=target, method=method, origin=origin):
                        got = connection.ask(method, target, [("Origin", origin), ("Accept-Encoding", "gzip")] if origin else [])
                        self.assertEqual((got.status, self.lines(got)), (status, lower(wanted)))
            for origin, wanted in ((APP, (204, lower(PREFLIGHT))), (EVIL, (403, [("vary", VARY)]))):
                with self.subTest(target=target, preflight=origin):
                    got = connection.ask("OPTIONS", target, preflight(origin))
                    self.assertEqual((got.status, self.lines(got)), wanted)
        # Ranges, and one that the response does not have.
        for target in ("/f.txt", "/expires", "/gzip", "/accel?accel=/internal/f.txt"):
            for part, status in (("bytes=0-3", 206), ("bytes=0-1,4-5", 206), ("bytes=100000-", 416)):
                with self.subTest(target=target, part=part):
                    got = connection.ask("GET", target, [("Origin", APP), ("Range", part)])
                    self.assertEqual((got.status, sorted(self.lines(got))), (status, sorted(lower(ALLOWED))))

    def test_over_http_1(self):
        with self.serve_all().connect() as connection:
            self.check_all(connection)

    def test_over_http_2(self):
        with Connection2(self.serve_all().ports[1]) as connection:
            self.check_all(connection)


if __name__ == "__main__":
    unittest.main()
