"""Each kind of mutant, written into a small program that rustc builds: it prints what the mutant makes of it."""

import os
import pathlib
import subprocess
import tempfile
import unittest

from rewrite import SWITCH, CannotWrite, FEATURES, Mutant, Rewriter, rewrite

PROGRAM = """
const LIMIT: u32 = 1 + 2;
fn sum(a: u32, b: u32) -> u32 {
    a + b * LIMIT
}
fn both(a: bool, b: bool) -> bool {
    a && !b
}
fn kind(n: u32) -> &'static str {
    match n {
        1 => "one",
        n if n > 10 => "many",
        _ => "some",
    }
}
fn main() {
    let mut total = 8;
    total -= sum(2, 1);
    println!("{} {total} {} {} {} {}", sum(2, 3), both(true, false), both(true, true), kind(1), kind(11));
}
"""


def mutant(number, genre, text, replacement, nth=0, return_type=""):
    start = -1
    for _ in range(nth + 1):
        start = PROGRAM.index(text, start + 1)
    return Mutant(number, text, "main.rs", genre, replacement, start, start + len(text), return_type)


MUTANTS = [
    mutant(1, "BinaryOperator", "+", "-", nth=1),
    mutant(2, "BinaryOperator", "*", "/"),
    mutant(3, "BinaryOperator", "&&", "||"),
    mutant(4, "UnaryOperator", "!", ""),
    mutant(5, "FnValue", "a + b * LIMIT", "7"),
    mutant(6, "MatchArm", '1 => "one",', ""),
    mutant(7, "MatchArmGuard", "n > 10", "false"),
    mutant(8, "BinaryOperator", ">", "<", nth=4),
    mutant(9, "BinaryOperator", "-=", "+="),
]
PRINTED = {
    0: "11 3 true false one many",
    1: "panicked",  # 2 - 9
    2: "3 6 true false one many",
    3: "11 3 true true one many",
    4: "11 3 false true one many",
    5: "7 1 true false one many",
    6: "11 3 true false some many",
    7: "11 3 true false one some",
    8: "11 3 true false one some",
    9: "11 13 true false one many",
}


class Rewriting(unittest.TestCase):
    def test_each_kind_of_mutant_wakes_alone(self):
        text, unwritten = rewrite(PROGRAM.encode(), MUTANTS)
        self.assertEqual(unwritten, {})
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder) / "main.rs"
            source.write_bytes(FEATURES + text + SWITCH.encode())
            environment = os.environ | {"RUSTC_BOOTSTRAP": "1"}
            command = ["rustc", "--edition=2024", "-C", "debug-assertions", "-A", "warnings", str(source), "-o", f"{folder}/main"]
            subprocess.run(command, check=True, env=environment)
            for number, printed in PRINTED.items():
                run = subprocess.run([f"{folder}/main"], env={"CORSAC_MUTANT": str(number)}, capture_output=True, text=True)
                got = run.stdout.strip() if run.returncode == 0 else "panicked"
                self.assertEqual(got, printed, f"mutant {number}")

    def test_constant_is_refused(self):
        with self.assertRaisesRegex(CannotWrite, "a constant"):
            Rewriter(PROGRAM.encode()).add([mutant(1, "BinaryOperator", "+", "-")])

    def test_length_of_an_array_is_refused(self):
        for source in (b"struct S([u32; 64 / 32]);", b"fn f() { let a = [0; N / 2]; }"):
            at = source.index(b"/ ")
            with self.subTest(source=source), self.assertRaisesRegex(CannotWrite, "a constant"):
                Rewriter(source).add([Mutant(1, "length", "f.rs", "BinaryOperator", "*", at, at + 1)])
        source = b"fn f() { let a = [2 / 1; 2]; }"
        text, unwritten = rewrite(source, [Mutant(1, "element", "f.rs", "BinaryOperator", "*", source.index(b"/"), source.index(b"/") + 1)])
        self.assertEqual((text.count(b"mutated::is(1)"), unwritten), (1, {}))

    def test_mutant_in_a_compound_assignment_target_is_not_lost(self):
        source = b"fn f(a: &mut [u32], n: usize) { a[n + 1] += 2 * 3; }"
        at = {sign: source.index(sign) for sign in (b"+ 1", b"+=", b"*")}
        mutants = [
            Mutant(1, "inside", "f.rs", "BinaryOperator", "-", at[b"+ 1"], at[b"+ 1"] + 1),
            Mutant(2, "itself", "f.rs", "BinaryOperator", "-=", at[b"+="], at[b"+="] + 2),
            Mutant(3, "on the right", "f.rs", "BinaryOperator", "/", at[b"*"], at[b"*"] + 1),
        ]
        text, unwritten = rewrite(source, mutants)
        self.assertEqual(unwritten, {1: "in the target of a compound assignment"})
        self.assertEqual([text.count(f"mutated::is({number})".encode()) for number in (1, 2, 3)], [0, 1, 1])

    def test_value_of_an_opaque_type_is_refused(self):
        with self.assertRaisesRegex(CannotWrite, "impl Trait"):
            Rewriter(PROGRAM.encode()).add([mutant(1, "FnValue", "a + b * LIMIT", "7", return_type="-> impl Iterator")])


if __name__ == "__main__":
    unittest.main()
