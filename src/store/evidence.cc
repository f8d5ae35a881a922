#include "store/evidence.h"

#include <array>
#include <span>

#include "base/encoding.h"

namespace spillguard::store {
namespace {

constexpr size_t kLengthBytes = 4;

// Little endian, so that a database may move between machines.
void append_piece(std::string& out, std::string_view piece) {
  for (size_t i = 0; i < kLengthBytes; ++i) {
    out += static_cast<char>((piece.size() >> (8 * i)) & 0xFF);
  }
  out += piece;
}

// Takes one piece off the front; false when the text is too short for it.
bool take_piece(std::string_view& rest, std::string_view& piece) {
  if (rest.size() < kLengthBytes) return false;
  size_t size = 0;
  for (size_t i = 0; i < kLengthBytes; ++i) {
    size |= static_cast<size_t>(static_cast<uint8_t>(rest[i])) << (8 * i);
  }
  rest.remove_prefix(kLengthBytes);
  if (rest.size() < size) return false;
  piece = rest.substr(0, size);
  rest.remove_prefix(size);
  return true;
}

std::string bound_to(const Fingerprint& fingerprint) {
  constexpr std::string_view kPrefix = "evidence:";
  std::string out;
  out.reserve(kPrefix.size() + 2 * sizeof(fingerprint.bytes));
  out = kPrefix;
  fingerprint.append_hex(out);
  return out;
}

std::string title_bound_to(std::string_view item_host_id) {
  return "title:" + std::string(item_host_id);
}

}  // namespace

std::string seal_evidence(const MasterKey& key, const Fingerprint& fingerprint,
                          const Evidence& evidence) {
  const std::array<std::string_view, 5> all = {evidence.match, evidence.secret, evidence.before,
                                               evidence.after, evidence.place};
  // Most have no place, and none was written before there were any.
  const std::span<const std::string_view> pieces(all.data(), evidence.place.empty() ? 4 : 5);
  size_t size = 0;
  for (const std::string_view piece : pieces) size += kLengthBytes + piece.size();
  std::string clear;
  clear.reserve(size);  // growing would leave copies of the secret in freed memory
  for (const std::string_view piece : pieces) append_piece(clear, piece);
  std::string sealed = key.seal(clear, bound_to(fingerprint));
  wipe(clear.data(), clear.size());
  return sealed;
}

Result<EvidenceView> view_evidence(const MasterKey& key, const Fingerprint& fingerprint,
                                   std::string_view sealed, std::string& clear) {
  SG_TRY(key.open_into(sealed, bound_to(fingerprint), clear));
  std::string_view rest = clear;
  EvidenceView view;
  const bool whole = take_piece(rest, view.match) && take_piece(rest, view.secret) &&
                     take_piece(rest, view.before) && take_piece(rest, view.after) &&
                     (rest.empty() || take_piece(rest, view.place)) && rest.empty();
  if (!whole) return fail(Code::kCorrupt, "the evidence of a finding is not in the form we write");
  return view;
}

Result<Evidence> open_evidence(const MasterKey& key, const Fingerprint& fingerprint,
                               std::string_view sealed) {
  std::string clear;
  const auto view = view_evidence(key, fingerprint, sealed, clear);
  Evidence evidence;
  if (view) {
    evidence.match = view->match;
    evidence.secret = view->secret;
    evidence.before = view->before;
    evidence.after = view->after;
    evidence.place = view->place;
  }
  wipe(clear.data(), clear.size());
  if (!view) return fail(view.error());
  return evidence;
}

Result<std::string_view> open_match(const MasterKey& key, const Fingerprint& fingerprint,
                                    std::string_view sealed, std::string& clear) {
  SG_TRY(key.open_into(sealed, bound_to(fingerprint), clear));
  std::string_view rest = clear;
  std::string_view match;
  if (!take_piece(rest, match)) {
    return fail(Code::kCorrupt, "the evidence of a finding is not in the form we write");
  }
  return match;
}

std::string_view place_of(std::string_view clear) {
  constexpr int kInFront = 4;
  std::string_view piece;
  for (int i = 0; i < kInFront; ++i) {
    if (!take_piece(clear, piece)) return {};
  }
  return take_piece(clear, piece) ? piece : std::string_view();
}

std::string seal_title(const MasterKey& key, std::string_view item_host_id,
                       std::string_view title) {
  if (title.empty()) return {};
  return base64_encode(key.seal(title, title_bound_to(item_host_id)));
}

Result<std::string> open_title(const MasterKey& key, std::string_view item_host_id,
                               std::string_view sealed) {
  if (sealed.empty()) return std::string();
  const auto bytes = base64_decode(sealed);
  if (!bytes) return fail(Code::kCorrupt, "the title of an item is not in the form we write");
  return key.open(*bytes, title_bound_to(item_host_id));
}

}  // namespace spillguard::store
