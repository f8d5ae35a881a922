#!/usr/bin/env python3
"""What opening documents costs: MB/s and files/s by format, and the helper and its sandbox for each file.

extract_bench.py --bin DIR [WORD]: made files of about a megabyte, of the processor's time (of `spillguard`, the helper and
the tools together); formats whose name holds WORD.
"""
import argparse
import bz2
import gzip
import lzma
import os
import random
import resource
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tools"))
from attachments import archives, office, ole, others  # noqa: E402

MEGABYTE = 1 << 20


def words(size):
    dice = random.Random(1)
    some = ["".join(dice.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(dice.randrange(3, 11))) for _ in range(4000)]
    lines = []
    while size > 0:
        lines.append(" ".join(dice.choice(some) for _ in range(12)))
        size -= len(lines[-1]) + 1
    return "\n".join(lines)


def formats():
    text = words(MEGABYTE)
    data = text.encode()
    lines = text.split("\n")
    types = {"[Content_Types].xml": office.TYPES, "_rels/.rels": office.RELS % ""}
    rows = "".join('<row r="%d"><c r="A%d" t="inlineStr"><is><t>%s</t></is></c></row>' % (i, i, line) for i, line in enumerate(lines, 1))
    pages = []
    for at in range(0, len(lines), 50):
        body = "BT /F1 8 Tf 36 760 Td 10 TL " + "".join("(%s) Tj T* " % line for line in lines[at:at + 50]) + "ET"
        pages.append(body)
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [%s] /Count %d >>" % (" ".join("%d 0 R" % (4 + 2 * i) for i in range(len(pages))), len(pages)),
               "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    for i, body in enumerate(pages):
        objects.append("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >> >>" % (5 + 2 * i))
        objects.append(others.stream(body))
    yield "a.zip", archives.zip_of({"%d.txt" % i: data[at:at + 65536] for i, at in enumerate(range(0, len(data), 65536))}), len(data)
    yield "a.tar", archives.tar_of({"%d.txt" % i: data[at:at + 65536] for i, at in enumerate(range(0, len(data), 65536))}), len(data)
    for name, pack in (("a.gz", gzip.compress), ("a.bz2", bz2.compress), ("a.xz", lzma.compress)):
        yield name, pack(data), len(data)
    yield "a.docx", office.package({**types, "word/document.xml": "<w:document %s>%s</w:document>" % (office.W, "".join("<w:p><w:r><w:t>%s</w:t></w:r></w:p>" % line for line in lines))}), len(data)
    yield "a.xlsx", office.package({**types, "xl/workbook.xml": '<w xmlns:r="r"><sheets><sheet name="S" r:id="a"/></sheets></w>',
                                    "xl/_rels/workbook.xml.rels": office.RELS % '<Relationship Id="a" Type="x/worksheet" Target="s.xml"/>',
                                    "xl/s.xml": "<worksheet><sheetData>%s</sheetData></worksheet>" % rows}), len(data)
    yield "a.odt", office.open_document("text", "".join("<text:p>%s</text:p>" % line for line in lines), lambda where: "x"), len(data)
    yield "a.pdf", others.pdf_of(objects), len(data)
    yield "a.rtf", ("{\\rtf1 " + "\\par ".join(lines) + "}").encode(), len(data)
    yield "a.eml", ("From: a\nTo: b\nSubject: c\n\n" + text).encode(), len(data)
    yield "a.msg", ole.compound({"__properties_version1.0": b"\0" * 32, "__substg1.0_1000001F": text.encode("utf-16-le")}), len(data)
    yield "a.bin", b"\0\1\2\3" + data.replace(b"\n", b"\0"), len(data)
    yield "utf16.zip", archives.zip_of({"a.txt": text.encode("utf-16")}), len(data)
    yield "png", b"\x89PNG\r\n\x1A\n" + others.png_chunk(b"IDAT", random.Random(2).randbytes(MEGABYTE)), MEGABYTE


def cost(binary, folder, *more):
    """Seconds of the processor and of the clock, the least of three."""
    best = None
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begin = time.monotonic()
        run = subprocess.run([os.path.join(binary, "spillguard"), "scan", "--quiet", "--threads", "1", *more, folder], capture_output=True)
        if run.returncode not in (0, 1):
            sys.exit(run.stderr.decode())
        wall = time.monotonic() - begin
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = min(best, (cpu, wall)) if best else (cpu, wall)
    return best


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True)
    parser.add_argument("word", nargs="?", default="")
    args = parser.parse_args()
    print(f"{'format':12}{'files/s':>10}{'MB/s of text':>14}{'ms a file':>11}")
    with tempfile.TemporaryDirectory() as scratch:
        def folder_of(name, data, count):
            folder = os.path.join(scratch, name + str(count))
            os.makedirs(folder)
            for i in range(count):
                with open(os.path.join(folder, "%d-%s" % (i, name)), "wb") as out:
                    out.write(data)
            return folder

        plain = folder_of("plain.txt", b"x y", 1)
        start, _ = cost(args.bin, plain)
        for name, data, size in formats():
            if args.word in name:
                count = 8
                used, _ = cost(args.bin, folder_of(name, data, count))
                each = max(used - start, 1e-6) / count
                print(f"{name:12}{1 / each:10.1f}{size / each / 1e6:14.1f}{each * 1e3:11.1f}", flush=True)
        # Small files: what the talk with the helper costs, and the helper itself.
        small = b"\0\1\2\3 some words here \0"
        many, _ = cost(args.bin, folder_of("small.bin", small, 1000))
        one, _ = cost(args.bin, folder_of("one.bin", small, 1))
        print(f"a small binary: {(many - one) / 999 * 1e3:.2f} ms (message, typing, reading; a helper serves 64 and is replaced)")
        print(f"the first helper with its sandbox: {(one - start) * 1e3:.1f} ms")
        tool, _ = cost(args.bin, folder_of("one.pdf", others.pdf_of(["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>"]), 40))
        print(f"one run of pdftotext in its sandbox: {(tool - one) / 40 * 1e3:.1f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
