// Reviews: texts that somebody marked, by fingerprint, in a scope or in a whole site, for the
// findings of now and of later. They outlive findings. Every finding's row says whether it is
// reviewed; whoever adds or takes back a review changes the rows in the same transaction.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "base/time.h"
#include "db/database.h"

namespace spillguard::store {

// The scope_id of reviews that hold in the whole site.
inline constexpr int64_t kWholeSite = 0;

struct Review {
  int64_t site_id = 0;
  int64_t scope_id = kWholeSite;
  Fingerprint fingerprint;
  std::string evidence = {};  // the text, sealed (seal_evidence with only `match`); "" = not told
  std::string rule_name = {};
  std::string reviewer = {};
  TimeMs reviewed_at = 0;
  std::string reason = {};
  TimeMs expires_at = 0;  // 0 = never
};

struct ReviewChange {
  bool changed = false;  // there was none, or there was one to take back
  int64_t findings = 0;  // of that text, not resolved, where the review holds
};

// In the caller's transaction, at the time review.reviewed_at. Where the text is reviewed already,
// who and when stay; the expiry is the new one, and so is a reason that is not empty.
Result<ReviewChange> put_review(db::Connection& connection, const Review& review);
// Takes one back.
Result<ReviewChange> revoke_review(db::Connection& connection, const Review& which,
                                   std::string_view by, TimeMs now);
// Takes all of a scope (or of the site as a whole) back; how many there were.
Result<int64_t> revoke_reviews(db::Connection& connection, int64_t site_id, int64_t scope_id,
                               std::string_view by, TimeMs now);
// The bits of findings.reviewed for a text in a scope.
Result<int64_t> review_bits(db::Connection& connection, int64_t site_id, int64_t scope_id,
                            const Fingerprint& fingerprint, TimeMs now);
// The same for many texts, by their raw fingerprints; those that are not reviewed are left out.
// PostgreSQL only.
Result<std::map<std::string, int64_t>> review_bits_of(db::Connection& connection, int64_t site_id,
                                                      int64_t scope_id,
                                                      const std::vector<Fingerprint>& fingerprints,
                                                      TimeMs now);
// Reviews that ran out are taken back. Lists of findings do so by themselves; others that look at
// findings.reviewed call it first.
Status settle_reviews(db::Database& database, TimeMs now);
// A read() that sees no review that has run out: of those it takes back first.
Status read_settled(db::Database& database, TimeMs now, const db::Work& work);

struct ReviewQuery {
  int64_t site_id = 0;
  int64_t scope_id = kWholeSite;
  // Key-set paging by fingerprint: the one of the last row.
  std::optional<Fingerprint> after = {};
  int64_t limit = 500;
};

class Reviews {
 public:
  explicit Reviews(db::Database& database, Clock clock = now_ms)
      : database_(database), clock_(std::move(clock)) {}

  // Those that hold now, by fingerprint. Fewer than `limit` mean that there are no more.
  Result<std::vector<Review>> list(const ReviewQuery& query);
  Result<int64_t> count(int64_t site_id, int64_t scope_id);

 private:
  db::Database& database_;
  Clock clock_;
};

}  // namespace spillguard::store
