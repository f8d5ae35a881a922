"""Office Open XML and OpenDocument files, with a token in every place where words can stand."""
import io
import zipfile

TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
RELS = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def package(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in files.items():
            z.writestr(name, data)
    return out.getvalue()


def properties(t):
    return {
        "docProps/core.xml": '<?xml version="1.0"?><cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:title>%s</dc:title>'
                             '<dc:description>%s</dc:description></cp:coreProperties>' % (t("properties"), t("properties")),
        "docProps/custom.xml": '<?xml version="1.0"?><Properties xmlns:vt="v"><property name="x"><vt:lpwstr>%s</vt:lpwstr>'
                               '</property></Properties>' % t("properties"),
    }


def docx(p, name, inner=None):
    def t(where):
        return p.token(name, where)

    split = t("text")
    half = len(split) // 2
    body = f'''<?xml version="1.0"?><w:document {W}><w:body>
<w:p><w:r><w:t>password is {split[:half]}</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>{split[half:]}</w:t></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>key</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>{t("text")}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:p><w:del w:author="x"><w:r><w:delText>{t("text")}</w:delText></w:r></w:del></w:p>
<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{t("text")}</w:t></w:r></w:p>
<w:p><w:r><w:instrText> HYPERLINK "https://x.example/?k={t("text")}" </w:instrText></w:r></w:p>
<w:p><w:r><w:pict><v:shape alt="{t("text")}" xmlns:v="v"><v:textbox><w:txbxContent><w:p><w:r><w:t>{t("text")}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>
<w:sdt><w:sdtPr><w:alias w:val="{t("text")}"/></w:sdtPr></w:sdt>
</w:body></w:document>'''

    def simple(root, where):
        return f'<?xml version="1.0"?><w:{root} {W}><w:p><w:r><w:t>{t(where)}</w:t></w:r></w:p></w:{root}>'

    files = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": RELS % "",
        "word/document.xml": body,
        "word/comments.xml": f'<?xml version="1.0"?><w:comments {W}><w:comment w:author="{t("comments")}"><w:p><w:r><w:t>{t("comments")}</w:t></w:r></w:p></w:comment></w:comments>',
        "word/footnotes.xml": simple("footnotes", "footnotes"),
        "word/endnotes.xml": simple("endnotes", "endnotes"),
        "word/header1.xml": simple("hdr", "header 1"),
        "word/footer2.xml": simple("ftr", "footer 2"),
        "word/settings.xml": f'<?xml version="1.0"?><w:settings {W}><w:docVars><w:docVar w:name="k" w:val="{t("settings")}"/></w:docVars></w:settings>',
        "word/_rels/document.xml.rels": RELS % f'<Relationship Id="rId1" Type="{REL}/hyperlink" Target="https://x.example/?key={t("word/_rels/document.xml.rels")}" TargetMode="External"/>',
        "customXml/item1.xml": f'<?xml version="1.0"?><root><value>{t("customXml/item1.xml")}</value></root>',
        "word/embeddings/notes.txt": t("word/embeddings/notes.txt"),
        **properties(t),
    }
    if inner is not None:
        files["word/embeddings/inner.xlsx"] = inner
    p.write(name, package(files))


def xlsx_bytes(t):
    shared = [t("Sheet2!C14"), t("Sheet2!D14"), t("strings of no cell")]
    half = len(shared[1]) // 2
    files = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": RELS % "",
        "xl/workbook.xml": f'<?xml version="1.0"?><workbook xmlns:r="{REL}"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/>'
                           f'<sheet name="Sheet2" sheetId="2" state="hidden" r:id="rId2"/></sheets>'
                           f'<definedNames><definedName name="k">"{t("xl/workbook.xml")}"</definedName></definedNames></workbook>',
        "xl/_rels/workbook.xml.rels": RELS % f'<Relationship Id="rId1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/>'
                                             f'<Relationship Id="rId2" Type="{REL}/worksheet" Target="/xl/worksheets/sheet2.xml"/>',
        "xl/sharedStrings.xml": f'<?xml version="1.0"?><sst><si><t>{shared[0]}</t></si><si><r><t>{shared[1][:half]}</t></r>'
                                f'<r><rPr><b/></rPr><t>{shared[1][half:]}</t></r></si><si><t>{shared[2]}</t></si></sst>',
        "xl/worksheets/sheet1.xml": f'<?xml version="1.0"?><worksheet><sheetData><row r="2"><c r="B2" t="inlineStr"><is><t>{t("Sheet1!B2")}</t></is></c>'
                                    f'<c r="C2" t="str"><f>CONCATENATE("{t("Sheet1!C2")}","")</f><v>x</v></c></row></sheetData>'
                                    f'<dataValidations><dataValidation prompt="{t("Sheet1")}"/></dataValidations>'
                                    f'<headerFooter><oddHeader>{t("Sheet1")}</oddHeader></headerFooter></worksheet>',
        "xl/worksheets/sheet2.xml": '<?xml version="1.0"?><worksheet><sheetData><row r="14" hidden="1"><c r="C14" t="s"><v>0</v></c><c r="D14" t="s"><v>1</v></c></row></sheetData></worksheet>',
        "xl/worksheets/_rels/sheet1.xml.rels": RELS % f'<Relationship Id="rId1" Type="{REL}/comments" Target="../comments1.xml"/>',
        "xl/comments1.xml": f'<?xml version="1.0"?><comments><authors><author>me</author></authors><commentList><comment ref="A7" authorId="0"><text><r><t>see {t("Sheet1!A7 (comment)")}</t></r></text></comment></commentList></comments>',
        "xl/connections.xml": f'<?xml version="1.0"?><connections><connection id="1"><dbPr connection="Server=x;Token={t("connections")}" command="SELECT 1"/></connection></connections>',
        "xl/drawings/drawing1.xml": f'<?xml version="1.0"?><d {A}><a:p><a:r><a:t>{t("xl/drawings/drawing1.xml")}</a:t></a:r></a:p></d>',
        **properties(t),
    }
    return package(files)


def xlsx(p, name):
    p.write(name, xlsx_bytes(lambda where: p.token(name, where)))


def pptx(p, name):
    def t(where):
        return p.token(name, where)

    split = t("slide 2")
    half = len(split) // 2
    p.write(name, package({
        "[Content_Types].xml": TYPES,
        "_rels/.rels": RELS % "",
        "ppt/presentation.xml": f'<?xml version="1.0"?><p:presentation {A}/>',
        "ppt/slides/slide1.xml": f'<?xml version="1.0"?><p:sld {A} show="0"><a:p><a:r><a:t>{t("slide 1")}</a:t></a:r></a:p></p:sld>',
        "ppt/slides/slide2.xml": f'<?xml version="1.0"?><p:sld {A}><p:cNvPr name="x" descr="{t("slide 2")}"/><a:p><a:r><a:t>{split[:half]}</a:t></a:r><a:r><a:t>{split[half:]}</a:t></a:r></a:p></p:sld>',
        "ppt/notesSlides/notesSlide1.xml": f'<?xml version="1.0"?><p:notes {A}><a:p><a:r><a:t>{t("slide 2 notes")}</a:t></a:r></a:p></p:notes>',
        "ppt/notesSlides/_rels/notesSlide1.xml.rels": RELS % f'<Relationship Id="r" Type="{REL}/slide" Target="../slides/slide2.xml"/>',
        "ppt/comments/comment1.xml": f'<?xml version="1.0"?><p:cmLst {A}><p:cm><p:text>{t("comments 1")}</p:text></p:cm></p:cmLst>',
        **properties(t),
    }))


OPEN = ('xmlns:office="o" xmlns:text="t" xmlns:table="ta" xmlns:draw="d" xmlns:presentation="pr" xmlns:dc="dc" '
        'xmlns:meta="m" xmlns:xlink="x"')


def open_document(kind, content, t):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(zipfile.ZipInfo("mimetype"), "application/vnd.oasis.opendocument." + kind)
        z.writestr("content.xml", f'<?xml version="1.0"?><office:document-content {OPEN}><office:body>{content}</office:body></office:document-content>')
        z.writestr("styles.xml", f'<?xml version="1.0"?><s {OPEN}><text:p>{t("headers and footers")}</text:p></s>')
        z.writestr("meta.xml", f'<?xml version="1.0"?><m {OPEN}><dc:description>{t("properties")}</dc:description>'
                               f'<meta:user-defined meta:name="k">{t("properties")}</meta:user-defined></m>')
        z.writestr("Object 1/content.xml", f'<?xml version="1.0"?><m {OPEN}><text:p>{t("Object 1")}</text:p></m>')
        z.writestr("META-INF/manifest.xml", '<?xml version="1.0"?><manifest/>')
    return out.getvalue()


def odt(p, name):
    def t(where):
        return p.token(name, where)

    split = t("")
    half = len(split) // 2
    p.write(name, open_document("text", f'<text:p>{split[:half]}<text:span>{split[half:]}</text:span></text:p>'
                                        f'<text:p><office:annotation><text:p>{t("")}</text:p></office:annotation></text:p>'
                                        f'<text:p><text:a xlink:href="https://x.example/{t("")}">x</text:a><text:note><text:p>{t("")}</text:p></text:note></text:p>'
                                        f'<text:tracked-changes><text:p>{t("")}</text:p></text:tracked-changes>', t))


def ods(p, name):
    def t(where):
        return p.token(name, where)

    p.write(name, open_document("spreadsheet",
        '<table:table table:name="First"><table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
        f'<table:table-row><table:table-cell table:number-columns-repeated="2"/><table:table-cell><text:p>{t("First!C4")}</text:p></table:table-cell>'
        f'<table:table-cell><office:annotation><text:p>{t("First!D4 (comment)")}</text:p></office:annotation><text:p>x</text:p></table:table-cell></table:table-row></table:table>'
        f'<table:table table:name="Hidden"><table:table-row><table:table-cell><text:p>{t("Hidden!A1")}</text:p></table:table-cell></table:table-row></table:table>', t))


def odp(p, name):
    def t(where):
        return p.token(name, where)

    p.write(name, open_document("presentation",
        f'<draw:page draw:name="page1"><text:p>{t("slide 1")}</text:p></draw:page>'
        f'<draw:page draw:name="page2"><text:p>{t("slide 2")}</text:p><presentation:notes><text:p>{t("slide 2 notes")}</text:p></presentation:notes></draw:page>', t))


def make(p):
    docx(p, "a.docx", xlsx_bytes(lambda where: p.token("a.docx", "word/embeddings/inner.xlsx › " + where)))
    xlsx(p, "a.xlsx")
    pptx(p, "a.pptx")
    odt(p, "a.odt")
    ods(p, "a.ods")
    odp(p, "a.odp")
