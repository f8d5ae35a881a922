#include "bench/outside_search.h"

#ifdef SG_HYPERSCAN
#include <fmt/format.h>
#include <hs.h>

#include <string>
#endif

namespace spillguard::bench {

#ifdef SG_HYPERSCAN
namespace {

struct FreeDatabase {
  void operator()(hs_database_t* database) const { hs_free_database(database); }
};
struct FreeScratch {
  void operator()(hs_scratch_t* scratch) const { hs_free_scratch(scratch); }
};

class HyperscanScratch : public OutsideSearch::Scratch {
 public:
  explicit HyperscanScratch(hs_scratch_t* scratch) : scratch_(scratch) {}
  [[nodiscard]] hs_scratch_t* get() const { return scratch_.get(); }

 private:
  std::unique_ptr<hs_scratch_t, FreeScratch> scratch_;
};

int count_one(unsigned int /*id*/, unsigned long long /*from*/, unsigned long long /*to*/,
              unsigned int /*flags*/, void* context) {
  ++*static_cast<uint64_t*>(context);
  return 0;
}

class HyperscanSearch : public OutsideSearch {
 public:
  explicit HyperscanSearch(hs_database_t* database) : database_(database) {}

  [[nodiscard]] std::shared_ptr<Scratch> make_scratch() const override {
    hs_scratch_t* scratch = nullptr;
    hs_alloc_scratch(database_.get(), &scratch);
    return std::make_shared<HyperscanScratch>(scratch);
  }
  uint64_t count(PaddedView text, Scratch& scratch) const override {
    uint64_t hits = 0;
    hs_scan(database_.get(), text.data(), static_cast<unsigned>(text.size()), 0,
            dynamic_cast<HyperscanScratch&>(scratch).get(), &count_one, &hits);
    return hits;
  }

 private:
  std::unique_ptr<hs_database_t, FreeDatabase> database_;
};

}  // namespace

std::shared_ptr<OutsideSearch> make_outside_search(const std::vector<detect::Literal>& literals) {
  std::vector<const char*> texts;
  std::vector<size_t> lengths;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;
  const auto add = [&](const std::string& bytes, bool ignore_case) {
    texts.push_back(bytes.data());
    lengths.push_back(bytes.size());
    flags.push_back(ignore_case ? HS_FLAG_CASELESS : 0U);
    ids.push_back(static_cast<unsigned>(ids.size()));
  };
  std::vector<std::string> pairs_of_digits;
  for (int pair = 0; pair < 100; ++pair) pairs_of_digits.push_back(fmt::format("{:02}", pair));
  for (const detect::Literal& literal : literals) {
    if (literal.any_digit) {
      for (const std::string& pair : pairs_of_digits) add(pair, false);
    } else {
      add(literal.bytes, literal.ignore_case);
    }
  }
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  if (hs_compile_lit_multi(texts.data(), flags.data(), ids.data(), lengths.data(),
                           static_cast<unsigned>(texts.size()), HS_MODE_BLOCK, nullptr, &database,
                           &error) != HS_SUCCESS) {
    hs_free_compile_error(error);
    return nullptr;
  }
  return std::make_shared<HyperscanSearch>(database);
}
#else
std::shared_ptr<OutsideSearch> make_outside_search(const std::vector<detect::Literal>& /*all*/) {
  return nullptr;
}
#endif

}  // namespace spillguard::bench
