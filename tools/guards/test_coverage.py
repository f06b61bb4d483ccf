"""The coverage guard refuses a region that no test reaches, on an export made by hand."""

import tempfile
import unittest
from pathlib import Path

import coverage

SOURCE = "fn taken() {\n    if odd() {\n        return;\n    }\n    get()?;\n}\n"


class Coverage(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name)
        (self.root / "a.rs").write_text(SOURCE)

    def ran(self, *counts, name="_RNv1a5taken"):
        """Two instances of one function; `counts` of the line that returns."""
        functions = [
            {
                "name": name,
                "filenames": [str(self.root / "a.rs"), "/elsewhere/b.rs"],
                "regions": [[1, 1, 5, 2, 7, 0, 0, 0], [3, 9, 3, 15, count, 0, 0, 0], [9, 1, 9, 2, 0, 1, 0, 0]],
            }
            for count in counts
        ]
        return coverage.regions({"data": [{"functions": functions}]}, self.root)

    def judge(self, ran, explained=(), at_least=0):
        return coverage.judge(ran, self.root, explained, at_least)

    def test_passes_where_one_instance_reaches_the_region(self):
        self.assertEqual(self.judge(self.ran(0, 1), at_least=100), [])

    def test_takes_a_file_that_only_tests_have_for_a_test(self):
        (self.root / "mod.rs").write_text("#[cfg(test)]\npub(crate) mod a;\nmod b;\n")
        self.assertEqual(self.judge(self.ran(0, 0)), [])
        (self.root / "mod.rs").write_text("mod a;\n")
        self.assertEqual(len(self.judge(self.ran(0, 0))), 1)

    def test_refuses_a_region_that_no_test_reaches(self):
        (wrong,) = self.judge(self.ran(0, 0))
        self.assertIn("a.rs:3: no test reaches `return;`", wrong)

    def test_explained_region_passes_and_a_second_is_refused(self):
        explained = [{"file": "a.rs", "lines": ["return;"]}]
        self.assertEqual(self.judge(self.ran(0), explained), [])
        ran = self.ran(0)
        ran["a.rs"][3, 16, 3, 17] = 0
        self.assertEqual(len(self.judge(ran, explained)), 1)

    def test_refuses_an_explanation_that_is_not_needed(self):
        (wrong,) = self.judge(self.ran(1), [{"file": "a.rs", "lines": ["return;"]}])
        self.assertIn("take its explanation out", wrong)

    def test_takes_one_reason_for_every_question_mark_of_a_file(self):
        ran = self.ran(1)
        ran["a.rs"][5, 10, 5, 11] = 0
        (wrong,) = self.judge(ran)
        self.assertIn("a.rs:5: no test reaches `?`", wrong)
        mark = {"file": "a.rs", "lines": ["?"]}
        self.assertEqual(self.judge(ran, [mark]), [])
        self.assertEqual(len(self.judge(self.ran(1), [mark])), 1)

    def test_refuses_less_than_the_threshold(self):
        explained = [{"file": "a.rs", "lines": ["return;"]}]
        (wrong,) = self.judge(self.ran(0), explained, at_least=51)
        self.assertEqual(wrong, "1 of 2 regions are reached: less than 51 %")

    def test_takes_no_count_of_the_unit_tests(self):
        self.assertEqual(self.ran(0, name="_RNvNtCs1a5tests5taken"), {})


if __name__ == "__main__":
    unittest.main()
