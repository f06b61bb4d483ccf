"""What a run keeps for the next one."""

import pathlib
import tempfile
import unittest

from build import Built
from kept import MISSED, Outcomes, keep, kept
from rewrite import Mutant

FIRST, SECOND = (Mutant(number, f"replace {number}", "a.rs", "FnValue", "7", 1, 2) for number in (1, 2))


class Kept(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_build_is_found_by_its_fingerprint_alone(self):
        state, program = self.folder / "built.json", self.folder / "program-1"
        self.assertIsNone(kept("x", state))
        program.touch()
        built = Built([FIRST, SECOND], [FIRST], {2: "a constant"}, set(), [str(program)])
        keep("x", built, {(str(program), "--skip", "slow"): 1.5}, state)
        self.assertEqual(kept("x", state), (built, {(str(program), "--skip", "slow"): 1.5}))
        self.assertIsNone(kept("y", state))
        program.unlink()
        self.assertIsNone(kept("x", state))
        state.write_text('{"finger')
        self.assertIsNone(kept("x", state))

    def test_outcomes_outlive_a_run_that_is_killed(self):
        path = self.folder / "outcome"
        outcomes = Outcomes(path, True)
        outcomes.add(FIRST, "vectors")
        outcomes.add(SECOND, MISSED)
        self.assertEqual(Outcomes(path, True).known, {FIRST.name: "vectors", SECOND.name: MISSED})
        path.write_text(path.read_text()[:-3])
        self.assertEqual(Outcomes(path, True).known, {FIRST.name: "vectors"})
        self.assertEqual(Outcomes(path, False).known, {})
        self.assertEqual(path.read_text(), "")

    def test_missed_mutants_run_again_after_a_change(self):
        path = self.folder / "outcome"
        outcomes = Outcomes(path, False)
        outcomes.add(FIRST, "vectors")
        outcomes.add(SECOND, MISSED)
        outcomes.forget_missed()
        self.assertEqual(Outcomes(path, True).known, {FIRST.name: "vectors"})


if __name__ == "__main__":
    unittest.main()
