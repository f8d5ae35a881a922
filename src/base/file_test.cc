#include "base/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace spillguard {
namespace {

class FileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "spillguard-file-test-XXXXXX";
    ASSERT_NE(::mkdtemp(folder_.data()), nullptr);
  }
  void TearDown() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  [[nodiscard]] std::string at(const std::string& name) const { return folder_ + "/" + name; }
  static unsigned mode_of(const std::string& path) {
    struct stat info{};
    return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777U : 0;
  }
  static Result<std::vector<std::string>> lines_of(const std::string& path) {
    std::vector<std::string> lines;
    SG_TRY(for_each_line(path, [&](std::string_view line) -> Status {
      lines.emplace_back(line);
      return {};
    }));
    return lines;
  }
  static void write_gzip(const std::string& path, const std::string& text) {
    gzFile file = ::gzopen(path.c_str(), "wb");
    ASSERT_NE(file, nullptr);
    ASSERT_EQ(::gzwrite(file, text.data(), static_cast<unsigned>(text.size())),
              static_cast<int>(text.size()));
    ASSERT_EQ(::gzclose(file), Z_OK);
  }
  std::string folder_;
};

TEST_F(FileTest, WritesWholeFilesWithTheirMode) {
  const std::string text("a\0b\n", 4);
  ASSERT_TRUE(write_file_atomically(at("x"), text, 0600));
  EXPECT_EQ(read_file(at("x")).value(), text);
  EXPECT_EQ(mode_of(at("x")), 0600U);
  ASSERT_TRUE(write_file_atomically(at("x"), "", 0640));
  EXPECT_EQ(read_file(at("x")).value(), "");
  EXPECT_EQ(mode_of(at("x")), 0640U);
  ASSERT_TRUE(make_directories(at("d")));
  EXPECT_FALSE(write_file_atomically(at("d"), "x")) << "a folder is not replaced";
  const auto missing = write_file_atomically(at("no/such"), "x");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::kNotFound);
  size_t entries = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_)) ++entries;
  EXPECT_EQ(entries, 2U) << "no temporary file is left";
}

TEST_F(FileTest, ReadErrorsNameThePath) {
  ASSERT_TRUE(write_file_atomically(at("x"), std::string(1000, 'x')));
  EXPECT_TRUE(read_file(at("x"), 1000));
  struct Case {
    Result<std::string> result;
    Code code;
    std::string path;
  };
  const std::vector<Case> cases = {
      {read_file(at("x"), 999), Code::kTooLarge, at("x")},
      {read_file(at("none")), Code::kNotFound, at("none")},
      {read_file(folder_), Code::kInvalidArgument, folder_},
      {read_file("/proc/self/status", 10), Code::kTooLarge, "/proc/self/status"}};
  for (const auto& test : cases) {
    ASSERT_FALSE(test.result) << test.path;
    EXPECT_EQ(test.result.error().code, test.code) << test.path;
    EXPECT_NE(test.result.error().message.find(test.path), std::string::npos);
  }
}

TEST_F(FileTest, MakesFolders) {
  ASSERT_TRUE(make_directories(at("a/b/c"), 0700));
  EXPECT_EQ(mode_of(at("a/b/c")), 0700U);
  EXPECT_TRUE(make_directories(at("a/b/c"), 0755));
  EXPECT_EQ(mode_of(at("a/b/c")), 0700U) << "what exists is left alone";
  ASSERT_TRUE(write_file_atomically(at("f"), ""));
  EXPECT_FALSE(make_directories(at("f/g")));
}

TEST_F(FileTest, LinesOfPlainAndCompressedFiles) {
  const std::string very_long(300'000, 'l');
  struct Case {
    std::string text;
    std::vector<std::string> lines;
  };
  const std::vector<Case> cases = {{"", {}},
                                   {"a", {"a"}},
                                   {"a\n", {"a"}},
                                   {"\n\na\nb", {"", "", "a", "b"}},
                                   {very_long + "\nx\n" + very_long, {very_long, "x", very_long}}};
  for (const auto& test : cases) {
    ASSERT_TRUE(write_file_atomically(at("plain"), test.text));
    write_gzip(at("packed"), test.text);
    EXPECT_EQ(lines_of(at("plain")).value(), test.lines);
    EXPECT_EQ(lines_of(at("packed")).value(), test.lines);
  }
}

TEST_F(FileTest, LinesStopAtTheFirstErrorAndMissNothingSilently) {
  ASSERT_TRUE(write_file_atomically(at("x"), "1\n2\n3\n"));
  int seen = 0;
  const auto status = for_each_line(at("x"), [&](std::string_view) -> Status {
    return ++seen == 2 ? Status(fail(Code::kCancelled, "enough")) : Status();
  });
  EXPECT_EQ(seen, 2);
  EXPECT_EQ(status.error().message, "enough");
  EXPECT_EQ(lines_of(at("none")).error().code, Code::kNotFound);

  std::string noise;
  for (int i = 0; i < 20'000; ++i) noise += std::to_string(i * 7919) + "\n";
  write_gzip(at("packed"), noise);
  std::string packed = read_file(at("packed")).value();
  for (const size_t kept : {packed.size() / 2, packed.size() - 1}) {
    ASSERT_TRUE(write_file_atomically(at("cut"), packed.substr(0, kept)));
    const auto cut = lines_of(at("cut"));
    ASSERT_FALSE(cut) << "a file that was cut off is not a shorter file";
    EXPECT_EQ(cut.error().code, Code::kCorrupt);
  }
  packed[packed.size() / 2] = static_cast<char>(packed[packed.size() / 2] ^ 0x55);
  ASSERT_TRUE(write_file_atomically(at("bad"), packed));
  EXPECT_FALSE(lines_of(at("bad")));
}

TEST(FileLock, IsHeldByOneUntilItGoes) {
  const std::string path = testing::TempDir() + "sg-lock-" + std::to_string(::getpid());
  auto first = FileLock::take(path);
  ASSERT_TRUE(first) << first.error().message;
  const auto second = FileLock::take(path);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kConflict);
  EXPECT_NE(second.error().message.find(path), std::string::npos);
  {
    const FileLock moved = std::move(*first);
    EXPECT_FALSE(FileLock::take(path)) << "moving keeps it";
  }
  EXPECT_TRUE(FileLock::take(path));
  ::unlink(path.c_str());
}

}  // namespace
}  // namespace spillguard
