"""tools/words finds each word in prose and comments, and leaves code, names and quoted text alone."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

WORDS = Path(__file__).resolve().parent / "words"

# A sentence for each rule, and one with the same word that is fine.
RULES = {
    "answer": ("The answer has a header.", "It answers the request, and the caller answers it."),
    "stand": ("It stands in the table.", "A star stands for any name, as a stand-in."),
    "tell": ("A failure is told once.", "The browser is told to stop, and the two are told apart."),
    "say": ("What a log says of it.", "It says which header is missing."),
    "mend": ("This mends the list.", "An amendment is fine."),
    "leave": ("Such headers need leave.", "Leave out the rest, so that both leave it alone."),
    "whoever": ("Whoever asks, gets it.", "The client who asks gets it."),
    "nobody": ("Nobody reads it.", "No client reads it."),
    "beside": ("It lies beside the file.", "It lies next to the file."),
    "ever other": ("It sends ever other origins.", "It sends many different origins."),
    "such": ("Whether they are such, it checks.", "Use such a list, such as this one."),
    "of a": ("Of a request nothing is kept.", "Nothing of a request is kept."),
    "it is no": ("A value that is no name.", "There is no name, and it is no longer used."),
    "told at once": ("It fails and told at once.", "All are found at once."),
    "out of the way": ("It gets out of the way.", "It is removed."),
    "as the next one": ("It ends as the next one does.", "The next one ends."),
}


class Words(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name)
        subprocess.run(["git", "init", "--quiet", self.root], check=True)

    def check(self, files, *arguments):
        """The exit code for a tree of these files, and the lines that are printed."""
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        command = [sys.executable, WORDS, "--root", self.root, *arguments]
        run = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return run.returncode, run.stdout.splitlines()

    def places(self, name, text):
        """The places and words of the hits in one file."""
        code, lines = self.check({name: text})
        (self.root / name).unlink()
        self.assertEqual(code, 1 if lines else 0, lines)
        return [line[len(name) + 1 :].rsplit(": ", 1)[0] for line in lines]

    def test_each_rule_finds_its_word_and_no_other_use(self):
        self.assertEqual(self.check({f"{rule}.md": right + "\n" for rule, (_, right) in RULES.items()}), (0, []))
        code, lines = self.check({f"{rule}.md": wrong + "\n" for rule, (wrong, _) in RULES.items()})
        self.assertEqual(code, 1)
        for rule in RULES:
            with self.subTest(rule):
                self.assertTrue(any(line.startswith(f"{rule}.md:1:") for line in lines), lines)

    def test_hit_has_its_place_and_what_to_write(self):
        lines = ['cli/src/a.rs:3:17: "stands": write "is", "are", "lives in" or "comes"']
        self.assertEqual(self.check({"cli/src/a.rs": "//! One.\n\nfn a() {} // It stands here.\n"}), (1, lines))

    def test_comments_of_every_language_are_read(self):
        files = {
            "a.rs": "/* It\n * mends it. */",
            "a.c": "int a; /* It mends it. */",
            "a.h": "// It mends it.",
            "a.py": "a = 1  # It mends it.",
            "b.py": 'def a():\n    """It mends it."""',
            "a.sh": "true # It mends it.",
            "a.toml": 'a = "# b" # It mends it.',
            "Makefile": "a: ## mends it\n",
            "a.yml": "a: 1 # It mends it.",
            "a.mjs": "/** It mends it. */",
            "a.ts": "/** It mends it. */",
            "a.json": '{"says":"it mends it"}',
        }
        _, lines = self.check(files)
        found = sorted(line.split(":", 1)[0] for line in lines if ': "mends": ' in line)
        self.assertEqual(found, sorted(files))

    def test_phrase_over_two_lines_of_a_comment_is_found(self):
        self.assertEqual(self.places("a.rs", "    /// It goes out of\n    /// the way.\n"), ['1:17: "out of the way"'])

    def test_messages_are_read_and_short_strings_are_not(self):
        rust = 'fn a() -> &str { x("mend"); y(r#"{a} "mend" it"#); "it \\\n   mends it" }\n'
        self.assertEqual(self.places("a.rs", rust), ['1:39: "mend"', '2:4: "mends"'])
        self.assertEqual(self.places("a.py", "a('mend')\nraise E(f'it mends {mend}')\n"), ['2:14: "mends"'])

    def test_strings_of_tests_are_data(self):
        self.assertEqual(self.places("tests/a.rs", 'fn a() { x("it mends it") }\n'), [])
        self.assertEqual(self.places("test_a.py", 'x("it mends it")\n'), [])
        self.assertEqual(self.places("a.rs", '#[cfg(test)]\nmod tests {\n    const A: &str = "it mends it";\n}\n'), [])

    def test_code_names_addresses_and_quoted_text_are_left_alone(self):
        text = 'Run `mend it`, see [it](mend/it.md), and "it mends".\n\n```text\nit mends it\n```\n\nIt mends it.\n'
        self.assertEqual(self.places("a.md", text), ['7:4: "mends"'])
        self.assertEqual(self.places("a.rs", "fn mend() {}\n\n/// ```\n/// mend();\n/// ```\nfn a() { mend(); }\n"), [])

    def test_comment_in_a_block_of_code_is_read(self):
        self.assertEqual(self.places("a.md", "```sh\nmend   # mends it\n```\n"), ['2:10: "mends"'])

    def test_names_in_code_are_read_and_verbs_are_fine(self):
        rust = 'struct Answer; fn no_answer() { a(NO_ANSWERS, "no-answer", was_answered, answering) } // answer\n'
        found = ['1:8: "Answer"', '1:19: "no_answer"', '1:35: "NO_ANSWERS"', '1:51: "answer"']
        self.assertEqual(self.places("a.rs", rust), found)
        found = ['1:13: "AnAnswer"', '1:29: "answer"']
        self.assertEqual(self.places("a.ts", "export type AnAnswer = 1; a.answer(); // `answer`\n"), found)
        self.assertEqual(self.places("tests/a.py", "def test_answer(): ...\n"), ['1:5: "test_answer"'])
        for path in ("core/api.txt", "tower/api.txt"):
            self.assertEqual(self.places(path, 'Cause: NoAnswer = "x"\n'), ['1:8: "NoAnswer"'])

    def test_test_name_has_at_most_ten_words(self):
        ten = "one two three four five six seven eight nine ten"
        eleven, named = f"{ten} more", ten.replace(" ", "_")
        rust = f"#[test]\n#[ignore]\nfn {named}() {{}}\n\nfn {named}_more() {{}}\n#[test]\nfn {named}_more() {{}}\n"
        self.assertEqual(self.places("a.rs", rust), [f'7:4: "{named}_more"'])
        python = f"def test_{named}(): ...\ndef test_{named}_more(): ...\n"
        self.assertEqual(self.places("a.py", python), [f'2:10: "{named}_more"'])
        sentences = f"SENTENCE({named}),\nSENTENCE({named}_more),\n"
        self.assertEqual(self.places("a.c", sentences), [f'2:10: "{named}_more"'])
        script = f"test('{ten}', () => {{}});\ntest('{eleven}', () => {{}});\ntest(`${{a ? 'b' : 'c'}} two`, () => {{}});\n"
        self.assertEqual(self.places("a.mjs", script), [f'2:7: "{eleven}"'])

    def test_waiting_room_is_counted_and_leaves_the_list_without_hits(self):
        files = {"cli/a.md": "It mends it.\n", "tools/words.toml": 'waiting = ["cli"]\n'}
        self.assertEqual(self.check(files), (0, ["cli waits: 1 hits (tools/words cli)"]))
        self.assertEqual(self.check(files, "cli")[0], 1)
        line = "tools/words.toml: cli has no hit left: take it out of waiting"
        self.assertEqual(self.check({**files, "cli/a.md": "It is fine.\n"}), (1, [line]))

    def test_exception_excuses_its_line_and_must_excuse_something(self):
        entry = '[[exception]]\npath = "a.md"\nword = "mend"\ntext = "mends it"\nreason = "a test"\n'
        self.assertEqual(self.check({"a.md": "It mends it.\n", "tools/words.toml": entry}), (0, []))
        line = "tools/words.toml: this exception excuses nothing: a.md: a test"
        self.assertEqual(self.check({"a.md": "It is fine.\n"}), (1, [line]))
        code, lines = self.check({"tools/words.toml": '[[exception]]\npath = "a.md"\n'})
        self.assertEqual((code, "has no reason" in lines[0]), (1, True))

    def test_count_has_a_row_for_each_room(self):
        code, lines = self.check({"cli/a.md": "You mend it.\n"}, "--count")
        self.assertEqual((code, lines[1].split()[:3], lines[1].split()[-1]), (0, ["cli", "3", "1"], "333.33"))

    def test_unknown_path_and_empty_tree_are_refused(self):
        self.assertEqual(
            self.check({}, "nowhere"), (1, [f"nowhere: there is no such file or folder below {self.root}"])
        )
        self.assertEqual(self.check({}), (1, [f"{self.root}: no text was found"]))


if __name__ == "__main__":
    unittest.main()
