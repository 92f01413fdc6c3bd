#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Style: what a reviewer would otherwise have to look for.

    style.py [--binary ROLLSTAMP] [--filter GLOB]

With the program, its --help is compared with the man page. Output is TAP version 13.
"""

import argparse
import fnmatch
import functools
import os
import pathlib
import re
import shutil
import subprocess
import sys

from lib import cases, tap
from lib.program import Program
from lib.tap import Skip

ROOT = cases.TESTS.parent
LICENCE = "SPDX-License-Identifier: Apache-2.0"
TEXTS = ["README.md", "HACKING.md", "NEWS.md", "CONTRIBUTING.md", "SECURITY.md"]
PARAMETERS = 6  # what travels together is a struct
# Modules that may end the process, and why: they are one, or cannot go on.
ENDING = {"src/app/main.c", "src/rollstamp-git/main.c", "src/rollstamp-git/worker.c", "src/base/arena.c"}
# Of C++ and not of C: clang-format reads C as C++, and sets what stands around them as it would there.
KEYWORDS = set("""
    and and_eq bitand bitor catch class compl concept const_cast consteval constexpr constinit decltype delete dynamic_cast
    explicit export friend mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public
    reinterpret_cast requires static_cast template this throw try typeid typename using virtual xor xor_eq""".split())
COMMENT_OR_TEXT = re.compile(r"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.S)
INCLUDE = re.compile(r'^ *# *include *([<"])([^>"]+)', re.M)


def name_of(path):
    return str(path.relative_to(ROOT))


@functools.cache
def text_of(path):
    return path.read_text()


@functools.cache
def code_of(path):
    """The file without its comments and what is in quotes; lines stay where they are."""
    def blank(found):
        quote = found[0][0] if found[0][0] != "/" else " "
        return quote + "\n" * found[0].count("\n") + quote
    return COMMENT_OR_TEXT.sub(blank, text_of(path))


@functools.cache
def c_files(*folders):
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.[ch]"))


def sources():
    return c_files("src")


def line_at(text, position):
    return text.count("\n", 0, position) + 1


# ---- the house ----------------------------------------------------------------------------------------------------

def order():
    """{file below src/: its place in the one total order}. main, in meson.build, is the last."""
    ranks = {}
    for listing in (ROOT / "src" / "meson.build", ROOT / "meson.build"):
        text = re.sub(r"#.*", "", text_of(listing)).replace("'src/", "'")
        for module in re.findall(r"'([a-z0-9_/-]+/[a-z0-9_]+\.[ch])'", text):
            ranks[module] = len(ranks)
            # A header that is listed by itself stands there; any other where its .c file does.
            ranks.setdefault(re.sub(r"\.c$", ".h", module), ranks[module])
    return ranks


def includes_of(path):
    """The headers of ours that a file includes, as paths below src/."""
    return [header for quote, header in INCLUDE.findall(text_of(path)) if quote == '"' and (ROOT / "src" / header).exists()]


def include_order():
    ranks = order()
    for path in sources():
        module = str(path.relative_to(ROOT / "src"))
        if module not in ranks:
            yield f"src/{module}: not in the list of src/meson.build"
            continue
        own = re.sub(r"\.c$", ".h", module)
        first = INCLUDE.search(text_of(path))
        if module != own and (ROOT / "src" / own).exists() and (not first or first[2] != own):
            yield f"src/{module}: the first include is not its own header"
        for header in includes_of(path):
            if (module == own or header != own) and ranks.get(header, len(ranks)) >= ranks[module]:
                yield f"src/{module}: includes {header}, which does not stand before it in src/meson.build"


def rooms():
    """{room: the rooms whose headers it may include}, by the table of HACKING.md."""
    every = {}
    for line in text_of(ROOT / "HACKING.md").splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) == 6 and re.fullmatch(r"`[a-z-]+`", cells[1]):
            every[cells[1].strip("`")] = cells[3]
    for room, cell in every.items():
        named = set(re.findall(r"`([a-z-]+)`", cell))
        # "all of these but ...": those above it.
        above = list(every)[:list(every).index(room)]
        every[room] = {room} | (set(above) - named if cell.startswith("all") else named)
    return every


def room_includes():
    allowed = rooms()
    for path in sources():
        room = path.parent.name
        if room not in allowed:
            yield f"{name_of(path)}: the table of HACKING.md has no room {room}"
            continue
        for header in includes_of(path):
            if header.split("/")[0] not in allowed[room]:
                yield f"{name_of(path)}: includes {header}, and HACKING.md does not give {header.split('/')[0]} to {room}"


def endings():
    for path in sources():
        if name_of(path) not in ENDING:
            for found in re.finditer(r"\b(_?exit|_Exit|quick_exit|abort) *\(", code_of(path)):
                yield f"{name_of(path)}:{line_at(code_of(path), found.start())}: {found[0]}"


def libyaml():
    return [name_of(path) for path in sources()
            if "yaml.h" in [header for _, header in INCLUDE.findall(text_of(path))] and name_of(path) != "src/yaml/reader.c"]


def shell_alone():
    """What a shell does is told without what is looked for in its scripts."""
    return [name_of(path) for path in sources() if name_of(path).startswith("src/shell/")
            and re.search(r"\b(git|kubernetes|kubelet|container|pod)\b", text_of(path), re.IGNORECASE)]


# ---- names and sizes ----------------------------------------------------------------------------------------------

def structs():
    where = {}
    for path in sources():
        for found in re.finditer(r"^(?:struct|union|enum) (\w+) \{", code_of(path), re.M):
            where.setdefault(found[1], []).append(f"{name_of(path)}:{line_at(code_of(path), found.start())}")
    return [f"{name}: {', '.join(places)}" for name, places in sorted(where.items()) if len(places) > 1]


def keywords():
    for path in c_files("src", "tests"):
        code = code_of(path)
        for found in re.finditer(r"\b[a-z_]+\b", code):
            if found[0] in KEYWORDS:
                yield f"{name_of(path)}:{line_at(code, found.start())}: {found[0]}"


def parameters_of(code, start):
    """How many parameters there are behind the parenthesis that opens before `start`."""
    depth, count = 1, 1
    for at in range(start, len(code)):
        depth += {"(": 1, ")": -1}.get(code[at], 0)
        if depth == 0:
            return count - code[start:at].rstrip().endswith("...")
        count += depth == 1 and code[at] == ","
    return 0


def parameters():
    for path in sources():
        code = code_of(path)
        for found in re.finditer(r"^[A-Za-z_][\w \t*]*\b(\w+)\(", code, re.M):
            count = parameters_of(code, found.end())
            if count > PARAMETERS and path.with_suffix(".h").exists() <= (path.suffix == ".h") or \
                    count > PARAMETERS and found[0].startswith("static"):
                yield f"{name_of(path)}:{line_at(code, found.start())}: {found[1]} has {count} parameters"


def too_long(limit, *paths):
    for path in paths:
        count = text_of(path).count("\n")
        if count > limit:
            yield f"{name_of(path)}: {count} lines, more than {limit}"


# ---- text ---------------------------------------------------------------------------------------------------------

@functools.cache
def files():
    """Every file of ours but test data."""
    found = []
    for directory, folders, names in os.walk(ROOT):
        inside = os.path.relpath(directory, ROOT)
        folders[:] = [name for name in folders if name not in (".git", "__pycache__") and not name.startswith("build")
                      and os.path.normpath(f"{inside}/{name}") not in ("tests/golden", "tests/fuzz/corpus")]
        found += [pathlib.Path(directory, name) for name in names]
    return sorted(path for path in found if path.is_file() and not path.is_symlink())


@functools.cache
def first_line(path):
    with open(path, "rb") as file:
        return file.readline(200).decode("latin-1")


def licences():
    for path in files():
        if path.suffix in (".c", ".h", ".py", ".sh", ".go") or path.name in ("meson.build", "meson_options.txt") or \
                first_line(path).startswith("#!"):
            if LICENCE not in "".join(text_of(path).splitlines(keepends=True)[:2]):
                yield f"{name_of(path)}: the first two lines have no `{LICENCE}`"


def shell_scripts():
    return [path for path in files() if path.suffix == ".sh" or re.match(r"#! *\S*(/|env )(ba|da)?sh( |$)", first_line(path).strip())]


def tidy():
    ours = [path for path in files() if path.suffix in (".md", ".scd", ".py", ".c", ".h") or path.name == "meson.build"]
    for path in [*ours, *shell_scripts()]:
        text = text_of(path)
        for found in re.finditer(r"[ \t]+$", text, re.M):
            yield f"{name_of(path)}:{line_at(text, found.start())}: blanks at the end"
        if not text.endswith("\n"):
            yield f"{name_of(path)}: no newline at the end"
        if name_of(path) in TEXTS:
            yield from (f"{name_of(path)}:{number}: {len(line)} characters" for number, line in enumerate(text.splitlines(), 1)
                        if len(line) > 120 and not line.startswith("|"))


def named_files():
    """The files that our documents name are there."""
    for name in TEXTS:
        for path in re.findall(r"`((?:src|tests|doc|examples|helm)/[\w./-]+)`", text_of(ROOT / name)):
            if not (ROOT / path).exists():
                yield f"{name}: names {path}, which is not there"


def readme_commands():
    for command in ("examples/quickstart", "tests/run"):
        if not re.search(rf"^ *{command}$", text_of(ROOT / "README.md"), re.M):
            yield f"README.md: no line with {command}"
        if not os.access(ROOT / command, os.X_OK):
            yield f"{command}: not executable"


# ---- other programs -----------------------------------------------------------------------------------------------

def output_of(*command, stdin=None):
    done = subprocess.run([str(word) for word in command], input=stdin, cwd=ROOT, check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    return done.stdout.decode(errors="replace").splitlines()


def program(*names):
    for name in names:
        if shutil.which(name):
            return name
    raise Skip(f"no {names[-1]}")


def formatted():
    formatter = program("clang-format-14", "clang-format")
    # Versions disagree: the one of Debian 12 decides.
    if " 14." not in output_of(formatter, "--version")[0]:
        raise Skip("no clang-format 14")
    lines = output_of(formatter, "--dry-run", "-Werror", *c_files("src", "tests"))
    found = {match[1] for match in map(re.compile(r"([^ :]+:\d+):").match, lines) if match}
    return [f"{pathlib.Path(place).relative_to(ROOT)}: not what {formatter} -i makes of it" for place in sorted(found)]


def unpinned_actions():
    """Actions of workflows that are not named by a commit, or without the version that it is."""
    workflows = [*ROOT.glob(".github/workflows/*"), *ROOT.glob("examples/github/*.yaml")]
    return [f"{name_of(path)}:{number}: {line.strip()}: not the 40 digits of a commit, with its version as a comment"
            for path in workflows for number, line in enumerate(path.read_text().splitlines(), 1)
            if re.match(r" *(- )?uses:", line) and not re.search(r"@[0-9a-f]{40} # v[0-9.]+$", line)]


def shellcheck():
    return output_of(program("shellcheck"), *shell_scripts())


def man_pages():
    for page in sorted((ROOT / "doc").glob("*.scd")):
        done = subprocess.run([program("scdoc")], input=page.read_bytes(), check=False, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE)
        if done.returncode:
            yield f"{name_of(page)}: {done.stderr.decode()}"


def man_page_options(rollstamp):
    """The long options that --help prints, and those that the man page defines, are the same."""
    shown = set(re.findall(r"(?<![-\w])(--[a-z][a-z-]+)", Program(rollstamp).run(["--help"]).stdout.decode()))
    defined = {option for line in text_of(ROOT / "doc" / "rollstamp.1.scd").splitlines() if line.startswith("*-")
               for option in re.findall(r"\*(--[a-z][a-z-]+)", line)}
    return [f"only in --help: {option}" for option in sorted(shown - defined)] + \
        [f"only in the man page: {option}" for option in sorted(defined - shown)]


def marker():
    """By the marker in its last line jobs find the comment that they have made: whoever speaks of it has the same one."""
    found = re.search(r'#define WHYMARKDOWN_MARKER "(.*)"', text_of(ROOT / "src/app/whymarkdown.h"))
    if not found or found[1] != "<!-- rollstamp why -->":
        yield "src/app/whymarkdown.h: comments that were made before are not found again by another marker"
        return
    for name in ("NEWS.md", "doc/rollstamp.1.scd", "examples/github/comment", "examples/gitlab/comment"):
        if found[1] not in text_of(ROOT / name):
            yield f"{name}: does not name the marker {found[1]}"


def main():
    parser = argparse.ArgumentParser(description="Look at what the compiler does not see, print TAP.")
    parser.add_argument("--binary", help="the program, whose --help is compared with the man page")
    parser.add_argument("--filter", default="*", help="glob on the tests' names")
    options = parser.parse_args()
    tests = {
        "C code is formatted as .clang-format says": formatted,
        "shellcheck has nothing to say": shellcheck,
        "actions of workflows are pinned to commits": unpinned_actions,
        "files include only what stands before them in src/meson.build": include_order,
        "only main and the arena end the process": endings,
        "only src/yaml/reader.c includes yaml.h": libyaml,
        "src/shell speaks neither of git nor of Kubernetes": shell_alone,
        "rooms include only what the table of HACKING.md gives them": room_includes,
        "no two structs have one name": structs,
        "nothing is named by a keyword of C++": keywords,
        f"no function has more than {PARAMETERS} parameters": parameters,
        "no file in src has more than 700 lines": lambda: too_long(700, *sources()),
        "HACKING.md has at most 200 lines": lambda: too_long(200, ROOT / "HACKING.md"),
        "README.md has at most 345 lines": lambda: too_long(345, ROOT / "README.md"),
        "README.md shows the two commands": readme_commands,
        "the files that documents name are there": named_files,
        "every source names its licence": licences,
        "text has no blanks at line ends and ends in a newline": tidy,
        "scdoc accepts the man pages": man_pages,
        "the marker of comments is the same everywhere": marker,
    }
    if options.binary:
        tests["the man page has the options of --help"] = lambda: man_page_options(options.binary)
    return tap.run(tap.Test(name, function) for name, function in tests.items() if fnmatch.fnmatchcase(name, options.filter))


if __name__ == "__main__":
    sys.exit(main())
