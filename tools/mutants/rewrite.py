"""Writes source files in which every mutant sleeps until its number is asked for.

A mutant is one entry of `cargo mutants --list --json`. Its change becomes a choice at run time, `crate::mutated::is(7)`. All changes are insertions
at byte offsets, so that mutants inside mutants need no special care.
"""

import collections
import dataclasses

import tree_sitter
import tree_sitter_rust

RUST = tree_sitter.Parser(tree_sitter.Language(tree_sitter_rust.language()))

# Appended to the copy's lib.rs. `const_eval_select` lets a `const fn` ask at run time; while rustc evaluates, no mutant is awake.
SWITCH = """
extern crate std;
#[allow(missing_docs, internal_features, unused)]
#[doc(hidden)]
pub mod mutated {
    static NUMBER: ::std::sync::OnceLock<u32> = ::std::sync::OnceLock::new();
    const fn never(_: u32) -> bool {
        false
    }
    fn asked(number: u32) -> bool {
        *NUMBER.get_or_init(|| ::std::env::var("CORSAC_MUTANT").map_or(0, |text| text.parse().unwrap())) == number
    }
    #[inline]
    pub const fn is(number: u32) -> bool {
        core::intrinsics::const_eval_select((number,), never, asked)
    }
}
"""
FEATURES = b"#![feature(core_intrinsics, const_eval_select)]\n#![allow(internal_features)]\n"

COMPARISONS = {"==", "!=", "<", ">", "<=", ">="}
COMPOUND = {"+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="}
LOGICAL = {"&&", "||"}


@dataclasses.dataclass(frozen=True)
class Mutant:
    """One entry of cargo-mutants' list, with byte offsets instead of lines and columns."""

    number: int
    name: str
    file: str
    genre: str
    replacement: str
    start: int
    end: int
    return_type: str = ""


class CannotWrite(Exception):
    """The mutant has no form as a choice at run time."""


def offsets(source: bytes):
    """A function from cargo-mutants' line and column (of characters, from 1) to a byte offset."""
    lines = source.split(b"\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)

    def offset(place):
        line = lines[place["line"] - 1].decode()
        return starts[place["line"] - 1] + len(line[: place["column"] - 1].encode())

    return offset


class Rewriter:
    """Collects the insertions of one file."""

    def __init__(self, source: bytes):
        self.source = source
        self.tree = RUST.parse(source).root_node
        self.before = collections.defaultdict(list)  # at an offset, outer nodes first
        self.after = collections.defaultdict(list)  # at an offset, inner nodes first
        self.replaced = {}
        self.targets = []  # where a compound assignment is written again, in several choices

    def text(self, node):
        return self.source[node.start_byte : node.end_byte].decode()

    def around(self, node, opening, closing):
        self.before[node.start_byte].append((-node.end_byte, opening))
        self.after[node.end_byte].append((-node.start_byte, closing))

    def node(self, start, end, kinds):
        found = self.tree.descendant_for_byte_range(start, end)
        while found is not None and found.type not in kinds:
            found = found.parent
        if found is None:
            raise CannotWrite(f"no {' or '.join(sorted(kinds))}")
        return found

    def add(self, mutants):
        """All mutants of one place and genre."""
        first = mutants[0]
        if any(start <= first.start and first.end <= end for start, end in self.targets):
            raise CannotWrite("in the target of a compound assignment")
        place = self.tree.descendant_for_byte_range(first.start, first.end)
        while place is not None and place.type != "function_item":
            is_length = place.parent is not None and place.parent.type == "array_expression" and place.parent.child_by_field_name("length") == place
            if is_length or place.type in {"const_item", "static_item", "const_block", "array_type"}:
                raise CannotWrite("a constant, which rustc evaluates")
            place = place.parent
        write = {
            "FnValue": self.function,
            "BinaryOperator": self.binary,
            "UnaryOperator": self.unary,
            "MatchArm": self.arm,
            "MatchArmGuard": self.guard,
            "StructField": self.field,
        }[first.genre]
        write(mutants)

    def function(self, mutants):
        first = mutants[0]
        if "impl " in first.return_type:
            raise CannotWrite("a function that returns `impl Trait` has one type of value")
        body = self.tree.descendant_for_byte_range(first.start, first.end)
        while body is not None and not (body.type == "block" and body.parent.type == "function_item"):
            body = body.parent
        if body is None:
            raise CannotWrite("no body")
        choices = "".join(f"if crate::mutated::is({m.number}) {{ return {m.replacement}; }}" for m in mutants)
        self.before[body.start_byte + 1].append((-len(self.source) - 1, choices))

    def binary(self, mutants):
        first = mutants[0]
        node = self.node(first.start, first.end, {"binary_expression", "compound_assignment_expr", "let_chain"})
        left, right, operator = (node.child_by_field_name(name) for name in ("left", "right", "operator"))
        if operator is None or operator.start_byte != first.start or left is None:
            raise CannotWrite("an operator between conditions with `let`")
        symbol = self.text(operator)
        if symbol in LOGICAL:
            is_let = any(n.type == "let_condition" for n in descendants(node))
            if is_let:
                raise CannotWrite("a condition with `let`")
            sign = "!=" if symbol == "&&" else "=="
            self.around(left, "(match (", "")
            self.replaced[operator.start_byte] = (
                operator.end_byte,
                f") {{ value => if value {sign} crate::mutated::is({first.number}) {{ (",
            )
            self.around(right, "", ") } else { value } })")
            return
        if node.type == "compound_assignment_expr":
            target = self.text(left)
            self.targets.append((left.start_byte, left.end_byte))
            choices = "".join(f"if crate::mutated::is({m.number}) {{ {target} {m.replacement} mutant_right; }} else " for m in mutants)
            self.around(left, "(match (", "")
            # The target is written again in each choice. A mutant inside of it would be lost.
            self.replaced[left.start_byte] = (operator.end_byte, "")
            self.around(right, "", f") {{ mutant_right => {{ {choices}{{ {target} {symbol} mutant_right; }} }} }})")
            return
        reference, value = ("&", "*") if symbol in COMPARISONS else ("", "")
        tail = "".join(
            f"if crate::mutated::is({m.number}) {{ {value}mutant_left {m.replacement} {value}mutant_right }} else " for m in mutants
        )
        self.around(left, f"(match ({reference}(", "")
        self.replaced[operator.start_byte] = (operator.end_byte, f"), {reference}(")
        self.around(right, "", f")) {{ (mutant_left, mutant_right) => {tail}{{ {value}mutant_left {symbol} {value}mutant_right }} }})")

    def unary(self, mutants):
        first = mutants[0]
        node = self.node(first.start, first.end, {"unary_expression"})
        symbol = self.source[first.start : first.end].decode()
        operand = node.named_children[-1]
        if node.start_byte != first.start:
            raise CannotWrite("not a unary expression")
        self.around(operand, "(match (", "")
        self.replaced[first.start] = (operand.start_byte, "")
        tail = f") {{ value => if crate::mutated::is({first.number}) {{ value }} else {{ {symbol}value }} }})"
        self.around(operand, "", tail)

    def arm(self, mutants):
        first = mutants[0]
        node = self.node(first.start, first.end, {"match_arm"})
        pattern = node.child_by_field_name("pattern")
        condition = pattern.child_by_field_name("condition")
        asleep = f"!crate::mutated::is({first.number})"
        if condition is None:
            self.after[pattern.end_byte].append((0, f" if {asleep} "))
        elif any(n.type == "let_condition" for n in descendants(condition)):
            raise CannotWrite("a guard with `let`")
        else:
            self.around(condition, f"({asleep} && (", "))")

    def guard(self, mutants):
        node = self.tree.descendant_for_byte_range(mutants[0].start, mutants[0].end - 1)
        while node.parent is not None and not (node.parent.type == "match_pattern" and node.type != "match_pattern"):
            node = node.parent
        if node.parent is None or any(n.type == "let_condition" for n in [node, *descendants(node)]):
            raise CannotWrite("a guard with `let`")
        for m in mutants:
            asks = f"crate::mutated::is({m.number})"
            opening, closing = (f"({asks} || (", "))") if m.replacement == "true" else (f"(!{asks} && (", "))")
            self.around(node, opening, closing)

    def field(self, mutants):
        first = mutants[0]
        node = self.node(first.start, first.end, {"field_initializer", "shorthand_field_initializer"})
        base = next((n for n in node.parent.named_children if n.type == "base_field_initializer"), None)
        value = node.child_by_field_name("value")
        name = node.child_by_field_name("field")
        if base is None or value is None:
            raise CannotWrite("a field without a name of its own")
        whole = self.text(base).removeprefix("..").strip()
        asks = f"if crate::mutated::is({first.number})"
        self.around(value, f"({asks} {{ ({whole}).{self.text(name)} }} else {{ ", " })")

    def result(self):
        """The text, and for each mutant's number where its choice begins and ends."""
        out, position = [], 0
        places = sorted({*self.before, *self.after, *self.replaced})
        for place in places:
            if place < position:
                continue
            out.append(self.source[position:place])
            position = place
            out.extend(text.encode() for _, text in sorted(self.after.get(place, ()), key=lambda entry: entry[0]))
            out.extend(text.encode() for _, text in sorted(self.before.get(place, ()), key=lambda entry: entry[0]))
            if place in self.replaced:
                end, text = self.replaced[place]
                out.append(text.encode())
                position = end
        out.append(self.source[position:])
        return b"".join(out)


def descendants(node):
    for child in node.children:
        yield child
        yield from descendants(child)


def rewrite(source: bytes, mutants):
    """The source with the mutants in it, and the mutants that cannot be written, each with the reason."""
    groups = collections.defaultdict(list)
    for mutant in mutants:
        groups[mutant.start, mutant.end, mutant.genre].append(mutant)
    rewriter, unwritten = Rewriter(source), {}
    # Compound assignments first, because a mutant in the target of one cannot be written.
    for group in sorted(groups.values(), key=lambda group: source[group[0].start : group[0].end].decode() not in COMPOUND):
        try:
            rewriter.add(group)
        except CannotWrite as error:
            unwritten.update({mutant.number: str(error) for mutant in group})
    return rewriter.result(), unwritten
