"""Archives of every kind that the standard library, zstd and a few lines of our own can write."""
import bz2
import gzip
import io
import lzma
import os
import struct
import subprocess
import tarfile
import tempfile
import zipfile
import zlib

from . import office


def zip_of(files, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as z:
        for name, data in files.items():
            z.writestr(name, data)
    return out.getvalue()


def tar_of(files, form=tarfile.PAX_FORMAT):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as t:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
    return out.getvalue()


def old_tar(name, data):
    """A tar of 1979: no magic."""
    head = bytearray(512)
    head[0:len(name)] = name.encode()
    for at, value in ((100, b"0000644\0"), (108, b"0000000\0"), (116, b"0000000\0"),
                      (124, b"%011o\0" % len(data)), (136, b"00000000000\0"), (148, b" " * 8)):
        head[at:at + len(value)] = value
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + data + b"\0" * (-len(data) % 512) + b"\0" * 1024


def ar_of(name, data):
    return b"!<arch>\n" + ("%-16s%-12d%-6d%-6d%-8s%-10d`\n" % (name + "/", 0, 0, 0, "100644", len(data))).encode() + data + b"\n" * (len(data) % 2)


def cpio_of(name, data):
    def entry(path, body, mode):
        path = path.encode() + b"\0"
        head = b"070701" + b"".join(b"%08X" % v for v in (1, mode, 0, 0, 1, 0, len(body), 0, 0, 0, 0, len(path), 0))
        return (head + path).ljust((110 + len(path) + 3) // 4 * 4, b"\0") + body.ljust((len(body) + 3) // 4 * 4, b"\0")
    return entry(name, data, 0o100644) + entry("TRAILER!!!", b"", 0)


def rar4_of(name, data):
    """RAR 2.9 to 4, stored."""
    def block(kind, flags, rest, body=b""):
        head = struct.pack("<BHH", kind, flags, 7 + len(rest)) + rest
        return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head + body
    path = name.encode()
    file_head = struct.pack("<IIBIIBBHI", len(data), len(data), 3, zlib.crc32(data), 0, 20, 0x30, len(path), 0o100644) + path
    return b"Rar!\x1A\x07\0" + block(0x73, 0, b"\0" * 6) + block(0x74, 0x8000, file_head, data) + block(0x7B, 0x4000, b"")


def rar5_of(name, data):
    def number(value):
        out = b""
        while value >= 0x80:
            out += bytes([value & 0x7F | 0x80])
            value >>= 7
        return out + bytes([value])

    def block(body, after=b""):
        body = number(len(body)) + body
        return struct.pack("<I", zlib.crc32(body)) + body + after
    path = name.encode()
    file_head = (number(2) + number(2) + number(len(data)) + number(4) + number(len(data)) + number(0o100644) +
                 struct.pack("<I", zlib.crc32(data)) + number(0) + number(1) + number(len(path)) + path)
    return b"Rar!\x1A\x07\x01\0" + block(number(1) + number(0) + number(0)) + block(file_head, data) + block(number(5) + number(0) + number(0))


def packed_by_bsdtar(form, name, data):
    """7z and ISO 9660 are too much for a few lines: libarchive's own program writes them."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data)
        return subprocess.run(["bsdtar", "-c", "--format", form, "-C", folder, name], capture_output=True, check=True).stdout


def cab_of(name, data):
    path = name.encode() + b"\0"
    folder_at, file_at = 36, 36 + 8
    data_at = file_at + 16 + len(path)
    size = data_at + 8 + len(data)
    return (b"MSCF\0\0\0\0" + struct.pack("<IIIIBBHHHHH", size, 0, file_at, 0, 3, 1, 1, 1, 0, 1, 0) +
            struct.pack("<IHH", data_at, 1, 0) + struct.pack("<IIHHHH", len(data), 0, 0, 0x21, 0, 0x20) + path +
            struct.pack("<IHH", 0, len(data), len(data)) + data)


def make(p):
    def text(file, where, begin="the key: "):
        return (begin + p.token(file, where) + "\n").encode()

    def plain(file, inner, pack):
        p.write(file, pack(inner, text(file, inner)))

    p.write("a.zip", zip_of({"data/a.txt": text("a.zip", "data/a.txt"), "../../etc/x": text("a.zip", "../../etc/x"),
                             ".git/config": text("a.zip", ".git/config"), ".aws/credentials": text("a.zip", ".aws/credentials"),
                             p.token("a.zip", "names of files") + ".txt": b"nothing"}))
    p.write("stored.zip", zip_of({"a.txt": text("stored.zip", "a.txt")}, zipfile.ZIP_STORED))
    p.write("lzma.zip", zip_of({"a.txt": text("lzma.zip", "a.txt")}, zipfile.ZIP_LZMA))
    p.write("bzip2.zip", zip_of({"a.txt": text("bzip2.zip", "a.txt")}, zipfile.ZIP_BZIP2))
    p.write("a.jar", zip_of({"META-INF/MANIFEST.MF": b"Manifest-Version: 1.0\n", "A.class": b"\xCA\xFE\xBA\xBE\0\0\0\x34\x01\0\x14" + text("a.jar", "A.class › offset 0xb"),
                             "app.properties": text("a.jar", "app.properties")}))
    inner = office.xlsx_bytes(lambda where: p.token("report.zip", "data/a.xlsx › " + where))
    nested = zip_of({"b.tar.gz": gzip.compress(tar_of({"c.txt": text("report.zip", "n.zip › b.tar.gz › b.tar › c.txt")}))})
    p.write("report.zip", zip_of({"data/a.xlsx": inner, "n.zip": nested}))
    for name, form in (("pax.tar", tarfile.PAX_FORMAT), ("gnu.tar", tarfile.GNU_FORMAT), ("ustar.tar", tarfile.USTAR_FORMAT)):
        p.write(name, tar_of({"x/" + "long" * 20 + "/a.txt": text(name, "x/" + "long" * 20 + "/a.txt")}, form))
    plain("old.tar", "a.txt", old_tar)
    plain("a.ar", "a.txt", ar_of)
    plain("a.cpio", "a.txt", cpio_of)
    plain("v4.rar", "a.txt", rar4_of)
    plain("v5.rar", "a.txt", rar5_of)
    plain("a.7z", "a.txt", lambda name, data: packed_by_bsdtar("7zip", name, data))
    plain("a.iso", "a.txt", lambda name, data: packed_by_bsdtar("iso9660", name, data))
    plain("a.cab", "a.txt", cab_of)
    for name, pack in (("log.txt.gz", gzip.compress), ("log.txt.bz2", bz2.compress), ("log.txt.xz", lzma.compress),
                       ("log.txt.lzma", lambda d: lzma.compress(d, format=lzma.FORMAT_ALONE)),
                       ("log.txt.zst", lambda d: subprocess.run(["zstd", "-c"], input=d, capture_output=True, check=True).stdout)):
        p.write(name, pack(text(name, "log.txt") * 3))
    p.write("a.tgz", gzip.compress(tar_of({"a.txt": text("a.tgz", "a.tar › a.txt")})))
    p.write("two.gz", gzip.compress(text("two.gz", "two")) + gzip.compress(text("two.gz", "two")))
