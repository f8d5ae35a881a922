#include "cli/file_walk.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "cli/test_folder.h"

namespace spillguard::cli {
namespace {

std::vector<std::string> shown(const WalkResult& result) {
  std::vector<std::string> names;
  for (const InputFile& file : result.files) {
    names.push_back(file.shown);
  }
  return names;
}

TEST(Walk, FolderIsSortedByRelativePath) {
  const TestFolder folder;
  folder.write("b.txt", "12");
  folder.write("a/z.txt", "1");
  folder.write("a/b/c.txt", "1");
  folder.write("a.txt", "");
  const WalkResult result = walk({folder.path()});
  EXPECT_EQ(shown(result), (std::vector<std::string>{"a.txt", "a/b/c.txt", "a/z.txt", "b.txt"}));
  EXPECT_TRUE(result.left_out.empty());
  EXPECT_EQ(result.files.back().size, 2U);
}

TEST(Walk, SingleFilesKeepTheirOrderAndBaseNames) {
  const TestFolder folder;
  const std::string second = folder.write("x/b.txt", "1");
  const std::string first = folder.write("x/a.txt", "1");
  EXPECT_EQ(shown(walk({second, "-", first})),
            (std::vector<std::string>{"b.txt", "<stdin>", "a.txt"}));
}

TEST(Walk, LinksAndPipesInFoldersAreLeftOutNotFollowed) {
  const TestFolder outside;
  outside.write("secret.txt", "1");
  const TestFolder folder;
  folder.write("a.txt", "1");
  std::filesystem::create_symlink(outside.path(), folder.path() + "/link");
  std::filesystem::create_symlink(folder.path(), folder.path() + "/loop");
  ASSERT_EQ(mkfifo((folder.path() + "/pipe").c_str(), 0600), 0);
  const WalkResult result = walk({folder.path()});
  EXPECT_EQ(shown(result), std::vector<std::string>{"a.txt"});
  ASSERT_EQ(result.left_out.size(), 3U);
  EXPECT_EQ(result.left_out[0].reason, "symbolic link");
  EXPECT_EQ(result.left_out[2].reason, "not a regular file");
  EXPECT_FALSE(result.left_out[2].failure);
  // A link that is named is meant.
  EXPECT_EQ(shown(walk({folder.path() + "/link"})), std::vector<std::string>{"secret.txt"});
}

TEST(Walk, MissingPathIsAFailure) {
  const WalkResult result = walk({"/no/such/place"});
  EXPECT_TRUE(result.files.empty());
  ASSERT_EQ(result.left_out.size(), 1U);
  EXPECT_TRUE(result.left_out[0].failure);
  EXPECT_EQ(result.left_out[0].reason, "no such file or folder");
}

}  // namespace
}  // namespace spillguard::cli
