// The candidates of texts with their features, for training and for a look at what the detector
// sees. Values stand in its output in clear: it is a tool for texts of one's own.
//
//   generic_dump [--model FILE] [--scores] FILE
//
// FILE holds JSON Lines {"id", "text"}; "-" is not taken. Each candidate gives a line
//   {"id", "begin", "end", "key": [begin, end], "noun", "setting", "class", "score", "threshold",
//    "features": [[number, value], …]}
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/json_writer.h"
#include "detect/generic/characters.h"
#include "detect/generic/keywords.h"
#include "detect/generic/model.h"
#include "detect/generic/reader.h"

namespace spillguard {
namespace {

using detect::generic::Anchor;
using detect::generic::Candidate;
using detect::generic::Model;

// All candidates of a text, in order and once each.
void read_candidates(std::string_view text, std::vector<Candidate>& out) {
  std::array<std::vector<const Anchor*>, 256> by_first;
  for (const Anchor& anchor : detect::generic::anchors()) {
    by_first.at(static_cast<unsigned char>(anchor.text.front())).push_back(&anchor);
  }
  for (size_t i = 0; i < text.size(); ++i) {
    for (const Anchor* anchor :
         by_first.at(static_cast<unsigned char>(detect::generic::lower(text[i])))) {
      const std::string_view here = text.substr(i, anchor->text.size());
      if (!detect::generic::same_word(here, anchor->text)) continue;
      detect::generic::read_hit(text, {.begin = i, .end = i + here.size()}, anchor->tool, out);
    }
  }
  const auto order = [](const Candidate& c) {
    return std::array{c.value.begin, c.value.end, c.keyword.begin};
  };
  std::sort(out.begin(), out.end(),
            [&](const Candidate& a, const Candidate& b) { return order(a) < order(b); });
}

void print_candidate(std::string_view id, std::string_view text, const Model& model,
                     const Candidate& candidate, bool scores) {
  const auto value_class = Model::classify(text, candidate);
  const double score = model.score(text, candidate);
  if (scores && score < model.threshold(candidate)) return;
  std::string features;
  const auto vector = model.features(text, candidate);
  for (size_t i = 0; i < vector.size(); ++i) {
    if (vector.at(i) != 0)
      features += fmt::format("{}[{},{}]", features.empty() ? "" : ",", i, vector.at(i));
  }
  fmt::print(
      "{{\"id\":{},\"begin\":{},\"end\":{},\"key\":[{},{}],\"noun\":{},\"setting\":{},"
      "\"class\":\"{}\",\"score\":{},\"threshold\":{},\"features\":[{}]}}\n",
      boost::json::serialize(boost::json::string(id)), candidate.value.begin, candidate.value.end,
      candidate.key.begin, candidate.key.end, static_cast<int>(candidate.noun),
      static_cast<int>(candidate.setting), detect::generic::value_class_name(value_class), score,
      model.threshold(candidate), features);
}

int run(int argc, char** argv) {
  std::string file;
  std::string model_file;
  bool scores = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--model" && i + 1 < argc) {
      model_file = argv[++i];
    } else if (argument == "--scores") {
      scores = true;
    } else {
      file = argument;
    }
  }
  if (file.empty()) {
    fmt::print(stderr, "generic_dump [--model FILE] [--scores] FILE\n");
    return 2;
  }
  const auto made = [&]() -> Result<Model> {
    if (model_file.empty()) return Model::built_in();
    SG_ASSIGN(const std::string data, read_file(model_file));
    return Model::parse(data);
  }();
  if (!made) {
    fmt::print(stderr, "{}\n", made.error().message);
    return 1;
  }
  std::vector<Candidate> candidates;
  const Status status = for_each_line(file, [&](std::string_view line) -> Status {
    boost::system::error_code error;
    const boost::json::value parsed = boost::json::parse(line, error);
    if (error || !parsed.is_object()) return fail(Code::kInvalidArgument, "no JSON object");
    const auto& object = parsed.get_object();
    const auto* id = object.if_contains("id");
    const auto* text = object.if_contains("text");
    if (id == nullptr || text == nullptr || !id->is_string() || !text->is_string()) {
      return fail(Code::kInvalidArgument, "no id or no text");
    }
    const std::string_view content = text->get_string();
    candidates.clear();
    read_candidates(content, candidates);
    for (const Candidate& candidate : candidates) {
      print_candidate(id->get_string(), content, *made, candidate, scores);
    }
    return {};
  });
  if (!status) {
    fmt::print(stderr, "{}\n", status.error().message);
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace spillguard

int main(int argc, char** argv) { return spillguard::run(argc, argv); }
