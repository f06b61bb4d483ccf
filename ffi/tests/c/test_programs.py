"""The C programs of this folder, as both compilers build them, under the sanitisers and under valgrind."""

import os
import re
import tempfile
import unittest
import unittest.mock
from pathlib import Path

from programs import CASES, MADE, MISUSES, ROOT, SANITISERS, VECTORS, Programs, needs, run, valgrind


class Vectors(Programs):
    def program(self, name, compiler, *flags, **options):
        return self.build(name, CASES, compiler, [*flags, "-ljansson"], **options)

    def all_hold(self, *command):
        said = self.succeeds(*command, *VECTORS)
        self.assertRegex(said, r"^\d+ decisions, \d+ findings, 0 of them skipped; \d+ wrong expectations; 0 failed\n$")
        print(f"\n    {self._testMethodName}: {said.strip()}")

    @needs("gcc", "libjansson-dev")
    def test_every_vector_holds_in_c_with_gcc(self):
        self.all_hold(self.program("vectors-gcc", "gcc", "-O2"))

    @needs("clang", "libjansson-dev")
    def test_every_vector_holds_in_c_with_clang(self):
        self.all_hold(self.program("vectors-clang", "clang", "-O2"))

    @needs("gcc", "libjansson-dev")
    def test_every_vector_holds_with_the_shared_library(self):
        self.all_hold(self.program("vectors-shared", "gcc", "-O2", library="libcorsac.so"))

    @needs("gcc", "libjansson-dev")
    def test_every_vector_holds_under_the_sanitisers(self):
        self.all_hold(self.program("vectors-sanitised", "gcc", *SANITISERS))

    @needs("gcc", "libjansson-dev", "valgrind")
    def test_every_vector_holds_under_valgrind(self):
        self.all_hold(*valgrind(self.program("vectors-valgrind", "gcc")))

    @needs("gcc", "libjansson-dev")
    def test_a_file_without_its_cases_is_noticed(self):
        self.refuses("; 0 failed", self.program("vectors-gcc", "gcc", "-O2"), VECTORS[0])
        self.refuses("No such file", self.program("vectors-gcc", "gcc", "-O2"), ROOT / "vectors/none.json")


class Misuse(Programs):
    def all_hold(self, *command):
        said = self.succeeds(*command)
        self.assertRegex(said, r"\n\d+ sentences; 2 wrong ones noticed; 0 failed\n$")
        self.assertGreater(int(re.search(r"(\d+) sentences", said)[1]), 40)
        print(f"\n    {self._testMethodName}: {said.strip().splitlines()[-1]}")

    @needs("gcc")
    def test_every_misuse_is_refused_in_c_with_gcc(self):
        self.all_hold(self.build("misuse-gcc", MISUSES, "gcc", ["-O2"]))

    @needs("clang")
    def test_every_misuse_is_refused_in_c_with_clang(self):
        self.all_hold(self.build("misuse-clang", MISUSES, "clang", ["-O2"]))

    @needs("gcc")
    def test_every_misuse_is_refused_under_the_sanitisers(self):
        self.all_hold(self.build("misuse-sanitised", MISUSES, "gcc", SANITISERS))

    @needs("gcc", "valgrind")
    def test_every_misuse_is_refused_under_valgrind(self):
        self.all_hold(*valgrind(self.build("misuse-valgrind", MISUSES)))


class Threads(Programs):
    said = "8 threads, 4000 decisions, 0 wrong\n"

    def program(self, *flags):
        return self.build("threads", ["threads.c", *MADE], "gcc", ["-pthread", *flags])

    @needs("gcc")
    def test_eight_threads_share_a_policy(self):
        self.assertEqual(self.succeeds(self.program("-O2")), self.said)

    @needs("gcc")
    def test_eight_threads_share_a_policy_under_the_sanitisers(self):
        self.assertEqual(self.succeeds(self.program(*SANITISERS)), self.said)

    @needs("gcc", "valgrind")
    def test_no_thread_writes_what_another_reads(self):
        self.assertEqual(self.succeeds(*valgrind(self.program(), tool="helgrind")), self.said)

    @needs("gcc", "valgrind")
    def test_a_race_is_noticed(self):
        self.refuses("Possible data race", *valgrind(self.program(), "race", tool="helgrind"))


class Faults(Programs):
    """The sanitisers and valgrind find planted mistakes, so these checks can fail."""

    kinds = ("overflow", "library-overflow", "uninitialised", "leak", "undefined")

    @needs("gcc")
    def test_programs_succeed_without_them(self):
        program = self.build("faults", ["faults.c"])
        for kind in self.kinds:
            self.succeeds(program, kind)

    @needs("gcc")
    def test_sanitisers_find_an_overflow_a_leak_and_undefined_behaviour(self):
        program = self.build("faults-sanitised", ["faults.c"], "gcc", SANITISERS)
        self.refuses("heap-buffer-overflow", program, "overflow")
        self.refuses("detected memory leaks", program, "leak")
        self.refuses("signed integer overflow", program, "undefined")

    @needs("gcc", "valgrind")
    def test_valgrind_finds_overflows_leaks_and_uninitialised_memory(self):
        program = self.build("faults", ["faults.c"])
        self.refuses("Invalid read of size 1", *valgrind(program, "overflow"))
        self.refuses("Invalid read of size 1", *valgrind(program, "library-overflow"))
        self.refuses("depends on uninitialised value", *valgrind(program, "uninitialised"))
        self.refuses("are definitely lost", *valgrind(program, "leak"))


class Header(Programs):
    said = "Access-Control-Allow-Origin: https://a.example.com\nVary: Origin\n"

    def checked(self, text, *command):
        with tempfile.TemporaryDirectory() as directory:
            source = Path(directory) / "header.c"
            source.write_text(text + "int main(void) { return 0; }\n")
            standard = [] if any(word.startswith("-std=") for word in command) else ["-std=c99"]
            return run(*command, *standard, "-Werror", "-fsyntax-only", "-I", ROOT / "include", source)

    @needs("clang")
    def test_clang_has_no_warning(self):
        # Without the warning about padding in structs, which is not a mistake.
        everything = ["clang", "-Weverything", "-Wno-padded"]
        self.assertEqual(self.checked("#include <corsac.h>\n", *everything), (0, ""))
        code, said = self.checked("#include <corsac.h>\nint f();\n", *everything)
        self.assertNotEqual(code, 0)
        self.assertIn("-Wstrict-prototypes", said)

    @needs("gcc")
    def test_it_is_c89(self):
        strict = ["gcc", "-std=c89", "-pedantic", "-Wall", "-Wextra"]
        self.assertEqual(self.checked("#include <corsac.h>\n", *strict), (0, ""))
        code, said = self.checked("#include <corsac.h>\n// no comment\n", *strict)
        self.assertNotEqual(code, 0)
        self.assertIn("C++ style comments", said)

    @needs("g++")
    def test_it_is_cpp17_for_gcc(self):
        self.assertEqual(self.succeeds(self.build("header-g++", ["header.cpp"], "g++")), self.said)

    @needs("clang++")
    def test_it_is_cpp17_for_clang(self):
        self.assertEqual(self.succeeds(self.build("header-clang++", ["header.cpp"], "clang++")), self.said)


class Needs(Programs):
    @needs("no-such-tool", "libno-such-dev")
    def needs_a_tool_that_does_not_exist(self):
        self.fail("it ran")

    def outcome(self, ci):
        result = unittest.TestResult()
        with unittest.mock.patch.dict(os.environ, {"CI": ci}):
            Needs("needs_a_tool_that_does_not_exist").run(result)
        return result

    def test_missing_tool_is_named_and_fails_under_ci(self):
        words = "missing: apt-get install libno-such-dev no-such-tool"
        self.assertEqual([why for _, why in self.outcome("").skipped], [words])
        failed = self.outcome("true")
        self.assertEqual(failed.skipped, [])
        self.assertIn(words, failed.failures[0][1])


if __name__ == "__main__":
    unittest.main()
