// The small parsers one by one; whole files are what tests/service/test_attachments.py makes.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "extract/type.h"
#include "extract_helper/charset.h"
#include "extract_helper/legacy_office.h"
#include "extract_helper/mime.h"
#include "extract_helper/office_xml.h"
#include "extract_helper/pdf_objects.h"
#include "extract_helper/strings.h"

namespace spillguard::extract {
namespace {

using namespace std::string_view_literals;

TEST(Strings, FindsRunsOfBothWidths) {
  const Strings found = find_strings(
      "\1\2plain run\0\xFFw\0i\0d\0e\0 \0r\0u\0n\0\0\0\0b\0i\0g\0 \0e\0n\0d\0\xC3\xA4 umlaut run"sv);
  EXPECT_NE(found.text.find("plain run\n"), std::string::npos);
  EXPECT_NE(found.text.find("wide run"), std::string::npos);
  EXPECT_NE(found.text.find("\xC3\xA4 umlaut run"), std::string::npos);
  EXPECT_TRUE(find_strings("\1ab\2cd\3"sv).text.empty());
}

TEST(Types, GoByBytesNotByNames) {
  EXPECT_EQ(sniff("PK\x03\x04rest", "a.txt"), Type::kZip);
  EXPECT_EQ(sniff("just words", "a.zip"), Type::kText);
  EXPECT_EQ(sniff("BZh is how this text begins", "a.txt"), Type::kText);
  EXPECT_EQ(sniff("\n\n%PDF-1.4\n", "x"), Type::kPdf);
  EXPECT_EQ(sniff("", "x"), Type::kEmpty);
  EXPECT_EQ(sniff("\0\1\2\3"sv, "x"), Type::kBinary);
  EXPECT_EQ(sniff("a text about %PDF-1.4\n", "x"), Type::kText);
  EXPECT_EQ(sniff("From: a\nTo: b\nSubject: c\n\nd", "x"), Type::kText);
  EXPECT_EQ(sniff("From: a\nTo: b\nSubject: c\n\nd", "x.eml"), Type::kMail);
  EXPECT_EQ(sniff("From: a\nTo: b\nMIME-Version: 1.0\n\nd", "x"), Type::kMail);
  EXPECT_EQ(sniff("BM\x36\1\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"sv, "x"), Type::kPicture);
  EXPECT_EQ(sniff("BM is not how every picture begins", "x.bmp"), Type::kText);
  EXPECT_EQ(sniff("\0\0\0\x18"
                  "ftypmif1"sv,
                  "x"),
            Type::kPicture);
  EXPECT_FALSE(needs_extraction("words", "a.txt"));
  EXPECT_TRUE(needs_extraction("w\0\0\0o\0\0\0r\0\0\0"sv, "a.txt"));
}

TEST(Charset, ByMarkByZerosAndByGuess) {
  EXPECT_EQ(decode_text("\xEF\xBB\xBFx"), "x");
  EXPECT_EQ(decode_text("\xFF\xFEx\0"sv), "x");
  EXPECT_EQ(decode_text("\xFF\xFE\0\0x\0\0\0"sv), "x");
  EXPECT_EQ(decode_text("p\0l\0a\0i\0n\0"sv), "plain");
  EXPECT_EQ(decode_text("caf\xE9", "iso-8859-1"), "caf\xC3\xA9");
  EXPECT_EQ(decode_text("plain", "no-such-charset"), "plain");
  // A character outside the first plane at the end of a block of the converter.
  std::string utf16;
  for (int i = 0; i < 4095; ++i) {
    utf16 += "a\0"sv;
  }
  utf16 += "\x3D\xD8\x00\xDE"sv;
  EXPECT_TRUE(decode_utf16_le(utf16).ends_with("a\xF0\x9F\x98\x80"));
}

TEST(Pdf, DecodesStrings) {
  size_t length = 0;
  EXPECT_EQ(decode_pdf_string("(a\\(b\\)\\101(in)\\\nc) rest", length), "a(b)A(in)c");
  EXPECT_EQ(length, 19U);
  EXPECT_EQ(decode_pdf_string("<41 4>x", length), "A@");
  EXPECT_EQ(length, 6U);
  EXPECT_EQ(decode_pdf_string("(never ends", length), "never ends");
}

TEST(Mime, DecodesHeadersAndBodies) {
  EXPECT_EQ(decode_words("a =?utf-8?Q?b=20c?= =?utf-8?B?ZA==?= e"), "a b cd e");
  EXPECT_EQ(decode_words("no =?end"), "no =?end");
  EXPECT_EQ(decode_transfer("a=\r\nb=3D=\nc=ZZ", "Quoted-Printable"), "ab=c=ZZ");
  EXPECT_EQ(decode_transfer("YWJj\r\nZA==", "base64"), "abcd");
  EXPECT_EQ(mime_parameter("text/plain; name*0*=utf-8''a%20; name*1*=b; charset=\"x\"", "name"),
            "a b");
  EXPECT_EQ(mime_parameter("a; b; charset=\"x\\\"y\"", "charset"), "x\"y");
  const MimeParts parts = split_multipart("pre\n--b\none\n--b\ntwo\n--b--\npost", "b");
  ASSERT_EQ(parts.parts.size(), 2U);
  EXPECT_EQ(parts.parts[1], "two\n");
  EXPECT_EQ(parts.preamble, "pre\n");
  EXPECT_EQ(parts.epilogue, "post");
}

TEST(LegacyOffice, ReadsCsvAndPackedRtf) {
  const auto rows = parse_csv("\"a\"\"b\",\"c\nd\"\n,e\n");
  ASSERT_GE(rows.size(), 2U);
  EXPECT_EQ(rows[0][0], "a\"b");
  EXPECT_EQ(rows[0][1], "c\nd");
  EXPECT_EQ(rows[1][1], "e");
  // The example of MS-OXRTFCP 4.1.1.
  const auto packed =
      "\x2d\0\0\0\x2b\0\0\0LZFu\xf1\xc5\xc7\xa7\x03\0\x0a\0rcpg125\x42\x32\x0a\xf3 hel\x09\0 bw\x05\xb0ld}\x0a\x80\x0f\xa0"sv;
  EXPECT_EQ(decompress_rtf(packed), "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
}

TEST(OfficeXml, AddressesAndTargets) {
  EXPECT_EQ(cell_address(0, 0), "A1");
  EXPECT_EQ(cell_address(13, 25), "Z14");
  EXPECT_EQ(cell_address(0, 26), "AA1");
  EXPECT_EQ(cell_address(0, 701), "ZZ1");
  EXPECT_EQ(cell_address(0, 702), "AAA1");
  EXPECT_EQ(resolve_target("xl/worksheets/a.xml", "../c.xml"), "xl/c.xml");
  EXPECT_EQ(resolve_target("xl/a.xml", "/d/e.xml"), "d/e.xml");
  EXPECT_EQ(resolve_target("a.xml", "../../../x"), "x");
}

TEST(OfficeXml, EntitiesAreRefused) {
  MarkedText out;
  EXPECT_EQ(put_xml_words("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", out),
            "it declares entities");
}

}  // namespace
}  // namespace spillguard::extract
