"""Writes the seeds of every target and the dictionary, from vectors/ and captures of exchanges. README.md has the form.

usage: seeds.py DIRECTORY
"""

import hashlib
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
END = b"\x1e"

LISTS = {"allow_origins": b"o", "allow_methods": b"m", "allow_headers": b"h", "expose_headers": b"e", "dangerously_allow_public_suffixes": b"k"}
NUMBERS = {"max_age": b"a", "preflight_status": b"s", "denied_preflight_status": b"d"}
SWITCHES = {
    "allow_credentials": b"c",
    "external_origins": b"x",
    "allow_timing": b"t",
    "allow_private_network": b"p",
    "dangerously_allow_null_origin": b"n",
    "dangerously_allow_insecure_origins": b"i",
    "dangerously_allow_public_suffixes": b"u",
}


def text(value):
    """The bytes of a vector's text: a string, a repeat, or an array of both."""
    if isinstance(value, list):
        return b"".join(map(text, value))
    if isinstance(value, dict):
        return text(value["repeat"]) * value["times"]
    return value.encode("latin-1")


def spec_records(spec):
    for table in spec.get("policy", []):
        yield (b"[" if table.get("cors", True) else b"]") + text(table.get("path", "/"))
        yield from spec_records({name: value for name, value in table.items() if name not in ("path", "cors")})
    for name, value in spec.items():
        if name == "policy":
            continue
        if name in LISTS and isinstance(value, list):
            yield from (LISTS[name] + text(entry) for entry in value)
            if name == "allow_methods":
                yield b"l"
        elif name in NUMBERS:
            yield NUMBERS[name] + str(value).encode()
        elif value:
            yield SWITCHES[name]


def line_records(lines):
    return [b":" + text(name) + b": " + text(value) for name, value in lines]


def request_records(request):
    paths = [letter + text(request[name]) for name, letter in (("path", b"/"), ("raw_path", b"%")) if name in request]
    return [b">" + text(request["method"]), *line_records(request["headers"]), *paths]


def script_records(request):
    """The request of a browser case, with the letters of record.rs."""
    letters = {"origin": b"O", "method": b"M", "credentials": b"C", "mode": b"W", "referrer_policy": b"R"}
    yield from (letter + text(request[name]) for name, letter in letters.items() if name in request)
    if "url_origin" in request:
        yield b"U" + text(request["url_origin"]) + b"/x"
    for name, value in request.get("headers", []):
        yield b"H" + text(name) + b": " + text(value)
    if request.get("use_cors_preflight"):
        yield b"L"


def hop_records(case):
    yield from script_records(case["request"])
    chain = case.get("chain") or [case.get("response") or {}]
    for hop in chain:
        yield b"=" + text(hop.get("url_origin", "http://www1.web-platform.test:8000")) + b"/x"
        preflight = hop.get("preflight") or (hop if case["kind"] == "preflight" else None)
        for letter, response in ((b"?", preflight), (b"!", hop)):
            if response and "status" in response:
                yield letter + str(response["status"]).encode()
                yield from line_records(response.get("headers", []))


def exchange_line(case):
    """The same case as a line of `explain --jsonl`."""
    given = case["request"]
    request = {name: given[name] for name in ("origin", "method", "headers", "credentials", "mode") if name in given}
    request["url"] = given.get("url_origin", "http://www1.web-platform.test:8000") + "/x"
    line = {"request": request}
    if "response" in case:
        response = {"status": case["response"].get("status", 200), "headers": case["response"].get("headers", [])}
        line |= {"response": response, "preflight": response}
    return json.dumps(line).encode()


def as_toml(spec):
    """The lines of a policy file."""
    for table in spec.get("policy", []):
        yield b"[[policy]]\n"
        yield from as_toml(table)
    for name, value in spec.items():
        if name == "policy":
            continue
        value = text(value).decode("latin-1") if name == "path" else value
        entries = [text(entry).decode("latin-1") for entry in value] if isinstance(value, list) else value
        yield f"{name} = {json.dumps(entries)}\n".encode()


def wrong(place):
    """Makes one of the first 64 arguments wrong: another one in each seed."""
    return b"*" + bytes([place % 64, place % 6])


def exchanges():
    """Seeds with every part of an exchange, each with another argument that is wrong."""
    allowed = b":Access-Control-Allow-Origin: https://a.example"
    preflight = [b"?204", allowed, b":Access-Control-Allow-Methods: PUT", b":Access-Control-Allow-Headers: x-a"]
    response = [b"!200", allowed, b":Vary: Origin", b":Access-Control-Expose-Headers: ETag", b":ETag: 1"]
    whole = [b"MPUT", b"HX-A: 1", b"HCookie: a", b"HX-B", b"=https://api.invalid/", *preflight, *response, b"~", b":ETag: 2"]
    for place in range(64):
        yield END.join([*whole[place % 5 :], wrong(place)])


def at_the_limits():
    """Seeds with as many lines and hops as the C functions of the browser model allow, and one more; and with texts that they cut."""
    for more in (0, 1):
        yield END.join([b"Hx: 1"] * (512 + more))
        yield END.join([b"=https://a.example/", b"!200", *[b":x: 1"] * (512 + more)])
        yield END.join([*[b"Hx: 1"] * 256, b"=https://a.example/", b"!200", *[b":x: 1"] * (256 + more)])
        yield END.join([b"=https://a.example/", b"!302", b":Access-Control-Allow-Origin: *", b":Location: /"] * (22 + more))
    for length in (1023, 1024, 1025, 4093, 9000):
        yield END.join([b"=https://a.example/", b"!200", b":Access-Control-Allow-Origin: " + b"x" * (length - 1) + b"\x1b"])
        yield END.join([b"MPUT", b"H" + b"x" * length + b": 1", b"=https://a.example/", b"?204"])


def seeds():
    for file in sorted((ROOT / "vectors" / "dialects").glob("*.json")):
        for case in json.loads(file.read_text()):
            text_of = case["file"] if isinstance(case["file"], str) else json.dumps(case["file"])
            yield "dialects", text_of.encode()
    for file in sorted((ROOT / "vectors").glob("*.json")):
        cases = json.loads(file.read_text())
        if file.name == "browser-cases.json":
            for place, case in enumerate(cases["vectors"]):
                if "origin" in case["request"]:
                    yield "browser", END.join(hop_records(case))
                    yield "ffi", END.join([*hop_records(case), wrong(place)])
                    yield "explain", exchange_line(case)
            continue
        if file.name in ("browsers.json", "delivery.json"):
            yield from (("explain", json.dumps({name: case[name] for name in ("request", "hops") if name in case}).encode()) for case in cases)
            continue
        for case in cases:
            spec, request = list(spec_records(case["spec"])), case.get("request")
            own = request_records(request) if request else []
            yield "evaluate", END.join([*spec, *own])
            yield "open_image", END.join([*spec, *own, b"@\0\x0c\x02"])
            yield "ffi", END.join([*spec, *own, wrong(len(case["says"]))])
            yield "policy_file", b"".join(as_toml(case["spec"]))
            for origin in [record for record in spec if record.startswith(b"o")][:4]:
                lines = [record.replace(b": Origin: ", b":") for record in own if record.startswith(b":Origin: ")]
                yield "patterns", END.join([origin, *(b":" + line[len(b":Origin: "):] for line in lines), b"fx", b"fa.b"])
            if request:
                values = dict(request["headers"])
                script = [b"O" + text(values.get("Origin", "null"))]
                script.append(b"M" + text(values.get("Access-Control-Request-Method", request["method"])))
                names = text(values.get("Access-Control-Request-Headers", "")).split(b",")[:40]
                script += [b"H" + name.strip() + b": 1" for name in names if name.strip()]
                credentials = [b"Cinclude"] if case["spec"].get("allow_credentials") else []
                yield "browser", END.join([*spec, *script, *credentials])
    names = [b"ohttps://a.example", b">PUT", b":origin: https://a.example", b":X-A: 1", b">OPTIONS", b":X-A: 1"]
    yield "ffi", END.join([*names, *(b"#%d" % place for place in (*range(64), 10_000, -1))])
    for seed in (*exchanges(), *at_the_limits()):
        yield "ffi", seed
    for failure in json.loads((ROOT / "cli/tests/failures/expected.json").read_text()):
        if "console" in failure:
            yield "ffi", b"T" + failure["console"].encode()
            yield "ffi", b"T" + failure["console"].encode() + b"\xff"
    for folder in ("diagnose/tests/captures", "cli/tests/failures"):
        for file in sorted((ROOT / folder).iterdir()):
            if file.suffix in (".txt", ".har"):
                yield "explain", file.read_bytes()
    for file in sorted((ROOT / "examples").glob("*.toml")):
        yield "policy_file", file.read_bytes()


def dictionary():
    """The options, the header names, the codes, and frequent words of the vectors."""
    words = set(LISTS) | set(NUMBERS) | set(SWITCHES)
    for file in sorted((ROOT / "vectors").glob("*.json")):
        text_without_names = re.sub(r'"says":"[^"]*"', "", file.read_text())
        found = re.findall(r"Access-Control-[A-Za-z-]+|[a-z][a-z0-9+.-]*://[!-~]{0,40}?(?=[\"\\])|\"[A-Za-z*-]{1,24}\"", text_without_names)
        words.update(word.strip('"') for word in found)
    return sorted(words)


def main():
    target = pathlib.Path(sys.argv[1])
    counts = {}
    for name, seed in seeds():
        if len(seed) > 1 << 14:
            continue
        folder = target / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
        counts[name] = counts.get(name, 0) + 1
    escape = lambda word: "".join(c if c not in '"\\' else "\\" + c for c in word)
    (target / "dictionary").write_text("".join(f'"{escape(word)}"\n' for word in dictionary()) + '"\\x1e"\n')
    print(", ".join(f"{name}: {count} seeds" for name, count in sorted(counts.items())))


main()
