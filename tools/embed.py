#!/usr/bin/env python3
"""Write a C++ source that holds files as data: embed.py OUT.cc VARIABLE FILE…

The arrays are plain strings split into short literals, which every compiler takes whatever the size.
"""
import os
import sys


def literal(data: bytes) -> str:
    lines = []
    for start in range(0, len(data), 96):
        chunk = data[start:start + 96]
        out = "".join(
            "\\" + chr(b) if b in b'"\\' else chr(b) if 32 <= b < 127 and b != 63 else "\\%03o" % b for b in chunk)
        lines.append('    "%s"' % out)
    return "\n".join(lines) or '    ""'


def main() -> None:
    out, variable, *files = sys.argv[1:]
    os.makedirs(os.path.dirname(out), exist_ok=True)
    text = ['#include "base/embedded.h"', "", "namespace spillguard::embedded {", "namespace {"]
    for i, path in enumerate(files):
        with open(path, "rb") as f:
            data = f.read()
        text.append("const char k_%s_%d[] =\n%s;" % (variable, i, literal(data)))
    text.append("const EmbeddedFile k_%s_table[] = {" % variable)
    for i, path in enumerate(files):
        text.append('    {"%s", {k_%s_%d, sizeof(k_%s_%d) - 1}},' % (os.path.basename(path), variable, i, variable, i))
    text.append('    {"", ""},')
    text += ["};", "}  // namespace", "std::span<const EmbeddedFile> %s() {" % variable,
             "  return {k_%s_table, %d};" % (variable, len(files)), "}", "}  // namespace spillguard::embedded", ""]
    with open(out, "w", encoding="ascii") as f:
        f.write("\n".join(text))


main()
