#include "sim/file_writers.h"

#include <fmt/format.h>
#include <zlib.h>

#include <array>

#include "base/encoding.h"

namespace spillguard::sim {
namespace {

void put_little(std::string& out, uint32_t number, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) out += static_cast<char>((number >> (8 * i)) & 0xFF);
}

uint32_t checksum(std::string_view bytes) {
  return static_cast<uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

// From the version needed on: what stands in both headers of a file.
std::string zip_head(const std::string& name, const std::string& bytes) {
  std::string out;
  put_little(out, 20, 2);
  put_little(out, 0x800, 2);  // the name is UTF-8
  put_little(out, 0, 2);      // stored
  put_little(out, 0x6000, 2);
  put_little(out, 0x58a1, 2);
  put_little(out, checksum(bytes), 4);
  put_little(out, static_cast<uint32_t>(bytes.size()), 4);
  put_little(out, static_cast<uint32_t>(bytes.size()), 4);
  put_little(out, static_cast<uint32_t>(name.size()), 2);
  put_little(out, 0, 2);
  return out;
}

constexpr std::string_view kXml = R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>)";

std::string content_types(std::string_view part, std::string_view type) {
  return fmt::format(
      R"({}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">)"
      R"(<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>)"
      R"(<Default Extension="xml" ContentType="application/xml"/>)"
      R"(<Override PartName="{}" ContentType="{}"/></Types>)",
      kXml, part, type);
}

std::string relations(const NamedBytes& targets) {
  std::string out = fmt::format(
      R"({}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">)",
      kXml);
  int number = 0;
  for (const auto& [type, target] : targets) {
    out += fmt::format(
        R"(<Relationship Id="rId{}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/>)",
        ++number, type, target);
  }
  return out + "</Relationships>";
}

}  // namespace

std::string write_zip(const NamedBytes& files) {
  std::string out;
  std::string directory;
  for (const auto& [name, bytes] : files) {
    const auto place = static_cast<uint32_t>(out.size());
    const auto head = zip_head(name, bytes);
    out += std::string_view("PK\x03\x04", 4);
    out += head;
    out += name;
    out += bytes;
    directory += std::string_view("PK\x01\x02", 4);
    put_little(directory, 20, 2);
    directory += head;
    put_little(directory, 0, 2);  // no comment
    put_little(directory, 0, 2);  // disk
    put_little(directory, 0, 2);
    put_little(directory, 0, 4);
    put_little(directory, place, 4);
    directory += name;
  }
  const auto begin = static_cast<uint32_t>(out.size());
  out += directory;
  out += std::string_view("PK\x05\x06", 4);
  put_little(out, 0, 4);
  put_little(out, static_cast<uint32_t>(files.size()), 2);
  put_little(out, static_cast<uint32_t>(files.size()), 2);
  put_little(out, static_cast<uint32_t>(directory.size()), 4);
  put_little(out, begin, 4);
  put_little(out, 0, 2);
  return out;
}

std::string write_gzip(std::string_view bytes) {
  std::string packed(compressBound(static_cast<uLong>(bytes.size())), '\0');
  auto size = static_cast<uLongf>(packed.size());
  compress2(reinterpret_cast<Bytef*>(packed.data()), &size,
            reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uLong>(bytes.size()), 6);
  // Without zlib's own head and sum: what is between is what gzip holds, too.
  constexpr size_t kHead = 2;
  constexpr size_t kSum = 4;
  std::string out("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
  out += packed.substr(kHead, size - kHead - kSum);
  put_little(out, checksum(bytes), 4);
  put_little(out, static_cast<uint32_t>(bytes.size()), 4);
  return out;
}

std::string write_tar(const NamedBytes& files) {
  constexpr size_t kBlock = 512;
  std::string out;
  for (const auto& [name, bytes] : files) {
    std::string head(kBlock, '\0');
    const auto put = [&head](size_t place, const std::string& text) {
      head.replace(place, text.size(), text);
    };
    put(0, name.substr(0, 99));
    put(100, "0000644");
    put(108, "0001000");
    put(116, "0001000");
    put(124, fmt::format("{:011o}", bytes.size()));
    put(136, "14000000000");
    put(148, "        ");
    put(156, "0");
    put(257, "ustar");
    put(263, "00");
    unsigned sum = 0;
    for (const char c : head) sum += static_cast<unsigned char>(c);
    put(148, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
    out += head + bytes;
    out.append((kBlock - bytes.size() % kBlock) % kBlock, '\0');
  }
  out.append(2 * kBlock, '\0');
  return out;
}

std::string write_utf16(std::string_view text) {
  std::string out = "\xff\xfe";
  for (const char c : text) {
    out += c;
    out += '\0';
  }
  return out;
}

std::string write_pdf(const std::vector<std::string>& lines) {
  std::string page = "BT /F1 11 Tf 50 800 Td 14 TL\n";
  for (const std::string& line : lines) page += "(" + line + ") Tj T*\n";
  page += "ET\n";
  const std::array<std::string, 5> objects = {
      "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 4000 842] /Contents 4 0 R /Resources << /Font "
      "<< "
      "/F1 5 0 R >> >> >>",
      fmt::format("<< /Length {} >>\nstream\n{}endstream", page.size(), page),
      "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>"};
  std::string out = "%PDF-1.4\n";
  std::vector<size_t> places;
  for (size_t i = 0; i < objects.size(); ++i) {
    places.push_back(out.size());
    out += fmt::format("{} 0 obj\n{}\nendobj\n", i + 1, objects.at(i));
  }
  const size_t table = out.size();
  out += fmt::format("xref\n0 {}\n0000000000 65535 f \n", objects.size() + 1);
  for (const size_t place : places) out += fmt::format("{:010} 00000 n \n", place);
  out += fmt::format("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{}\n%%EOF\n",
                     objects.size() + 1, table);
  return out;
}

std::string write_docx(const std::vector<std::string>& paragraphs) {
  std::string body;
  for (const std::string& text : paragraphs) {
    // A word in two runs, as programs that check the spelling leave it.
    const size_t half = text.size() / 2;
    body += fmt::format(
        R"(<w:p><w:r><w:t xml:space="preserve">{}</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">{}</w:t></w:r></w:p>)",
        text.substr(0, half), text.substr(half));
  }
  return write_zip(
      {{"[Content_Types].xml",
        content_types(
            "/word/document.xml",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml")},
       {"_rels/.rels", relations({{"officeDocument", "word/document.xml"}})},
       {"word/document.xml",
        fmt::format(
            R"({}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>)",
            kXml, body)}});
}

std::string write_xlsx(std::string_view sheet, const NamedBytes& cells) {
  std::string rows;
  for (const auto& [address, text] : cells) {
    const auto row = address.substr(address.find_first_of("0123456789"));
    rows += fmt::format(R"(<row r="{}"><c r="{}" t="inlineStr"><is><t>{}</t></is></c></row>)", row,
                        address, text);
  }
  constexpr std::string_view kMain = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  return write_zip(
      {{"[Content_Types].xml",
        content_types(
            "/xl/workbook.xml",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml")},
       {"_rels/.rels", relations({{"officeDocument", "xl/workbook.xml"}})},
       {"xl/workbook.xml",
        fmt::format(
            R"({}<workbook xmlns="{}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="{}" sheetId="1" r:id="rId1"/></sheets></workbook>)",
            kXml, kMain, sheet)},
       {"xl/_rels/workbook.xml.rels", relations({{"worksheet", "worksheets/sheet1.xml"}})},
       {"xl/worksheets/sheet1.xml",
        fmt::format(R"({}<worksheet xmlns="{}"><sheetData>{}</sheetData></worksheet>)", kXml, kMain,
                    rows)}});
}

std::string write_mail(std::string_view subject, std::string_view body, std::string_view file_name,
                       std::string_view file) {
  return fmt::format(
      "From: Ann <ann@example.com>\r\nTo: Bob <bob@example.com>\r\nSubject: {}\r\n"
      "Date: Mon, 2 Mar 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=\"part-of-it\"\r\n\r\n"
      "--part-of-it\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n"
      "--part-of-it\r\nContent-Type: text/plain; name=\"{}\"\r\n"
      "Content-Disposition: attachment; filename=\"{}\"\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\n{}\r\n--part-of-it--\r\n",
      subject, body, file_name, file_name, base64_encode(file));
}

}  // namespace spillguard::sim
