"""PDF, SQLite, pictures, key stores, unknown binaries."""
import os
import sqlite3
import struct
import tempfile
import zlib


def pdf_of(objects, trailer=""):
    out, places = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + (body if isinstance(body, bytes) else body.encode()) + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + ("trailer << /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, trailer, start)).encode()


def stream(data, words="", packed=True):
    data = data if isinstance(data, bytes) else data.encode()
    if packed:
        data, words = zlib.compress(data), words + " /Filter /FlateDecode"
    return b"<< /Length %d %s >>\nstream\n" % (len(data), words.encode()) + data + b"\nendstream"


def pdf(p):
    name = "a.pdf"

    def t(where):
        return p.token(name, where)

    def page(text):
        return stream("BT /F1 12 Tf 72 700 Td (%s) Tj ET" % text)

    wide = "<FEFF" + t("object 9").encode("utf-16-be").hex().upper() + ">"
    packed = "20 0 << /Contents (%s) >>" % t("object 14")
    objects = [
        "<< /Type /Catalog /Pages 2 0 R /Metadata 12 0 R /Names << /EmbeddedFiles << /Names [(note.txt) 10 0 R] >> >> /AcroForm << /Fields [13 0 R] >> >>",
        "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /Resources << /Font << /F1 7 0 R >> >> /Annots [8 0 R 9 0 R] >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 6 0 R /Resources << /Font << /F1 7 0 R >> >> >>",
        page("first " + t("page 1")), page("second " + t("page 2")),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (note \\(%s\\)) >>" % t("object 8"),
        "<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /Contents %s /A << /S /URI /URI (https://x.example/%s) >> >>" % (wide, t("object 9")),
        "<< /Type /Filespec /F (note.txt) /EF << /F 11 0 R >> >>",
        stream("embedded " + t("note.txt"), "/Type /EmbeddedFile"),
        stream("<?xml version='1.0'?><x:xmpmeta xmlns:x='x'><d>%s</d></x:xmpmeta>" % t("object 12"), "/Type /Metadata /Subtype /XML"),
        "<< /FT /Tx /T (field) /V (%s) >>" % t("object 13"),
        stream(packed, "/Type /ObjStm /N 1 /First 5"),
        stream("app.alert('%s');" % t("object 15")),
        "<< /Title (%s) >>" % t("object 16"),
    ]
    p.write(name, pdf_of(objects, "/Info 16 0 R"))


def sqlite(p):
    name = "a.sqlite"
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.db")
        db = sqlite3.connect(path)
        db.execute("CREATE TABLE accounts(id INTEGER PRIMARY KEY, name TEXT, secret TEXT, data BLOB)")
        db.execute("CREATE TABLE 'odd \"name'(k TEXT PRIMARY KEY, v) WITHOUT ROWID")
        db.execute("CREATE VIEW v AS SELECT '%s'" % p.token(name, "schema"))
        db.execute("INSERT INTO accounts VALUES(7, 'x', ?, ?)", (p.token(name, "accounts row 7"), ("blob words " + p.token(name, "accounts row 7 data")).encode()))
        db.execute("INSERT INTO 'odd \"name' VALUES('a', ?)", (p.token(name, 'odd "name row 1'),))
        db.commit()
        db.execute("PRAGMA journal_mode=WAL")
        db.close()
        with open(path, "rb") as f:
            p.write(name, f.read())


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pictures(p):
    def t(where):
        return p.token("a.png", where).encode()

    p.write("a.png", b"\x89PNG\r\n\x1A\n" + png_chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) +
            png_chunk(b"tEXt", b"Comment\0" + t("metadata › tEXt")) +
            png_chunk(b"zTXt", b"Packed\0\0" + zlib.compress(t("metadata › zTXt"))) +
            png_chunk(b"iTXt", b"Wide\0\1\0\0\0" + zlib.compress(t("metadata › iTXt"))) +
            png_chunk(b"IDAT", zlib.compress(b"\0\0")) + png_chunk(b"IEND", b"") + t("metadata › behind the end"))

    def segment(marker, data):
        return b"\xFF" + bytes([marker]) + struct.pack(">H", len(data) + 2) + data

    def j(where):
        return p.token("a.jpg", where).encode()

    p.write("a.jpg", b"\xFF\xD8" + segment(0xE1, b"Exif\0\0MM\0*" + b"\0" * 8 + j("metadata › EXIF")) +
            segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>" + j("metadata › APP") + b"</x>") +
            segment(0xFE, j("metadata › comment")) + segment(0xDA, b"\0\0") + b"\x01\x02\xFF\xD9" + j("metadata › behind the end"))
    p.write("a.gif", b"GIF89a\1\0\1\0\0\0\0!\xFE\x14" + p.token("a.gif", "metadata › offset 0x10").encode() + b"\0;")


def binaries(p):
    name = "core.bin"
    ascii_at, wide_at = p.token(name, "offset 0x40"), p.token(name, "offset 0x800")
    data = b"\x7F\1\2\0" * 16 + ascii_at.encode() + b"\0\xFF" * 20
    data = data.ljust(0x7FE, b"\xFE") + b"\xFE\xFE" + ("x" * 300 + " " + wide_at).encode("utf-16-le") + b"\0\0\xFE\xFF" * 8
    p.write(name, data)
    p.write("a.jks", b"\xFE\xED\xFE\xED\0\0\0\2\0\0\0\1\0\0\0\1\0\x14" + p.token("a.jks", "offset 0x12").encode() + b"\0" * 40)
    p.write("a.p12", bytes.fromhex("308206a4020103308206") + bytes.fromhex("6a06092a864886f70d010701") + b"\xA0\x82" + os.urandom(8).replace(b" ", b"x") + b"\x04" * 64)


def make(p):
    pdf(p)
    sqlite(p)
    pictures(p)
    binaries(p)
