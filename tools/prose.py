"""What people read in a file: comments, docstrings, messages and pages, with everything else masked in place."""

import bisect
import pathlib
import re

# Placeholders: one for code, which separates pieces of text, and one for a name in backticks, which is a word of a sentence.
CODE, NAME = "\0", "\1"

HASH = {".toml", ".yml", ".yaml", ".sh", ".conf", ".supp", ".mk", ".cmake", ".install"}
SLASHES = {".rs": "rust", ".c": "c", ".h": "c", ".cpp": "c"} | dict.fromkeys((".mjs", ".js", ".ts", ".mts", ".cts"), "js")
# The language of a block of code in Markdown, whose comments are read as well.
FENCES = {
    "rust": ".rs",
    "c": ".c",
    "python": ".py",
    "py": ".py",
    "sh": ".sh",
    "bash": ".sh",
    "toml": ".toml",
    "nginx": ".conf",
    "js": ".js",
    "ts": ".ts",
}
TEST = re.compile(r"(?:^|/)(?:tests?|t)/|(?:^|/)(?:test_\w+|\w+_test)\.py$|(?:^|/)tests\.rs$|\.test\.mjs$")


def blank(text, mark=CODE):
    """The text with a mark for each character but white space, so that places stay."""
    return re.sub(r"\S", mark, text)


def spaces(found):
    return re.sub(r"[^\n]", " ", found[0])


def as_name(found):
    return re.sub(r"[^\n]", NAME, found[0])


def prose(text):
    """A comment or a page without what is code in it: names in backticks, addresses, quoted text."""
    text = re.sub(r"(`+)(?!`)[^`]+?\1(?!`)", as_name, text)
    text = re.sub(r"\]\([^)\s]*\)|\]\[[^\]\n]*\]|<?https?://[^\s>]+>?", as_name, text)
    return re.sub(r'"[^"\n]{1,120}"|“[^”\n]{1,120}”', as_name, text)


def message(text):
    """The inside of a string literal: escapes are white space, values are names. A string without words is code."""
    if " " not in text.strip() or len(re.findall(r"[A-Za-z]{2,}", text)) < 2:
        return blank(text)
    text = re.sub(r"\\(?:[^\n]|$)", "  ", text).replace("\\\n", " \n")
    text = re.sub(r"\{[^{}\n]*\}", lambda found: NAME * len(found[0]), text)
    return re.sub(r"`[^`\n]+`", lambda found: NAME * len(found[0]), text)


def fenced(text):
    """Comments of one file or a page: the code blocks in them are code, whose own comments are read."""

    def block(found):
        inside = found["inside"]
        kind = FENCES.get(found["language"].split(",")[0])
        if kind and not found["head"].strip(" "):
            inside = masked(f"block{kind}", inside, strings=False)
        else:
            inside = blank(inside)
        return blank(found["head"] + found["open"]) + inside + blank(found["close"])

    fence = (
        r"^(?P<head>[\0 >]*)(?P<open>(?P<ticks>```+)(?P<language>[\w,]*)[^\n]*\n)"
        r"(?P<inside>.*?)(?P<close>^[\0 >]*(?P=ticks))"
    )
    return re.sub(fence, block, text, flags=re.DOTALL | re.MULTILINE)


def pieces_with_slashes(text, kind):
    """The comments and strings of Rust, C and JavaScript: (start, end, kind of piece)."""
    raw = r'|(?P<raw>\b[bc]?r(?P<hashes>#*)".*?"(?P=hashes))' if kind == "rust" else ""
    quote = (
        r"|(?P<char>b?'(?:[^'\\\n]|\\[^\n][^'\n]*)')"
        if kind != "js"
        else r"|(?P<single>'(?:[^'\\\n]|\\.)*')|(?P<back>`(?:[^`\\]|\\.)*`)"
    )
    token = re.compile(
        r"(?P<line>//[^\n]*)|(?P<block>/\*)" + raw + quote + r'|(?P<string>[bcL]?"(?:[^"\\]|\\.)*")', re.DOTALL
    )
    at = 0
    while found := token.search(text, at):
        at = found.end()
        if found.lastgroup == "block":
            depth, ends = 1, re.compile(r"/\*|\*/" if kind == "rust" else r"\*/")
            while depth and (mark := ends.search(text, at)):
                depth, at = depth + (1 if mark[0] == "/*" else -1), mark.end()
        yield found.start(), at, {"line": "comment", "block": "comment", "char": "code"}.get(found.lastgroup, "string")


def pieces_of_python(text):
    token = re.compile(
        r"""(?P<line>\#[^\n]*)|(?P<string>\b[rRbBfFuU]{0,2}(?P<quote>\"\"\"|'''|"|')(?:\\.|(?!(?P=quote)).)*?(?P=quote))""".replace(
            r"\b", r"(?<!\w)"
        ),
        re.DOTALL,
    )
    for found in token.finditer(text):
        if found["line"]:
            yield found.start(), found.end(), "comment"
        else:
            before = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
            is_docstring = len(found["quote"]) == 3 and not before.strip()
            yield found.start(), found.end(), "docstring" if is_docstring else "string"


def pieces_with_hashes(text, is_toml):
    strings = (
        r"""|(?P<string>\"\"\"(?:\\.|.)*?\"\"\"|'''.*?'''|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
        if is_toml
        else r"""|\becho\s+(?P<string>'[^'\n]*'|"[^"\n]*")"""
    )
    for found in re.finditer(r"(?:^|(?<=[\s;]))(?P<line>\#[^\n]*)" + strings, text, re.DOTALL | re.MULTILINE):
        yield *found.span("line" if found["line"] else "string"), "comment" if found["line"] else "string"


def without_marks(comment):
    """Comment signs, at the start of each line too, are white space."""
    return re.sub(r"^\s*(?://[/!]*|/\*[*!]*|\*(?!/)|#+!?)|\*/|^\s*--", spaces, comment, flags=re.MULTILINE)


def pieces_of_code(file, text):
    """The comments and strings of a program; None if the file is not one."""
    if file.suffix in SLASHES:
        return pieces_with_slashes(text, SLASHES[file.suffix])
    if file.suffix in (".py", ".pyi") or text.startswith("#!/usr/bin/env python3"):
        return pieces_of_python(text)
    if file.suffix == ".lua":
        return ((*found.span(), "comment") for found in re.finditer(r"--[^\n]*", text))
    return None


def names(path, text):
    """A program with everything but its code masked. A string of one word is code, because codes and keys are written so."""
    pieces = pieces_of_code(pathlib.PurePosixPath(path), text)
    if pieces is None:
        return None
    out, last = [], 0
    for start, end, piece in pieces:
        out.append(text[last:start])
        inside, last = text[start:end], end
        is_word = piece in ("string", "code") and re.fullmatch(r"""[bc]?["'`][\w-]+["'`]""", inside)
        out.append(inside if is_word else blank(inside))
    return "".join(out) + text[last:]


def masked(path, text, strings=True):
    """The text with everything but prose masked: code, names, addresses. Lines and columns stay."""
    file = pathlib.PurePosixPath(path)
    kind = file.suffix
    if kind == ".md":
        return prose(re.sub(r"<!--|-->|<[^>\n]+>", spaces, fenced(text)))
    if kind == ".json":
        # The sentence of a case.
        pieces = [
            (*found.span(1), "string") for found in re.finditer(r'"(?:says|note)"\s*:\s*("(?:[^"\\]|\\.)*")', text)
        ]
    elif (pieces := pieces_of_code(file, text)) is not None:
        pass
    elif (
        kind in HASH
        or file.name == "Makefile"
        or text.startswith("#!")
        or file.parent.name == ".ci"
        or file.name in ("config", ".editorconfig", ".gitattributes")
    ):
        pieces = pieces_with_hashes(text, kind == ".toml")
    else:
        return None
    end_of_strings = text.find("#[cfg(test)]\nmod ") if kind == ".rs" else -1
    if TEST.search(path):
        end_of_strings = 0
    if end_of_strings < 0:
        end_of_strings = len(text)
    out, last = [], 0
    for start, end, piece in pieces:
        out.append(blank(text[last:start]))
        inside, last = text[start:end], end
        if piece == "comment":
            out.append(prose(without_marks(inside)))
        elif piece == "docstring":
            out.append(prose(re.sub(r'^[rRbBfFuU]*"""|"""$', spaces, inside)))
        elif piece == "string" and strings and (start < end_of_strings or kind == ".json"):
            edge = re.match(r"""[bcLrRBfFuU]*#*(?:\"\"\"|'''|["'`])""", inside)[0]
            close = len(edge.lstrip("bcLrRBfFuU")) if not edge.endswith(("'''", '"""')) else 3
            body = inside[len(edge) : len(inside) - close]
            # A mark in front shows the rules where the sentence starts.
            out.append(blank(edge) + message(body) + blank(inside[len(inside) - close :]))
        else:
            out.append(blank(inside))
    out.append(blank(text[last:]))
    return fenced("".join(out))


class Text:
    """What is left of a file: each run of code is one mark, so that the rules look at prose alone."""

    def __init__(self, left):
        self.left, self.starts, self.moved = left, [0], [0]
        kept, at, length = [], 0, 0
        for code in re.finditer(rf"{CODE}[{CODE}\s]+", left):
            kept += left[at : code.start()], CODE
            length += code.start() - at + 1
            at = code.end()
            self.starts.append(length)
            self.moved.append(at)
        self.short = "".join(kept) + left[at:]

    def place(self, start):
        """The line and column of a place in the shortened text."""
        at = bisect.bisect_right(self.starts, start) - 1
        place = self.moved[at] + start - self.starts[at]
        return self.left.count("\n", 0, place), place - (self.left.rfind("\n", 0, place) + 1)
