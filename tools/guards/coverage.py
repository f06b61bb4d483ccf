"""Every region of core is reached by the tests of core, or `unreached.toml` says why not.

Runs the tests with rustc's own instruments and reads what `llvm-cov export` says. A region of a generic function
is reached where one of its instances is. Ends with 1 if a region is neither reached nor explained, if an
explanation is not needed any more, or if less than `at_least` percent are reached. With `--tools`, only says whether LLVM's tools are there.
"""

import json
import math
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = HERE.parent.parent / "target/coverage"
# A property that needs more cases to reach a region would miss it on some days: the region needs an example.
CASES = "32"
CODE = 0  # the kind of a region that is code; the others are gaps, skipped lines and expansions


def tool(name):
    """LLVM's tool of the version that rustc was built with, from rustup's component or Debian's package."""
    verbose = subprocess.run(["rustc", "--version", "--verbose"], check=True, capture_output=True, text=True).stdout
    version = re.search(r"^LLVM version: (\d+)", verbose, re.MULTILINE)[1]
    sysroot = subprocess.run(["rustc", "--print", "sysroot"], check=True, capture_output=True, text=True).stdout.strip()
    path = next(Path(sysroot).glob(f"lib/rustlib/*/bin/{name}"), None) or shutil.which(f"{name}-{version}")
    if path is None:
        sys.exit(f"{name} is missing: rustup component add llvm-tools, or apt-get install llvm-{version} (make setup does that)")
    return path


def export(profdata, cov):
    """Runs the tests; the properties from a fixed seed, so that every run reaches the same."""
    profiles = OUT / "profiles"
    shutil.rmtree(profiles, ignore_errors=True)
    environment = os.environ | {
        "RUSTC_WORKSPACE_WRAPPER": HERE / "instrumented",
        "LLVM_PROFILE_FILE": f"{profiles}/%p-%m.profraw",
        "PROPTEST_RNG_SEED": "1",
        "PROPTEST_CASES": CASES,
    }
    test = ["cargo", "test", "--locked", "--package", "corsac", "--all-features", "--tests"]
    # The freestanding tests build the engine without instruments, which adds no region.
    rest = ["--", "--skip", "no_panic", "--skip", "no_std"]
    subprocess.run([*test, *rest], check=True, env=environment, cwd=HERE.parent.parent, stdout=sys.stderr)
    test += ["--no-run", "--message-format=json"]
    built = subprocess.run(test, check=True, env=environment, cwd=HERE.parent.parent, stdout=subprocess.PIPE).stdout
    binaries = [path for line in built.splitlines() if (path := json.loads(line).get("executable"))]
    merged = OUT / "merged.profdata"
    subprocess.run([profdata, "merge", "--sparse", *profiles.glob("*.profraw"), "-o", merged], check=True)
    objects = [argument for binary in binaries for argument in ("--object", binary)]
    said = subprocess.run([cov, "export", "--instr-profile", merged, *objects], check=True, stdout=subprocess.PIPE)
    return json.loads(said.stdout)


def of_tests(root):
    """The files of modules that only tests have."""
    modules = ((file, re.findall(r"#\[cfg\(test\)\]\s+(?:pub\(crate\) )?mod (\w+);", file.read_text())) for file in root.rglob("*.rs"))
    return {file.with_name(f"{name}.rs") for file, names in modules for name in names}


def regions(export, root):
    """How often each region of each file below `root` ran: `{file: {(line, column, end line, end column): count}}`."""
    ran = defaultdict(Counter)
    tests = of_tests(root)
    for data in export["data"]:
        for function in data["functions"]:
            if "5tests" in function["name"]:  # a unit test's module, as names are mangled
                continue
            for *place, count, file, _, kind in function["regions"]:
                path = Path(function["filenames"][file])
                if kind == CODE and path.is_relative_to(root) and path not in tests:
                    name = path.relative_to(root).as_posix()
                    ran[name][tuple(place)] = max(ran[name][tuple(place)], count)
    return ran


def unreached(ran, root):
    """The places that never ran: `[(file, line, its text)]`, one for each region; of a `?` that one byte alone."""
    found = []
    for file, counts in sorted(ran.items()):
        lines = (root / file).read_text().splitlines()
        for (line, column, *end), count in sorted(counts.items()):
            text = lines[line - 1]
            is_mark = end == [line, column + 1] and text.encode()[column - 1 : column] == b"?"
            if not count:
                found.append((file, line, "?" if is_mark else text.strip()))
    return found


def table(ran):
    rows = [(file, len(counts), sum(count > 0 for count in counts.values())) for file, counts in sorted(ran.items())]
    rows.append(("all", sum(row[1] for row in rows), sum(row[2] for row in rows)))
    return rows


def judge(ran, root, explained, at_least):
    """What is wrong, as sentences."""
    wrong = []
    known = Counter((entry["file"], line) for entry in explained for line in entry["lines"])
    # One entry for `?` gives the reason for every `?` of its file.
    known.update({(file, text): math.inf for file, text in known if text == "?"})
    seen = Counter()
    for file, line, text in unreached(ran, root):
        seen[file, text] += 1
        if seen[file, text] > known.get((file, text), 0):
            wrong.append(f"{file}:{line}: no test reaches `{text}`: add one, remove it, or say why in unreached.toml")
    for (file, text), count in known.items():
        if seen[file, text] < (1 if math.isinf(count) else count):
            wrong.append(f"{file}: `{text}` is reached, or gone: take its explanation out of unreached.toml")
    _, all_of_them, reached = table(ran)[-1]
    if reached * 100 < at_least * all_of_them:
        wrong.append(f"{reached} of {all_of_them} regions are reached: less than {at_least} %")
    return wrong


def main():
    tools = tool("llvm-profdata"), tool("llvm-cov")
    if sys.argv[1:] == ["--tools"]:
        return
    root = HERE.parent.parent / "core/src"
    ran = regions(export(*tools), root)
    rules = tomllib.loads((HERE / "unreached.toml").read_text())
    print(f"{'file':<28}{'regions':>8}{'reached':>8}{'%':>8}")
    for file, count, reached in table(ran):
        print(f"{file:<28}{count:>8}{reached:>8}{100 * reached / max(count, 1):>8.2f}")
    for file, line, text in unreached(ran, root):
        print(f"unreached: {file}:{line}: {text}")
    wrong = judge(ran, root, rules.get("unreached", []), rules["at_least"])
    for sentence in wrong:
        print(f"error: {sentence}", file=sys.stderr)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
