#include "api/openapi.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "api/json_body.h"

namespace spillguard::api {
namespace {

JsonValue document_of(store::Product product) {
  const auto text = openapi_document(product, "/base");
  if (!text) {
    ADD_FAILURE() << text.error().message;
    return {};
  }
  auto parsed = parse_json(*text);
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed ? *std::move(parsed) : JsonValue{};
}

// Every "$ref" leads somewhere, and no marks of ours are left.
void check_all(const JsonValue& root, const JsonValue& value) {
  for (const auto& item : value.items) check_all(root, item);
  for (const auto& [name, inner] : value.members) {
    EXPECT_FALSE(name.starts_with("x-")) << name;
    EXPECT_EQ(name.find('@'), std::string::npos) << name;
    EXPECT_EQ(inner.text.find('@'), std::string::npos) << inner.text;
    if (name == "$ref") {
      const JsonValue* at = &root;
      std::string_view rest = std::string_view(inner.text).substr(2);
      while (at != nullptr && !rest.empty()) {
        const std::string_view step = rest.substr(0, rest.find('/'));
        rest.remove_prefix(std::min(rest.size(), step.size() + 1));
        at = at->find(step);
      }
      EXPECT_NE(at, nullptr) << inner.text;
    }
    check_all(root, inner);
  }
}

TEST(OpenApi, BothProductsAreWholeAndInTheirOwnWords) {
  const JsonValue jira = document_of(store::Product::kJira);
  const JsonValue confluence = document_of(store::Product::kConfluence);
  check_all(jira, jira);
  check_all(confluence, confluence);
  const auto has = [](const JsonValue& document, std::string_view path) {
    const JsonValue* paths = document.find("paths");
    return paths != nullptr && paths->find(path) != nullptr;
  };
  EXPECT_TRUE(has(jira, "/project/{key}"));
  EXPECT_TRUE(has(jira, "/scan/issue/{key}"));
  EXPECT_TRUE(has(jira, "/review/space/{key}/delete"));
  EXPECT_FALSE(has(jira, "/scan/space/{key}"));
  EXPECT_TRUE(has(confluence, "/scan/space/{key}"));
  EXPECT_TRUE(has(confluence, "/scan/content/version"));
  EXPECT_FALSE(has(confluence, "/project/{key}"));
}

TEST(OpenApi, OperationsHaveNamesOfTheirOwn) {
  const JsonValue document = document_of(store::Product::kJira);
  std::set<std::string> names;
  const JsonValue* paths = document.find("paths");
  ASSERT_NE(paths, nullptr);
  for (const auto& [path, item] : paths->members) {
    for (const char* method : {"get", "post", "put", "delete"}) {
      const JsonValue* operation = item.find(method);
      if (operation == nullptr) continue;
      const JsonValue* name = operation->find("operationId");
      ASSERT_NE(name, nullptr) << path;
      EXPECT_TRUE(names.insert(name->text).second) << name->text;
    }
  }
  EXPECT_GT(names.size(), 30U);
}

}  // namespace
}  // namespace spillguard::api
