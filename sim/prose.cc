#include "sim/prose.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace spillguard::sim {
namespace {

constexpr std::array<std::string_view, 16> kServices = {
    "billing gateway", "login service", "search indexer", "mail relay",
    "report builder",  "build agent",   "asset store",    "session cache",
    "payment worker",  "import job",    "audit log",      "load balancer",
    "message broker",  "image resizer", "scheduler",      "customer portal"};
constexpr std::array<std::string_view, 14> kVerbs = {"times out",
                                                     "restarts",
                                                     "loses its connection",
                                                     "writes nothing",
                                                     "returns an empty page",
                                                     "takes twice as long",
                                                     "fails with status 500",
                                                     "keeps the old value",
                                                     "ignores the setting",
                                                     "drops every third message",
                                                     "shows the wrong time zone",
                                                     "runs out of memory",
                                                     "answers before the data is there",
                                                     "refuses the certificate"};
constexpr std::array<std::string_view, 14> kWhen = {"after the upgrade",
                                                    "on Monday mornings",
                                                    "when two nodes start together",
                                                    "as soon as the queue is full",
                                                    "behind the proxy",
                                                    "since the last deployment",
                                                    "in the staging cluster",
                                                    "with the new driver",
                                                    "during the nightly backup",
                                                    "if the file has no extension",
                                                    "for users with two accounts",
                                                    "when the disk is nearly full",
                                                    "under load",
                                                    "without any message in the log"};
constexpr std::array<std::string_view, 12> kAsides = {
    "Nobody noticed until the customer called.",   "We have seen this before.",
    "The dashboard stays green all the time.",     "A restart helps for about an hour.",
    "See the thread in the operations channel.",   "I can reproduce it on my machine.",
    "The old version does not have this problem.", "Rolling back did not change anything.",
    "Please check with the platform team first.",  "It only affects the second data centre.",
    "The runbook needs a new section for this.",   "Screenshots are attached."};
constexpr std::array<std::string_view, 12> kActions = {"Check",    "Replace", "Document", "Move",
                                                       "Clean up", "Restart", "Measure",  "Disable",
                                                       "Review",   "Split",   "Rename",   "Test"};
constexpr std::array<std::string_view, 10> kPackages = {"core", "http",  "store",  "queue", "auth",
                                                        "mail", "index", "report", "cache", "web"};
constexpr std::array<std::string_view, 10> kClasses = {
    "RequestHandler",  "ConnectionPool", "IndexWriter", "SessionFilter", "JobRunner",
    "MessageListener", "TemplateCache",  "UserLookup",  "RetryPolicy",   "PageRenderer"};
constexpr std::array<std::string_view, 8> kMethods = {"run",    "handle", "acquire", "flush",
                                                      "lookup", "render", "commit",  "dispatch"};
constexpr std::array<std::string_view, 5> kLevels = {"INFO", "INFO", "DEBUG", "WARN", "ERROR"};

std::string stack_frame(Random& random) {
  const auto& type = random.pick(kClasses);
  return fmt::format("\tat org.example.{}.{}.{}({}.java:{})", random.pick(kPackages), type,
                     random.pick(kMethods), type, random.between(12, 890));
}

std::vector<std::string> log_lines(Random& random) {
  std::vector<std::string> lines;
  const auto count = 3 + random.below(8);
  const auto minute = random.below(60);
  for (uint64_t i = 0; i < count; ++i) {
    lines.push_back(fmt::format(
        "2023-{:02}-{:02} 14:{:02}:{:02},{:03} {} [worker-{}] o.e.{}.{} The {} {} {}",
        random.between(1, 12), random.between(1, 28), minute, i * 4 % 60, random.below(1000),
        random.pick(kLevels), random.below(16), random.pick(kPackages), random.pick(kClasses),
        random.pick(kServices), random.pick(kVerbs), random.pick(kWhen)));
  }
  if (random.chance(60)) {
    lines.push_back(fmt::format("java.lang.IllegalStateException: the {} {}",
                                random.pick(kServices), random.pick(kVerbs)));
    for (uint64_t i = 0, n = 3 + random.below(9); i < n; ++i) lines.push_back(stack_frame(random));
  }
  return lines;
}

Block code_block(Random& random) {
  Block block{.kind = Block::Kind::kCode, .language = {}, .lines = {}};
  const auto name = make_name(random);
  switch (random.below(4)) {
    case 0:
      block.language = "bash";
      block.lines = {
          "#!/bin/bash", "set -e", fmt::format("export APP_HOME=/srv/{}", name),
          fmt::format("curl -s http://{}.example.com:{}/health > /tmp/{}.txt && cat /tmp/{}.txt",
                      name, random.between(8000, 8999), name, name),
          "for f in *.log; do gzip \"$f\"; done"};
      break;
    case 1:
      block.language = "java";
      block.lines = {fmt::format("public class {} {{", random.pick(kClasses)),
                     fmt::format("  private final Map<String, List<Integer>> {} = new HashMap<>();",
                                 random.pick(kMethods)),
                     fmt::format("  void {}(int limit) {{", random.pick(kMethods)),
                     fmt::format("    if (limit < {} && !queue.isEmpty()) {{ pool.{}(\"{}\"); }}",
                                 random.below(500), random.pick(kMethods), name),
                     "  }",
                     "}"};
      break;
    case 2:
      block.language = "sql";
      block.lines = {fmt::format("SELECT id, name, updated FROM {}", random.pick(kPackages)),
                     fmt::format(" WHERE updated > '2023-0{}-01' AND size <> {}",
                                 random.between(1, 9), random.below(4000)),
                     " ORDER BY updated DESC;"};
      break;
    default:
      block.language = "yaml";
      block.lines = {"server:",
                     fmt::format("  name: {}", name),
                     fmt::format("  port: {}", random.between(1024, 9999)),
                     fmt::format("  workers: {}", random.between(1, 64)),
                     "  features:",
                     fmt::format("    - {}", random.pick(kPackages)),
                     fmt::format("    - {}", random.pick(kPackages))};
  }
  return block;
}

Block table_block(Random& random) {
  Block block{.kind = Block::Kind::kTable, .language = {}, .lines = {"Host\tRole\tOwner"}};
  for (uint64_t i = 0, n = 2 + random.below(5); i < n; ++i) {
    block.lines.push_back(fmt::format("{}.example.com\t{}\tteam {}", make_name(random),
                                      random.pick(kServices), random.pick(kPackages)));
  }
  return block;
}

}  // namespace

std::string make_sentence(Random& random) {
  switch (random.below(4)) {
    case 0:
      return std::string(random.pick(kAsides));
    case 1:
      return fmt::format("{} the {} on {} and write the result here.", random.pick(kActions),
                         random.pick(kServices), make_name(random));
    default:
      return fmt::format("The {} {} {}.", random.pick(kServices), random.pick(kVerbs),
                         random.pick(kWhen));
  }
}

std::string make_title(Random& random) {
  if (random.chance(30)) {
    return fmt::format("{} the {} {}", random.pick(kActions), random.pick(kServices),
                       random.pick(kWhen));
  }
  std::string title =
      fmt::format("{} {} {}", random.pick(kServices), random.pick(kVerbs), random.pick(kWhen));
  title[0] = static_cast<char>(title[0] - 'a' + 'A');
  return title;
}

std::string make_name(Random& random) {
  return fmt::format("{}-{}-{}", random.pick(kPackages), random.pick(kMethods),
                     random.between(1, 99));
}

Block make_block(Random& random, Block::Kind kind) {
  Block block{.kind = kind, .language = {}, .lines = {}};
  switch (kind) {
    case Block::Kind::kCode:
      return code_block(random);
    case Block::Kind::kTable:
      return table_block(random);
    case Block::Kind::kLog:
      block.lines = log_lines(random);
      return block;
    case Block::Kind::kLink: {
      const auto name = make_name(random);
      block.lines = {fmt::format("Details of {}", name),
                     fmt::format("https://ci.example.com/job/{}/{}?tab=log&lines={}", name,
                                 random.between(1, 4000), random.between(10, 500))};
      return block;
    }
    case Block::Kind::kHeading:
      block.lines = {make_title(random)};
      return block;
    case Block::Kind::kBullets:
      for (uint64_t i = 0, n = 2 + random.below(4); i < n; ++i) {
        block.lines.push_back(make_sentence(random));
      }
      return block;
    default: {
      std::string text = make_sentence(random);
      for (uint64_t i = 0, n = 1 + random.below(4); i < n; ++i) text += " " + make_sentence(random);
      block.lines = {std::move(text)};
      return block;
    }
  }
}

std::vector<Block> make_document(Random& random, size_t blocks) {
  constexpr std::array<Block::Kind, 16> kMix = {
      Block::Kind::kParagraph, Block::Kind::kParagraph, Block::Kind::kParagraph,
      Block::Kind::kParagraph, Block::Kind::kParagraph, Block::Kind::kParagraph,
      Block::Kind::kHeading,   Block::Kind::kHeading,   Block::Kind::kCode,
      Block::Kind::kCode,      Block::Kind::kLog,       Block::Kind::kBullets,
      Block::Kind::kBullets,   Block::Kind::kTable,     Block::Kind::kQuote,
      Block::Kind::kLink};
  std::vector<Block> document;
  document.reserve(blocks);
  document.push_back(make_block(random, Block::Kind::kParagraph));
  while (document.size() < blocks) document.push_back(make_block(random, random.pick(kMix)));
  return document;
}

}  // namespace spillguard::sim
