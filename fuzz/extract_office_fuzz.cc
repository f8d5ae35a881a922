// The XML of Office and OpenDocument: the input stands for each of a package's files.
#include "fuzz/extract_fuzz.h"

namespace spillguard::extract {
namespace {

Verdict read_packages(Reading& reading, File& file) {
  const std::string source(file.bytes);
  (void)read_office(
      reading, file,
      {{"xl/workbook.xml", "<w><sheet name='S' id='a'/><sheet name='T' id='b'/></w>"},
       {"xl/_rels/workbook.xml.rels",
        "<r><Relationship Id='a' Target='s.xml'/><Relationship Id='b' Target='t.xml'/></r>"},
       {"xl/s.xml", source},
       {"xl/t.xml", "<s><row><c t='s'><v>1</v></c></row></s>"},
       {"xl/sharedStrings.xml", source},
       {"xl/_rels/s.xml.rels", source}});
  (void)read_office(reading, file, {{"word/document.xml", source}});
  return read_open_document(reading, file, {{"content.xml", source}, {"meta.xml", source}});
}

}  // namespace
}  // namespace spillguard::extract

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return spillguard::extract::fuzz_reader(spillguard::extract::read_packages, data, size);
}
