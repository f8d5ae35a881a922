#include "detect/validators_pem.h"

#include <algorithm>
#include <string>

#include "base/strings.h"

namespace spillguard::detect {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr size_t kMinBody = 40;            // an Ed25519 key in PKCS #8 has 64 characters
constexpr size_t kMinTruncatedBody = 128;  // two lines

bool is_base64_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/' || c == '=';
}

// Removes the header lines that RFC 1421 allows ("Proc-Type: 4,ENCRYPTED") and the armour of
// OpenPGP
// ("Version: …"): lines with a colon.
void append_without_headers(std::string_view line, std::string& out) {
  if (line.find(": ") != std::string_view::npos || line.starts_with("DEK-Info:")) return;
  out += line;
}

// The body as text without what surrounds it in source code and tickets: blanks, quotes, plus signs
// that join strings, quotation marks of mails, and \n written out.
std::string bare_body(std::string_view body) {
  std::string lines;
  for (size_t i = 0; i < body.size(); ++i) {
    const bool escape = body[i] == '\\' && i + 1 < body.size();
    if (escape && (body[i + 1] == 'n' || body[i + 1] == 'r')) {
      lines += '\n';
      ++i;
    } else {
      lines += body[i];
    }
  }
  std::string out;
  for (std::string_view line : split(lines, '\n')) {
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t' || line.front() == '>' ||
                             line.front() == '"' || line.front() == '\'' || line.front() == '|')) {
      line.remove_prefix(1);
    }
    const size_t quote = line.find_first_of("\"'\r\\");
    append_without_headers(trim(line.substr(0, quote)), out);
  }
  return out;
}

}  // namespace

bool pem_block(const Candidate& candidate) {
  std::string_view text = candidate.match_text();
  const size_t begin = text.find(kBegin);
  if (begin == std::string_view::npos) return false;
  text.remove_prefix(begin + kBegin.size());
  const size_t label_end = text.find(kDashes);
  if (label_end == std::string_view::npos) return false;
  const std::string_view label = text.substr(0, label_end);
  text.remove_prefix(label_end + kDashes.size());

  const size_t end = text.find(kEnd);
  if (end != std::string_view::npos && !text.substr(end + kEnd.size()).starts_with(label))
    return false;
  const std::string body = bare_body(text.substr(0, end));
  const size_t least = end == std::string_view::npos ? kMinTruncatedBody : kMinBody;
  const auto letters =
      static_cast<size_t>(std::count_if(body.begin(), body.end(), is_base64_letter));
  // Nearly all: a broken character may stand in it, "…" or prose may not.
  if (letters < least || letters * 100 < body.size() * 98) return false;
  bool seen[256] = {};
  for (const char c : body) seen[static_cast<unsigned char>(c)] = true;
  return std::count(std::begin(seen), std::end(seen), true) >= 16;  // no row of xxxx
}

}  // namespace spillguard::detect
