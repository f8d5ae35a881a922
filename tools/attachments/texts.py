"""Texts in many charsets, mails, RTF, notebooks."""
import base64
import json


def charsets(p):
    words = {
        "utf-8": "Schlüssel für Ärger, naïve café: ", "utf-8-sig": "Schlüssel: ", "utf-16": "Schlüssel: ", "utf-16-le": "plain words: ",
        "utf-16-be": "plain words: ", "utf-32": "Schlüssel: ", "utf-32-le": "plain words: ", "utf-32-be": "plain words: ",
        "cp1252": "“Schlüssel” – für Ärger: ", "cp1251": "Пароль от сервера базы данных: ", "iso-8859-1": "Schlüssel für alle: ",
        "iso-8859-2": "Příliš žluťoučký kůň: ", "shift_jis": "サーバーのパスワードはこちらです: ", "gb18030": "服务器的密码是这样的: ",
        "euc-kr": "서버의 비밀번호는 다음과 같습니다: ", "koi8-r": "Пароль от сервера: ", "iso-2022-jp": "パスワード: ",
    }
    from .archives import zip_of
    inside = {}
    for charset, begin in words.items():
        local = "text-%s.txt" % charset
        p.write(local, (begin * 4 + "\n" + begin + p.token(local, None) + "\n").encode(charset))
        name = "t/%s.txt" % charset
        inside[name] = (begin * 4 + "\n" + begin + p.token("charsets.zip", name) + "\n").encode(charset)
    p.write("charsets.zip", zip_of(inside))
    for name, body in {"a.csv": "user,key\nx,%s\n", "a.json": '{"key": "%s"}\n', "a.xml": "<a key='%s'/>\n", "a.log": "INFO key=%s\n",
                       "a.patch": "--- a\n+++ b\n@@ -1 +1 @@\n+key = %s\n", "a.html": "<p>key <b>%s</b></p>", "a.py": "KEY = '%s'\n",
                       "a.har": '{"log": {"entries": [{"request": {"headers": [{"name": "X-Key", "value": "%s"}]}}]}}\n'}.items():
        p.write(name, body % p.token(name, None))


def mails(p):
    name = "a.eml"

    def t(where):
        return p.token(name, where)

    inner = ("From: b@x.example\nTo: c@x.example\nSubject: inner\nMessage-ID: <2@x>\n\ninner %s\n" %
             t("forwarded.eml › text1.txt")).replace("\n", "\r\n")
    encoded = base64.b64encode(("attached %s" % t("notes.txt")).encode()).decode()
    split = t("text1.txt")
    soft = "soft line break =C3=A9 %s=\r\n%s\r\n" % (split[:8], split[8:])
    subject = base64.b64encode(("Schlüssel " + t("headers")).encode()).decode()
    p.write(name, "\r\n".join([
        "Received: by x", "From: a@x.example", "To: b@x.example", "Subject: =?utf-8?B?%s?=" % subject,
        "X-Long: first", "\t" + t("headers"), "MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="=_b1"', "",
        "before " + t("before the parts"), "--=_b1", 'Content-Type: multipart/alternative; boundary=b2', "",
        "--b2", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "", soft,
        "--b2", "Content-Type: text/html; charset=iso-8859-1", "", "<p>html %s</p>" % t("text2.html"), "--b2--",
        "--=_b1", "Content-Type: text/plain; name*0=no; name*1=tes.txt", "Content-Transfer-Encoding: base64",
        "Content-Disposition: attachment", "", encoded,
        "--=_b1", 'Content-Type: message/rfc822; name="forwarded.eml"', "", inner, "--=_b1--", "behind " + t("behind the parts"), ""]))


def rtf(p):
    name = "a.rtf"

    def t():
        return p.token(name, "")

    one, two = t(), t()
    codes = "".join("\\u%d?" % ord(c) for c in two)
    packed = ("in an object: " + p.token(name, "object 1")).encode().hex()
    p.write(name, r"{\rtf1\ansi\ansicpg1252\uc1{\fonttbl{\f0 Arial;}}{\info{\title %s}{\doccomm %s}}" % (t(), t()) +
            r"caf\'e9 {\b %s}{\i %s}\par hex: %s\par\pard codes: %s\par" % (
                one[:8], one[8:], "".join("\\'%02x" % ord(c) for c in t()), codes) +
            r'{\field{\*\fldinst HYPERLINK "https://x.example/%s"}{\fldrslt link}}{\footnote %s}{\*\annotation %s}{\v %s}' % (t(), t(), t(), t()) +
            r"{\object{\*\objdata %s}}{\header %s}}" % (packed, t()))


def notebook(p):
    name = "n.ipynb"
    p.write(name, json.dumps({"cells": [
        {"cell_type": "markdown", "source": ["words\n", "key \"%s\"\n" % p.token(name, None)]},
        {"cell_type": "code", "source": ["x = 1\n"], "outputs": [{"text": ["out %s\n" % p.token(name, None)]}]}],
        "metadata": {"k": p.token(name, None)}, "nbformat": 4}))
    from .archives import zip_of
    inner = json.dumps({"cells": [
        {"cell_type": "code", "source": ["key = \"%s\"\n" % p.token("notebook.zip", "n.ipynb › cell 1")]},
        {"cell_type": "code", "source": ["x\n"], "outputs": [{"text": ["out\n", "%s" % p.token("notebook.zip", "n.ipynb › cell 2")]}]}],
        "metadata": {"k": p.token("notebook.zip", "n.ipynb › metadata")}}, indent=1)
    p.write("notebook.zip", zip_of({"n.ipynb": inner}))


def make(p):
    charsets(p)
    mails(p)
    rtf(p)
    notebook(p)
