// From what the extraction helper hands out of a document to what is stored of it: parts to
// findings with their places, outcomes to one word for the ledger. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/crypto.h"
#include "detect/engine.h"
#include "extract/document.h"
#include "store/documents.h"
#include "text/text.h"

namespace spillguard::scan {

class DocumentScan {
 public:
  // Findings of one document, at most; the rest is said by the reason "too_many_findings".
  static constexpr size_t kMostFindings = 10'000;

  // Both outlive this; `scratch` is of the engine.
  DocumentScan(const detect::Engine& engine, detect::Engine::Scratch& scratch, const MasterKey& key)
      : engine_(engine), scratch_(scratch), key_(key) {}

  void part(const extract::Part& part);
  void within(const extract::Outcome& outcome);  // of a file in the document
  // `own` is the outcome of the document itself.
  store::DocumentResult finish(const extract::Outcome& own);

 private:
  void note(const extract::Part& part, const text::Extracted& extracted,
            const detect::Match& match);
  [[nodiscard]] std::string detail(const extract::Outcome& own) const;

  const detect::Engine& engine_;
  detect::Engine::Scratch& scratch_;
  const MasterKey& key_;
  detect::ScanResult matches_;
  std::map<std::pair<int32_t, Fingerprint>, size_t> places_;  // in result_.findings
  store::DocumentResult result_;
  std::array<int64_t, extract::kReasons> reasons_{};  // of files within, by reason
  bool over_limit_ = false;                           // a rule gave up somewhere
  bool too_many_ = false;
};

// The result of a document that was not read at all.
store::DocumentResult not_read(store::PartStatus status, std::string reason, std::string detail);

}  // namespace spillguard::scan
