// Exports: all that were recorded are read, and hostile ones refused.
#include "hosts/export.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "hosts/test_host.h"

namespace spillguard::hosts {
namespace {

using test::RecordingSink;

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
  EXPECT_NE(refused("PK\x03\x04").find("unpack"), std::string::npos);
  EXPECT_NE(refused("words").find("neither"), std::string::npos);
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  EXPECT_NE(refused(deep).find("too deep"), std::string::npos);
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
