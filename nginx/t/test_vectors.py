"""A real nginx sends the decisions of `vectors/`, over HTTP/1.1 and HTTP/2, from directives and from images.

A case that no HTTP server lets through is skipped by a rule that says why. Every rule skips a case, and most cases run."""

import collections
import json
import unittest

from harness.case import Case
from harness.http2 import Connection2
from harness.image import compile_image
from harness.vectors import cases, directives, spec_of, target_of, text
from harness.words import messages

STATUS = 299
TOKEN = set("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")

# Every case runs or is skipped by one of these rules.
SKIPPED = {
    "a line feed ends a header in HTTP/1.1, so the request is another; HTTP/2 refuses it",
    "blanks around a value do not count in HTTP",
    "nginx sends a 400: a method has only capital letters, - and _",
    "nginx sends a 400: a value has NUL or CR",
    "nginx sends a 400: not a valid header name",
    "nginx sends a 405 for this method before the module runs",
}
RULES = {
    "image": SKIPPED | {"nginx has another path: it resolves dots and slashes, and refuses what it cannot decode"},
    "directives": SKIPPED | {"external origins have no directive", "sets have no directive"},
    "findings": {"external origins have no directive", "sets have no directive", "a configuration has no NUL"},
}


def rule(case):
    """The reason why a server does not pass this request on, or None."""
    method = text(case["request"]["method"])
    lines = [(text(name), text(value)) for name, value in case["request"]["headers"]]
    if "policy" in case["spec"] and target_of(case["request"]) is None:
        return "nginx has another path: it resolves dots and slashes, and refuses what it cannot decode"
    if not method or set(method) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZ_-"):
        return "nginx sends a 400: a method has only capital letters, - and _"
    if method in ("TRACE", "CONNECT"):
        return "nginx sends a 405 for this method before the module runs"
    if any(not name or set(name) - TOKEN for name, _ in lines):
        return "nginx sends a 400: not a valid header name"
    if any("\n" in value or value.endswith("\r") for _, value in lines):
        return "a line feed ends a header in HTTP/1.1, so the request is another; HTTP/2 refuses it"
    if any(set(value) & set("\0\r") for _, value in lines):
        return "nginx sends a 400: a value has NUL or CR"
    if any(value != value.strip(" \t") for _, value in lines):
        return "blanks around a value do not count in HTTP"
    return None


APPLICATION = """
server {
    listen 127.0.0.1:%PORT2%;
    add_header X-App reached always;
    add_header Access-Control-Allow-Origin * always;
    add_header Access-Control-Allow-Credentials true always;
    location / { return 299 app; }
}
"""


# The response of that application if no policy applies.
UNTOUCHED = {"class": None, "headers": [["Access-Control-Allow-Origin", "*"], ["Access-Control-Allow-Credentials", "true"]]}


class Vectors(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cases = cases("decision")
        cls.specs = {}
        for case in cls.cases:
            cls.specs.setdefault(json.dumps(spec_of(case), sort_keys=True), f"p{len(cls.specs)}")

    def serve_all(self):
        """Every policy as directives and as an image, each in its own location, on a port for each protocol."""
        server = self.prepare("", ports=3)
        locations, sets = [], []
        for spec, name in self.specs.items():
            spec = json.loads(spec)
            compile_image(spec, server.prefix, name)
            if "policy" in spec:
                policy = f"server_name {name}.test; cors on; cors_policy {name}.corsac; location / {{ proxy_pass http://127.0.0.1:%PORT2%; }}"
                sets.append(f"server {{ listen 127.0.0.1:%PORT%; {policy} }} server {{ listen 127.0.0.1:%PORT1%; {policy} }}")
                continue
            locations.append(f"location = /image/{name} {{ cors on; cors_policy {name}.corsac; proxy_pass http://127.0.0.1:%PORT2%; }}")
            if "external_origins" not in spec:
                said = "\n".join(line for line, _, _ in directives(spec))
                locations.append(f"location = /directives/{name} {{ cors on;\n{said}\nproxy_pass http://127.0.0.1:%PORT2%; }}")
        locations = "\n".join(locations)
        server.http = f"""
            large_client_header_buffers 8 4m; client_header_buffer_size 64k; proxy_buffer_size 64k; keepalive_requests 100000;
            proxy_buffers 8 64k; proxy_busy_buffers_size 128k; ignore_invalid_headers off; underscores_in_headers on;
            http2_recv_buffer_size 256k;
            {APPLICATION}
            server {{ listen 127.0.0.1:%PORT%; {locations} }}
            server {{ listen 127.0.0.1:%PORT1% http2; {locations} }}
            {"".join(sets)}
        """
        server.start()
        self.addCleanup(self.ended, server)
        return server

    def send(self, connection, way, is_http2):
        ran = collections.Counter()
        for case in self.cases:
            why = rule(case)
            if way == "directives" and "external_origins" in case["spec"]:
                why = "external origins have no directive"
            if way == "directives" and "policy" in case["spec"]:
                why = "sets have no directive"
            if why:
                ran[why] += 1
                continue
            ran["ran"] += 1
            name = self.specs[json.dumps(spec_of(case), sort_keys=True)]
            request = case["request"]
            lines = [(text(key), text(value)) for key, value in request["headers"]]
            decision = case["decision"] or UNTOUCHED
            is_set = "policy" in case["spec"]
            target, host = (target_of(request), f"{name}.test") if is_set else (f"/{way}/{name}", "localhost")
            with self.subTest(file=case["file"], says=case["says"], way=way, http2=is_http2):
                response = connection.ask(text(request["method"]), target, lines, host=host)
                # The cached decision is the same.
                again = connection.ask(text(request["method"]), target, lines, host=host)
                self.assertEqual((again.status, again.cors()), (response.status, response.cors()))
                headers = [(key.lower() if is_http2 else key, text(value)) for key, value in decision["headers"]]
                self.assertEqual(response.cors(), headers)
                is_preflight = decision["class"] == "preflight"
                self.assertEqual(response.status, decision["status"] if is_preflight else STATUS)
                self.assertEqual(response.get("X-App"), [] if is_preflight else ["reached"])
        self.assertEqual(set(ran), RULES[way] | {"ran"}, "a rule that skips nothing, or cases that none skips and none runs")
        self.assertGreater(3 * ran["ran"], 2 * len(self.cases))

    def test_every_decision_over_http_1(self):
        server = self.serve_all()
        for way in ("directives", "image"):
            with server.connect() as connection:
                self.send(connection, way, False)

    def test_every_decision_over_http_2(self):
        server = self.serve_all()
        for way in ("directives", "image"):
            with Connection2(server.ports[1]) as connection:
                self.send(connection, way, True)

    def test_nginx_refuses_the_skipped_requests(self):
        server = self.serve_all()
        refused = collections.Counter()
        for case in self.cases:
            why = rule(case)
            if why is None or "another path" in why or ("nginx sends" not in why and "refuses" not in why):
                continue
            lines = [(text(key), text(value)) for key, value in case["request"]["headers"]]
            name = self.specs[json.dumps(spec_of(case), sort_keys=True)]
            target, host = (target_of(case["request"]), f"{name}.test") if "policy" in case["spec"] else (f"/image/{name}", "localhost")
            with self.subTest(file=case["file"], says=case["says"]):
                if "nginx sends" in why:
                    response = server.ask(text(case["request"]["method"]), target, lines, host=host)
                    self.assertEqual(response.get("X-App"), [])
                    refused[response.status] += 1
                with Connection2(server.ports[1]) as connection:
                    try:
                        response = connection.ask(text(case["request"]["method"]), target, lines, host=host)
                        self.assertEqual(response.get("X-App"), [])
                        refused[f"http2 {response.status}"] += 1
                    except ConnectionError:
                        refused["http2 400"] += 1
        # Over HTTP/2, nginx 1.22 resets the stream where 1.28 sends a 400.
        self.assertEqual(set(refused), {400, 405, "http2 400", "http2 405"})


class FindingVectors(Case):
    """All specs of `findings.json` in one configuration: each finding names the line of its entry."""

    def test_nginx_t_prints_the_findings_of_every_spec(self):
        lines, expected, skipped = ["server { listen 127.0.0.1:%PORT%;"], set(), collections.Counter()
        for number, case in enumerate(cases("findings")):
            spec = spec_of(case)
            if "policy" in spec:
                skipped["sets have no directive"] += 1
                continue
            if "external_origins" in spec:
                skipped["external origins have no directive"] += 1
                continue
            if any(set(entry) & set("\0") for entries in spec.values() if isinstance(entries, list) for entry in entries):
                skipped["a configuration has no NUL"] += 1
                continue
            lines.append(f"location = /{number} {{ cors on;")
            place = {("", None): len(lines)}
            for line, field, index in directives(spec):
                lines += line.split("\n")
                place[field, index] = place[field, None] = len(lines)
            lines.append("}")
            for finding in case["findings"]:
                at = place.get((finding["field"], finding["index"]), place["", None])
                expected.add((at, finding["severity"], finding["code"]))
        server = self.prepare("\n".join([*lines, "}"]))
        code, said = server.check()
        self.assertEqual(code, 1, said[-2000:])
        found = set()
        for level, rest in messages(said):
            if "[" in rest and "http.conf:" in rest:
                severity = {"emerg": "error", "warn": "warning"}[level]
                found.add((int(rest.rsplit(":", 1)[1]), severity, rest.rsplit("[", 1)[1].split("]")[0]))
        def shown(findings):
            return [(at, severity, code, lines[at - 1][:100]) for at, severity, code in sorted(findings)]
        self.assertEqual((shown(expected - found), shown(found - expected)), ([], []), "missing; not expected")
        self.assertGreater(len(expected), 350)
        self.assertEqual(set(skipped), RULES["findings"])


if __name__ == "__main__":
    unittest.main()
