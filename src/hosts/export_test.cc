// Exports: all that were recorded are read, and hostile ones refused.
#include "hosts/export.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "hosts/test_host.h"

namespace spillguard::hosts {
namespace {

using test::RecordingSink;

std::string little_endian(uint64_t number, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(i < 8 ? number >> (8 * i) : 0);
  return out;
}

uint32_t crc32(std::string_view text) {
  uint32_t crc = 0xFFFFFFFFU;
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) * 0xEDB88320U);
  }
  return ~crc;
}

// A zip of files that are stored as they are.
std::string zip_of(const std::vector<std::pair<std::string, std::string>>& files) {
  std::string out;
  std::string directory;
  for (const auto& [name, text] : files) {
    // Version, flags, method, time and date; check sum, sizes; lengths of the name and of extras.
    const std::string common = little_endian(20, 2) + little_endian(0, 4) + little_endian(0, 4) +
                               little_endian(crc32(text), 4) + little_endian(text.size(), 4) +
                               little_endian(text.size(), 4) + little_endian(name.size(), 2) +
                               little_endian(0, 2);
    directory += "PK\x01\x02" + little_endian(20, 2) + common + little_endian(0, 10) +
                 little_endian(out.size(), 4) + name;
    out += "PK\x03\x04" + common + name + text;
  }
  const uint64_t at = out.size();
  return out + directory + "PK\x05\x06" + little_endian(0, 4) + little_endian(files.size(), 2) +
         little_endian(files.size(), 2) + little_endian(directory.size(), 4) +
         little_endian(at, 4) + little_endian(0, 2);
}

class ExportTest : public testing::Test {
 protected:
  ExportTest() : folder_(std::filesystem::temp_directory_path() / "spillguard-export-test") {
    std::filesystem::create_directories(folder_);
  }
  ~ExportTest() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& text) const {
    const std::string path = (folder_ / name).string();
    EXPECT_TRUE(write_file_atomically(path, text, 0600));
    return path;
  }
  std::vector<std::string> lines() const {
    std::vector<std::string> out;
    for (const auto& item : sink_.items) {
      for (const auto& line : item.lines()) out.push_back(item.ref.id + " " + line);
    }
    return out;
  }

  std::filesystem::path folder_;
  RecordingSink sink_;
};

TEST_F(ExportTest, PagesVersionsCommentsAndPropertiesInAnyOrder) {
  const std::string path = file("entities.xml", R"(<?xml version="1.0"?><hibernate-generic>
<object class="BodyContent"><id name="id">1</id><property name="body"><![CDATA[<p>old]] ></p>]]></property>
 <property name="content" class="Page"><id name="id">11</id></property><property name="bodyType">2</property></object>
<object class="Page"><id name="id">11</id><property name="title">T</property><property name="version">1</property>
 <property name="originalVersion" class="Page"><id name="id">10</id></property></object>
<object class="Page"><id name="id">10</id><property name="title">T2</property><property name="version">2</property>
 <property name="versionComment">why</property><property name="space" class="Space"><id name="id">5</id></property></object>
<object class="Comment"><id name="id">20</id><property name="version">1</property>
 <property name="containerContent" class="Page"><id name="id">10</id></property></object>
<object class="BodyContent"><id name="id">2</id><property name="body">said</property>
 <property name="content" class="Comment"><id name="id">20</id></property></object>
<object class="ContentProperty"><id name="id">3</id><property name="name">inline-original-selection</property>
 <property name="stringValue">chosen</property><property name="content" class="Comment"><id name="id">20</id></property></object>
</hibernate-generic>)");
  ASSERT_TRUE(read_export(folder_.string(), sink_)) << path;
  EXPECT_EQ(lines(), (std::vector<std::string>{
                         "10 page page/10 v1 <p>old]]></p>", "10 title title/10 v1 T",
                         "10 title title/10 v2 T2", "10 version_message version_message/10 v2 why",
                         "10 comment comment/20 v1 said", "10 selection selection/20 v1 chosen"}));
}

TEST_F(ExportTest, TheSizeOfAnAttachmentMayStandApart) {
  file("entities.xml", R"(<hibernate-generic>
<object class="Attachment"><id name="id">30</id><property name="title">a.bin</property><property name="version">1</property>
 <property name="containerContent" class="Page"><id name="id">10</id></property></object>
<object class="ContentProperty"><id name="id">31</id><property name="name">FILESIZE</property><property name="longValue">77</property>
 <property name="content" class="Attachment"><id name="id">30</id></property></object>
</hibernate-generic>)");
  ASSERT_TRUE(read_export(folder_.string(), sink_));
  const Part& part = sink_.items.at(0).parts.at(1);
  EXPECT_EQ(part.kind, "attachment");
  EXPECT_EQ(part.bytes, 77);
}

TEST_F(ExportTest, EntitiesAndBrokenFilesAreRefusedByLine) {
  const auto refused = [&](const std::string& text) {
    const Status read = read_export(file("x.xml", text), sink_);
    EXPECT_FALSE(read);
    return read ? "" : read.error().message;
  };
  EXPECT_NE(refused("<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>")
                .find("line 2: declares a document type"),
            std::string::npos);
  EXPECT_NE(refused("<a>\n<b></a>").find("line 2: mismatched tag"), std::string::npos);
  EXPECT_NE(refused("PK\x03\x04 and no more").find("zip"), std::string::npos);
  EXPECT_NE(refused(zip_of({{"readme.txt", "nothing"}})).find("no entities.xml"),
            std::string::npos);
  EXPECT_NE(refused("words").find("neither"), std::string::npos);
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  EXPECT_NE(refused(deep).find("too deep"), std::string::npos);
}

TEST_F(ExportTest, AZipIsReadWithoutBeingUnpacked) {
  const std::string entities =
      R"(<hibernate-generic><object class="Page"><id name="id">10</id><property name="title">)" +
      std::string(700'000, 't') +
      R"(</property><property name="version">1</property></object></hibernate-generic>)";
  const std::string path =
      file("space.zip", zip_of({{"exportDescriptor.properties", "exportType=space\n"},
                                {"attachments/10/11/1", "entities.xml"},
                                {"entities.xml", entities}}));
  const Status read = read_export(path, sink_);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(lines(),
            (std::vector<std::string>{"10 title title/10 v1 " + std::string(700'000, 't')}));
  // Cut in the middle of it.
  const std::string whole = zip_of({{"entities.xml", entities}});
  EXPECT_FALSE(read_export(file("cut.zip", whole.substr(0, 100'000)), sink_));
}

TEST_F(ExportTest, JiraDumpsOfThreeForms) {
  const std::string one =
      R"({"id":"1","key":"A-1","fields":{"summary":"s","comment":{"total":2,"comments":[{"id":"7","body":"c"}]}},"changelog":{"total":0,"histories":[]}})";
  for (const std::string& text :
       {one, "[" + one + "]", "{\"total\":1,\n\"issues\":[" + one + "]}", one + "\n\n"}) {
    RecordingSink sink;
    const Status read = read_export(file("dump.json", text), sink);
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(sink.items.size(), 1U);
    EXPECT_EQ(sink.items[0].lines(),
              (std::vector<std::string>{"summary summary/summary v1 s", "comment comment/7 v1 c",
                                        "comment comment/ v1 !not_in_export"}));
  }
}

TEST_F(ExportTest, AllRecordedExportsAreRead) {
  const auto fixtures = std::filesystem::path(SG_SOURCE_DIR).parent_path() / "shared" / "fixtures" /
                        "confluence-xml-export-xwiki";
  if (!std::filesystem::exists(fixtures)) {
    GTEST_SKIP() << "NO REFERENCE DATA: " << fixtures << " is not there";
  }
  int exports = 0;
  size_t parts = 0;
  for (const auto& entry : std::filesystem::directory_iterator(fixtures)) {
    if (entry.path().extension() != ".xml") continue;
    RecordingSink sink;
    const Status read = read_export(entry.path().string(), sink);
    EXPECT_TRUE(read) << read.error().message;
    size_t here = 0;
    for (const auto& item : sink.items) here += item.parts.size();
    EXPECT_GT(here, 0U) << entry.path();
    parts += here;
    ++exports;
  }
  EXPECT_EQ(exports, 15);
  EXPECT_GT(parts, 200U);
}

}  // namespace
}  // namespace spillguard::hosts
