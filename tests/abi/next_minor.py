#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the headers as a next minor version could look: every struct that may grow has grown, and the minor is one higher.

    next_minor.py INCLUDE OUTPUT      INCLUDE holds parley/; so will OUTPUT
"""
import pathlib
import re
import shutil
import sys

SIZED = re.compile(r"(struct \w+ \{\n  uint32_t size;.*?)(\n\}[^\n]*;)", re.DOTALL)
MINOR = re.compile(r"#define PARLEY_ABI_MINOR (\d+)")


def main():
    source, target = (pathlib.Path(path) for path in sys.argv[1:])
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(source / "parley", target / "parley")
    grown = 0
    for header in [target / "parley/plugin_abi.h", *sorted((target / "parley/ext").glob("*.h"))]:
        text, count = SIZED.subn(r"\1\n  uint64_t added_in_the_next_minor;\2", header.read_text())
        grown += count
        header.write_text(MINOR.sub(lambda match: f"#define PARLEY_ABI_MINOR {int(match.group(1)) + 1}", text))
    if grown < 30:
        sys.exit(f"only {grown} structs were found to grow: the pattern no longer fits the headers")
    print(f"{grown} structs grew")


main()
