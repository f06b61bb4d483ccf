"""tools/suffixes: what the tree of the list is, what is an ancestor, and that a table which the list does not give is refused."""

import subprocess
import sys
import tempfile
import unittest
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

TOOL = Path(__file__).resolve().parent / "suffixes"
LOADER = SourceFileLoader("suffixes", str(TOOL))
tool = module_from_spec(spec_from_loader(LOADER.name, LOADER))
sys.dont_write_bytecode = True
LOADER.exec_module(tool)


def check(*arguments):
    run = subprocess.run([sys.executable, TOOL, "--check", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return run.returncode


class Suffixes(unittest.TestCase):
    def test_table_is_what_the_list_gives(self):
        self.assertEqual(check(), 0)

    def test_table_of_another_list_is_refused(self):
        rules = tool.rules_of_psl().read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as directory:
            other = Path(directory, "rules.txt")
            other.write_text(rules, encoding="utf-8")
            self.assertEqual(check(other), 0)
            other.write_text(rules + "s3.new.example\n", encoding="utf-8")
            self.assertEqual(check(other), 1)

    def test_tree_holds_every_rule_from_the_right(self):
        rules = ["com", "a.com", "*.a.com", "!www.a.com", "b.a.com"]
        ((label, node),) = tool.tree(rules).items()
        self.assertEqual(tool.encoded(label, *node), b"\xc3com\x0d\x00\xc1a\x09\x00D!wwwA*Ab")

    def test_ancestor_is_above_a_suffix_and_is_none(self):
        rules = ["com", "s3.amazonaws.com", "cloud.s3.eu.amazonaws.com", "*.star.example", "!www.star.example", "公司.cn"]
        self.assertEqual(
            tool.ancestors(rules),
            {
                "amazonaws.com": "s3.amazonaws.com",
                "cn": "xn--55qx5d.cn",
                "eu.amazonaws.com": "cloud.s3.eu.amazonaws.com",
                "example": "star.example",
                "s3.eu.amazonaws.com": "cloud.s3.eu.amazonaws.com",
            },
        )


if __name__ == "__main__":
    unittest.main()
