"""Compound files (MS-CFB) and what is kept in them: .doc, .xls, .ppt, .msg, macros, packages."""
import struct

SECTOR = 512
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def compound(streams):
    """`streams`: path (with / between storages) to bytes. No small sectors: the limit for them is set to 0."""
    tree = {"": []}
    for path in streams:
        parts = path.split("/")
        for i in range(len(parts)):
            parent, here = "/".join(parts[:i]), "/".join(parts[:i + 1])
            tree.setdefault(parent, [])
            if here not in tree[parent]:
                tree[parent].append(here)
    entries, chains, data = [], [], b""

    def sectors(payload):
        nonlocal data
        first = len(data) // SECTOR
        count = (len(payload) + SECTOR - 1) // SECTOR
        data += payload + b"\0" * (count * SECTOR - len(payload))
        chains.extend([first + i + 1 for i in range(count - 1)] + ([END] if count else []))
        return first if count else END

    order = [""]
    for path in order:
        order.extend(tree.get(path, []))
    ids = {path: i for i, path in enumerate(order)}
    for path in order:
        children = tree.get(path)
        siblings = tree["/".join(path.split("/")[:-1])] if path else [""]
        at = siblings.index(path)
        following = ids[siblings[at + 1]] if path and at + 1 < len(siblings) else FREE
        name = ("Root Entry" if not path else path.split("/")[-1]).encode("utf-16-le")
        is_stream = path in streams
        start = sectors(streams[path]) if is_stream else (END if not path else 0)
        entries.append(name.ljust(64, b"\0") + struct.pack(
            "<HBBIII", len(name) + 2, 2 if is_stream else 5 if not path else 1, 1, FREE, following,
            ids[children[0]] if children else FREE) + b"\0" * 36 +
            struct.pack("<IQ", start, len(streams[path]) if is_stream else 0))
    directory = sectors(b"".join(entries).ljust((len(entries) + 3) // 4 * SECTOR, b"\0"))
    tables = 1
    while tables * 128 < len(chains) + tables:
        tables += 1
    first_table = len(chains)
    chains.extend([FAT] * tables)
    chains.extend([FREE] * (tables * 128 - len(chains)))
    data += struct.pack("<%dI" % len(chains), *chains)
    places = [first_table + i for i in range(tables)] + [FREE] * (109 - tables)
    head = (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + b"\0" * 16 +
            struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, directory, 0, 0, END, 0, END, 0) +
            struct.pack("<109I", *places))
    return head + data


def vba(source):
    """MS-OVBA's container with literals alone, behind some bytes of a compiled module."""
    data = source.encode()
    out = b""
    for at in range(0, len(data), 3600):
        chunk = b"".join(b"\0" + data[i:i + 8] for i in range(at, min(at + 3600, len(data)), 8))
        out += struct.pack("<H", 0xB000 | (len(chunk) - 1)) + chunk
    return b"\x09\x08compiled\0\x01" + out


def biff(kind, data):
    return struct.pack("<HH", kind, len(data)) + data


def xls(p, name):
    def t(where):
        return p.token(name, where)

    strings = [t("Accounts!C3"), "user", t("Hidden sheet!A1"), t("Workbook"), t("Accounts!B7")]
    sst = struct.pack("<II", 4, len(strings)) + b"".join(struct.pack("<HB", len(s), 0) + s.encode() for s in strings)
    sheets = [("Accounts", 0, [(2, 2, 0), (2, 0, 1), (6, 1, 4)]), ("Hidden sheet", 1, [(0, 0, 2)])]
    bof = biff(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 6))

    def globals_of(offsets):
        out = bof + biff(0x42, struct.pack("<H", 1200))
        for (sheet, state, _), at in zip(sheets, offsets):
            out += biff(0x85, struct.pack("<IBB", at, state, 0) + struct.pack("<BB", len(sheet), 0) + sheet.encode())
        return out + biff(0xFC, sst) + biff(0x0A, b"")

    bodies = []
    for sheet, state, cells in sheets:
        body = biff(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 6))
        for row, column, string in sorted(cells):
            body += biff(0xFD, struct.pack("<HHHI", row, column, 0, string))
        bodies.append(body + biff(0x0A, b""))
    at = len(globals_of([0, 0]))
    book = globals_of([at, at + len(bodies[0])]) + b"".join(bodies)
    module = vba('Attribute VB_Name = "Module1"\r\nConst Key = "%s"\r\n' % t("_VBA_PROJECT_CUR/VBA/Module1 (macro)"))
    p.write(name, compound({"Workbook": book.ljust(4608, b"\0"), "_VBA_PROJECT_CUR/VBA/Module1": module,
                            "\x05SummaryInformation": b"\0" * 40 + t("SummaryInformation").encode() + b"\0" * 8}))


def doc(p, name):
    """A Word 97 file: its text in one piece of 16-bit characters."""
    def t(where):
        return p.token(name, where)

    text = ("The password is %s\rcaf\u00e9\r" % t("")).encode("utf-16-le")
    fib = bytearray(1472)
    struct.pack_into("<HHHHH", fib, 0, 0xA5EC, 0xC1, 0, 0x409, 0)
    struct.pack_into("<H", fib, 10, 0x0200 | 0x1000)
    struct.pack_into("<H", fib, 12, 0xBF)
    struct.pack_into("<II", fib, 24, 0x600, 0x600 + len(text))
    struct.pack_into("<H", fib, 32, 14)
    struct.pack_into("<H", fib, 62, 22)
    struct.pack_into("<I", fib, 64, 0x600 + len(text))
    struct.pack_into("<I", fib, 76, len(text) // 2)
    struct.pack_into("<H", fib, 152, 93)
    pieces = struct.pack("<II", 0, len(text) // 2) + struct.pack("<HIH", 0, 0x600, 0)
    clx = b"\x02" + struct.pack("<I", len(pieces)) + pieces
    struct.pack_into("<II", fib, 154 + 33 * 8, 0, len(clx))
    word = bytes(fib).ljust(0x600, b"\0") + text
    native = ("secret.txt\0C:\\secret.txt\0".encode() + struct.pack("<II", 0x30000, 8) + b"C:\\tmp\\x\0")
    inner = ("in a package: %s\n" % t("secret.txt")).encode()
    native = struct.pack("<H", 2) + native + struct.pack("<I", len(inner)) + inner
    native = struct.pack("<I", len(native)) + native
    p.write(name, compound({
        "WordDocument": word.ljust(4608, b"\0"), "1Table": clx.ljust(4608, b"\0"),
        "ObjectPool/_1/\x01Ole10Native": native,
        "Macros/VBA/ThisDocument": vba('Attribute VB_Name = "ThisDocument"\r\n\' %s\r\n' % t("Macros/VBA/ThisDocument (macro)"))}))


def ppt(p, name):
    def t(where):
        return p.token(name, where)

    def record(version, kind, data):
        return struct.pack("<HHI", version, kind, len(data)) + data

    atom = record(0, 0xFA0, ("Slide words %s" % t("slide 1")).encode("utf-16-le"))
    slide = record(0x0F, 0xFF0, record(0, 0x3F3, b"\0" * 20) + record(0, 0xF9F, b"\0" * 4) + atom)
    document = record(0x0F, 0x3E8, slide + record(0, 0x3EA, b""))
    p.write(name, compound({"PowerPoint Document": document.ljust(4608, b"\0"), "Current User": b"\0" * 4608}))


def msg(p, name):
    def t(where):
        return p.token(name, where)

    def wide(text):
        return text.encode("utf-16-le")

    streams = {
        "__properties_version1.0": b"\0" * 32,
        "__substg1.0_0037001F": wide("Subject " + t("Subject")),
        "__substg1.0_1000001F": wide("The body " + t("Body")),
        "__substg1.0_007D001F": wide("X-Token: " + t("Headers") + "\r\n"),
        "__substg1.0_10130102": ("<html><p>html <b>%s</b></p></html>" % t("body.html")).encode(),
        "__recip_version1.0_#00000000/__substg1.0_3001001F": wide(t("recipients › Name")),
        "__attach_version1.0_#00000000/__substg1.0_3707001F": wide("notes.txt"),
        "__attach_version1.0_#00000000/__substg1.0_37010102": ("attached " + t("notes.txt")).encode(),
        "__attach_version1.0_#00000001/__substg1.0_3707001F": wide("inner mail"),
        "__attach_version1.0_#00000001/__substg1.0_3701000D/__substg1.0_1000001F": wide("inner body " + t("inner mail › Body")),
        "__substg1.0_10090102": struct.pack("<II4sI", 0, 0, b"MELA", 0) + ("{\\rtf1 %s}" % t("body.rtf")).encode(),
    }
    p.write(name, compound(streams))


def make(p):
    xls(p, "a.xls")
    doc(p, "a.doc")
    ppt(p, "a.ppt")
    msg(p, "a.msg")
