#!/usr/bin/env python3
"""Looks for types of one name in one namespace that two files define.

Each file sees its own, and the linker takes the inline members of one of them for both: the program
links, and crashes. Types in a namespace without a name are the file's own.

    one_definition.py FOLDER...
"""
import re
import sys
from collections import defaultdict
from pathlib import Path

# What has braces, semicolons or words that are none: comments, texts, characters, the preprocessor's lines.
NO_CODE = re.compile(
    r"""//[^\n]*|/\*.*?\*/|^\s*\#(?:\\\n|[^\n])*"""
    r"""|R"([^\s()]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<!\w)'(?:\\.[^']*|[^'\\])'""", re.DOTALL | re.MULTILINE)
NAMESPACE = re.compile(r"namespace\b\s*([\w:]*)\s*$")
TYPE = re.compile(
    r"(?:template\s*<.*>\s*)?(?:struct|class|union|enum(?:\s+class)?)\s+(?:(?:alignas|SUBJREC_\w+)\s*\([^)]*\)\s*)?"
    r"([\w:]+)(?![\w\s]*\()[^()=]*$", re.DOTALL)


def types(path):
    """(namespace, name) of every type that the file defines where other files may see it."""
    text = NO_CODE.sub(" ", path.read_text())
    inside = []  # the names of the namespaces around; None for any other block
    said = 0     # where what is said before the next brace begins
    for brace in re.finditer("[{};]", text):
        if brace[0] == "{":
            head = text[said:brace.start()].strip()
            namespace, type_ = NAMESPACE.search(head), TYPE.match(head)
            if type_ and None not in inside and "" not in inside:
                yield "::".join(inside), type_[1]
            inside.append(namespace[1] if namespace else None)
        elif brace[0] == "}":
            inside.pop()
        said = brace.end()
    if inside:
        raise SystemExit(f"{path}: {len(inside)} blocks have no end")


def main():
    defined = defaultdict(list)
    files = sorted(p for folder in sys.argv[1:] for p in Path(folder).rglob("*")
                   if p.suffix in (".h", ".cc", ".inc"))
    for path in files:
        for namespace, name in types(path):
            defined[namespace, name].append(str(path))
    twice = {key: places for key, places in defined.items() if len(places) > 1}
    for (namespace, name), places in twice.items():
        print(f"{namespace}::{name} is defined in", " and ".join(places))
    if len(defined) < 2 or twice:
        raise SystemExit(f"{len(twice)} of {len(defined)} types are defined twice")
    print(f"{len(defined)} types in {len(files)} files, each defined once")


if __name__ == "__main__":
    main()
