"""Files that are made to hurt whoever opens them. Each has the outcome that it must end with."""
import gzip
import os
import random
import struct
import zipfile
import zlib

from . import archives, office, ole, others


def noise(name, size):
    """The same bytes each time, which mean nothing."""
    return random.Random(name).randbytes(size)


def nested_zip(depth, data):
    for level in range(depth):
        data = archives.zip_of({"level%d.zip" % level: data})
    return data


def lying_zip():
    """Its directory and its headers say a size that is not the data's."""
    data = bytearray(archives.zip_of({"a.txt": b"x" * 1000}, zipfile.ZIP_STORED))
    for magic, at in ((b"PK\3\4", 18), (b"PK\1\2", 20)):
        place = data.find(magic) + at
        data[place:place + 8] = struct.pack("<II", 0x7FFFFFFF, 0x7FFFFFFF)
    return bytes(data)


def many_entries(count):
    """A tar of empty files: 512 bytes each, next to nothing when packed."""
    head = bytearray(512)
    head[0:1] = b"f"
    for at, value in ((100, b"0000644\0"), (124, b"00000000000\0"), (148, b" " * 8), (257, b"ustar\x0000")):
        head[at:at + len(value)] = value
    head[148:156] = b"%06o\0 " % sum(head)
    return gzip.compress(bytes(head) * count + b"\0" * 1024, 1)


def quine_like(folder_levels):
    """One zip whose entries are all the same packed bytes (42.zip's way)."""
    inner = archives.zip_of({"0": b"\0" * (4 << 20)})
    for _ in range(folder_levels):
        inner = archives.zip_of({"%d.zip" % i: inner for i in range(16)}, zipfile.ZIP_STORED)
    return inner


def entities():
    laugh = "".join('<!ENTITY l%d "%s">' % (i, ("&l%d;" % (i - 1)) * 10) for i in range(1, 10))
    return '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">%s<!ENTITY file SYSTEM "file:///etc/passwd">]><x>&l9;&file;</x>' % laugh


def circular_ole():
    data = bytearray(ole.compound({"WordDocument": b"x" * 5000, "1Table": b"y" * 5000}))
    table = data.rfind(struct.pack("<I", 0xFFFFFFFD))
    start = table // 512 * 512
    for i in range(0, 40, 4):  # every chain leads back to its begin
        data[start + i:start + i + 4] = struct.pack("<I", 0)
    return bytes(data)


def make(folder):
    """Writes the files; gives name -> the outcomes of the document itself that are right."""
    expected = {}

    def put(name, data, *outcomes):
        with open(os.path.join(folder, name), "wb") as out:
            out.write(data if isinstance(data, bytes) else data.encode())
        expected[name] = outcomes

    put("flat-bomb.zip", archives.zip_of({"zeros": b"\0" * (130 << 20)}), "read", "ratio")
    put("bomb.gz", gzip.compress(b"\0" * (130 << 20), 1), "read", "ratio")
    put("bomb.gz.gz", gzip.compress(gzip.compress(b"a" * (60 << 20))), "ratio", "read", "too_large")
    put("deep.zip", nested_zip(40, b"x"), "read")
    put("quine-like.zip", quine_like(3), "ratio", "too_large", "too_many_entries", "read")
    put("entities.docx", office.package({"[Content_Types].xml": office.TYPES, "_rels/.rels": office.RELS % "", "word/document.xml": entities()}), "broken")
    put("entities.odt", office.open_document("text", "x", lambda where: "y"), "read")
    put("truncated.zip", archives.zip_of({"a.txt": noise("zip", 50000)})[:30000], "broken")
    put("truncated.xlsx", office.xlsx_bytes(lambda where: "t")[:1500], "broken", "read")
    put("truncated.gz", gzip.compress(noise("gz", 50000))[:30000], "broken")
    put("lying.zip", lying_zip(), "broken", "read")
    put("paths.zip", archives.zip_of({"../" * 50 + "etc/cron.d/x": b"words", "/etc/shadow": b"words", "C:\\x": b"words", "a\nb\x01": b"words",
                                      "x" * 60000: b"words"}), "read")
    put("million.tar.gz", many_entries(1_000_000), "read", "too_many_entries", "ratio")
    put("circular.doc", circular_ole(), "broken")
    put("broken.pdf", others.pdf_of(["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 99999999 >>"]), "broken", "read", "no_text")
    put("pdf-bomb.pdf", others.pdf_of(["<< /Type /Catalog >>", others.stream(zlib.compress(b"\0" * (40 << 20)), "/Filter [/FlateDecode /FlateDecode]", packed=False),
                                       others.stream(b"(a" * (16 << 20))]), "broken", "ratio", "too_large", "no_text", "read")
    put("endless-string.pdf", b"%PDF-1.4\n1 0 obj\n" + b"(" * 2_000_000, "broken", "no_text", "read")
    put("groups.rtf", b"{\\rtf1 " + b"{" * 1_000_000, "broken")
    put("bin.rtf", b"{\\rtf1 \\bin99999999999 x}", "read", "broken", "no_text")
    put("boundaries.eml", b"From: a\nTo: b\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n" * 300_000, "read", "too_many_entries")
    deep = b"From: a\nTo: b\nSubject: c\n" + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(5000))
    put("deep.eml", deep, "read")
    put("header.sqlite", b"SQLite format 3\0" + noise("sqlite", 5000), "broken")
    png = b"\x89PNG\r\n\x1A\n" + others.png_chunk(b"zTXt", b"k\0\0" + zlib.compress(b"\0" * (40 << 20)))
    put("text-bomb.png", png, "media", "read", "ratio", "too_large")
    put("chunk.png", b"\x89PNG\r\n\x1A\n" + struct.pack(">I", 0xFFFFFFFF) + b"tEXt", "media")
    # All offsets of the good types, with nothing behind the first bytes.
    for name, magic in {"rar": b"Rar!\x1A\x07\0", "rar5": b"Rar!\x1A\x07\1\0", "7z": b"7z\xBC\xAF\x27\x1C", "xz": b"\xFD7zXZ\0", "zst": b"\x28\xB5\x2F\xFD",
                        "cab": b"MSCF\0\0\0\0", "bz2": b"BZh9", "ole": b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "zip": b"PK\3\4"}.items():
        if name != "bz2":  # four letters are a text
            put("head." + name, magic, "broken", "unsupported", "read", "no_text", "media", "empty")
        put("noise." + name, magic + noise(name, 20000), "broken", "unsupported", "encrypted", "read", "no_text", "media", "memory")
    return expected

