#include "detect/generic/name.h"

#include <algorithm>
#include <array>

#include "detect/generic/bytes.h"
#include "detect/generic/keywords.h"

namespace spillguard::detect::generic {

using std::string_view_literals::operator""sv;
namespace {

// Longer runs of name bytes are encoded data, not names.
constexpr size_t kMaxName = 80;
constexpr size_t kMaxParts = 20;
constexpr size_t kMaxPart = 40;

// A part of a name in lower case.
class LowerPart {
 public:
  LowerPart(std::string_view text, Span part) : size_(std::min(part.size(), kMaxPart)) {
    for (size_t i = 0; i < size_; ++i) {
      const char c = text[part.begin + i];
      // À … Þ in UTF-8.
      const bool wide_upper = i > 0 && bytes_[i - 1] == '\xC3' && c <= '\x9E';
      bytes_[i] = wide_upper ? static_cast<char>(c + 0x20) : lower(c);
    }
  }
  [[nodiscard]] std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, kMaxPart> bytes_{};
  size_t size_;
};

struct Parts {
  std::array<Span, kMaxParts> spans{};
  size_t count = 0;
  void add(Span part) {
    if (part.begin < part.end && count < kMaxParts) spans[count++] = part;
  }
};

bool joins(char c) { return c == '.' || c == '-'; }

// Whether anything may tie a value to a name that ends before this byte: most names fail here.
bool may_tie(char c) {
  switch (c) {
    case ' ':
    case '\t':
    case '\n':
    case '\r':
    case '=':
    case ':':
    case '"':
    case '\'':
    case '`':
    case '(':
    case ')':
    case ']':
    case '*':
    case '|':
    case '<':
    case '>':
    case '\\':
    case '!':
    case '?':
    case ',':
    case '-':
    case '}':
    case '/':
    case '.':
    case ';':
    case '\0':  // the end of the text
    case '&':
      return true;
    default:
      return static_cast<unsigned char>(c) >= 0x80;
  }
}

// The run of name bytes around the hit, or nothing when it is too long for a name, or when nothing
// can tie a value to it: most runs end there, so their ends are looked at first.
std::optional<Span> run_around(std::string_view text, Span hit) {
  size_t end = hit.begin;
  while (end < text.size() &&
         (is_name_byte(text, end) || (joins(text[end]) && end > hit.begin && text[end - 1] != '.' &&
                                      text[end - 1] != '-' && is_name_byte(text, end + 1)))) {
    if (++end - hit.begin > kMaxName) return std::nullopt;
  }
  if (!may_tie(at(text, end))) return std::nullopt;
  size_t begin = hit.begin;
  while (begin > 0 && (is_name_byte(text, begin - 1) ||
                       (joins(text[begin - 1]) && begin > 1 && is_name_byte(text, begin - 2)))) {
    if (hit.begin - --begin > kMaxName) return std::nullopt;
  }
  // The letter of an escape ("\npassword") belongs to the escape.
  const bool escaped = begin > 0 && text[begin - 1] == '\\' && begin + 1 < end;
  if (escaped && begin < hit.begin &&
      (text[begin] == 'n' || text[begin] == 't' || text[begin] == 'r')) {
    ++begin;
  }
  if (begin >= end) return std::nullopt;
  return Span{begin, end};
}

// Cuts at separators, at humps of camelCase and around digits.
Parts parts_of(std::string_view text, Span run) {
  Parts parts;
  size_t begin = run.begin;
  const auto cut = [&](size_t end, size_t next) {
    parts.add({begin, end});
    begin = next;
  };
  for (size_t i = run.begin; i < run.end; ++i) {
    const char c = text[i];
    if (c == '_' || joins(c)) {
      cut(i, i + 1);
    } else if (i > begin) {
      const char before = text[i - 1];
      const bool wide = static_cast<unsigned char>(before) >= 0x80;
      const bool hump = is_upper(c) && !is_upper(before) && !wide;
      const bool new_word = is_upper(c) && is_upper(before) && i + 1 < run.end &&
                            is_lower(text[i + 1]) && (i + 2 >= run.end || is_lower(text[i + 2]));
      if (hump || new_word || is_digit(c) != is_digit(before)) cut(i, i);
    }
  }
  cut(run.end, run.end);
  return parts;
}

// The word before an offset with one blank, dash or apostrophe between; empty when there is none.
Span word_before(std::string_view text, size_t offset) {
  size_t end = offset;
  if (end == 0 || (text[end - 1] != ' ' && text[end - 1] != '-')) return {offset, offset};
  --end;
  size_t begin = end;
  while (begin > 0 && end - begin < kMaxPart && is_name_byte(text, begin - 1)) --begin;
  return {begin, end};
}

bool word_is(std::string_view text, Span word, std::string_view lower_case) {
  return word.size() == lower_case.size() && goes_on_with(text, word.begin, lower_case);
}

// "mot de passe", "palavra-passe": the begin of the name, or nothing when "passe" is something
// else.
std::optional<size_t> begin_of_passe(std::string_view text, size_t passe) {
  const Span word = word_before(text, passe);
  if (word_is(text, word, "palavra") || word_is(text, word, "palabra")) return word.begin;
  if (!word_is(text, word, "de")) return std::nullopt;
  const Span first = word_before(text, word.begin);
  if (word_is(text, first, "mot") || word_is(text, first, "mots")) return first.begin;
  return std::nullopt;
}

// "clave de acceso", "chave da API", "cl\u00E9 d'API": where the name ends; key.end when it does
// not.
size_t end_of_owner(std::string_view text, size_t end) {
  size_t p = skip_blanks(text, end, 2);
  if (goes_on_with(text, p, "de la ")) {
    p += 6;
  } else if (goes_on_with(text, p, "de ") || goes_on_with(text, p, "da ")) {
    p += 3;
  } else if (goes_on_with(text, p, "d'")) {
    p += 2;
  } else if (goes_on_with(text, p, "d\u2019")) {
    p += 4;
  }
  for (const std::string_view owner :
       {"api"sv, "acceso"sv, "acc\u00E8s"sv, "acesso"sv, "secreta"sv, "secr\u00E8te"sv, "privada"sv,
        "priv\u00E9e"sv, "cifrado"sv, "chiffrement"sv, "criptografia"sv}) {
    if (goes_on_with(text, p, owner) && !is_name_byte(text, p + owner.size())) {
      return p + owner.size();
    }
  }
  return end;
}

// Whether "user/" or "user and " stands before the name.
bool has_user_before(std::string_view text, size_t begin) {
  size_t end = begin;
  const auto step_back = [&](std::string_view bytes) {
    if (end >= bytes.size() && goes_on_with(text, end - bytes.size(), bytes)) {
      end -= bytes.size();
      return true;
    }
    return false;
  };
  const bool tied = step_back(" / ") || step_back("/") || step_back(" and ") || step_back(" & ") ||
                    step_back("&") || step_back(" + ") || step_back(" und ") || step_back(" et ") ||
                    step_back(" y ") || step_back(" e ") || step_back("|") || step_back(":");
  if (!tied) return false;
  size_t word = end;
  while (word > 0 && end - word < kMaxPart && is_name_byte(text, word - 1)) --word;
  if (word == end) return false;
  const Parts parts = parts_of(text, {word, end});
  return parts.count != 0 && names_user(LowerPart(text, parts.spans[parts.count - 1]).view());
}

bool is_foreign_key(std::string_view part) { return part == "chave" || part.starts_with("cl"); }

}  // namespace

std::optional<Name> name_at(std::string_view text, Span hit) {
  const auto run = run_around(text, hit);
  if (!run) return std::nullopt;
  Parts parts = parts_of(text, *run);
  // "PassWord", "pass_phrase" are one word.
  for (size_t i = 0; i + 1 < parts.count; ++i) {
    if (LowerPart(text, parts.spans[i]).view() != "pass") continue;
    const LowerPart next(text, parts.spans[i + 1]);
    const std::string_view word = next.view();
    if (word != "word" && word != "wd" && word != "phrase" && word != "code") continue;
    parts.spans[i].end = parts.spans[i + 1].end;
    for (size_t k = i + 1; k + 1 < parts.count; ++k) parts.spans[k] = parts.spans[k + 1];
    --parts.count;
  }
  if (parts.count == 0) return std::nullopt;
  size_t head = parts.count;
  std::optional<Noun> noun;
  while (head > 0 && !noun) {
    --head;
    const LowerPart part(text, parts.spans[head]);
    noun = part.view() == "passe" ? std::optional(Noun::kPassword)
           : part.view().starts_with("pass") && part.view().find('_') != std::string_view::npos
               ? std::optional(Noun::kPassword)
               : noun_of(part.view());
  }
  if (!noun) return std::nullopt;
  bool tail = false;
  for (size_t i = head + 1; i < parts.count; ++i) {
    if (describes(LowerPart(text, parts.spans[i]).view())) return std::nullopt;
    tail = tail || !is_digit(text[parts.spans[i].begin]);
  }
  // "Authorization" is a header; with more words it is a setting or a state.
  if (*noun == Noun::kCredential &&
      (tail || (head > 1 && LowerPart(text, parts.spans[head]).view() == "authorization"))) {
    return std::nullopt;
  }
  if (head > 0 && asks(LowerPart(text, parts.spans[0]).view())) return std::nullopt;

  Name name{.key = *run, .keyword = parts.spans[head], .noun = *noun};
  name.plain = parts.count == 1;
  name.tail = tail;
  const LowerPart word(text, parts.spans[head]);
  if (word.view() == "passe") {
    const bool joined = head > 0 && parts.count > 1;
    if (!joined) {
      const auto begin = begin_of_passe(text, run->begin);
      if (!begin) return std::nullopt;
      name.key.begin = *begin;
    }
    name.keyword.begin = name.key.begin;
  }
  const bool spaced = head == 0;
  const Span before = spaced ? word_before(text, run->begin) : parts.spans[head - 1];
  const LowerPart owner(text, before);
  if (*noun == Noun::kKey) {
    const std::string_view w = word.view();
    const bool whole = w == "key" || w == "keys" || w.ends_with("ssel") || is_foreign_key(w);
    if (whole) {
      if (disqualifies(owner.view())) return std::nullopt;
      const size_t end = spaced ? end_of_owner(text, run->end) : run->end;
      const bool owned = qualifies_key(owner.view()) || end != run->end;
      // Settings of programs: LEASEWEB_KEY. A name in another form needs a word that we know.
      const bool environment =
          !spaced && is_upper(text[name.keyword.begin]) && is_upper(text[name.keyword.end - 1]);
      if (!owned && !environment) return std::nullopt;
      if (spaced && qualifies_key(owner.view())) name.key.begin = before.begin;
      name.key.end = end;
    }
  } else if (*noun == Noun::kSecret && word.view() == "nonce" &&
             (owner.view() == "oauth" || owner.view() == "csp")) {
    return std::nullopt;
  } else if (*noun == Noun::kToken && disqualifies(owner.view())) {
    return std::nullopt;
  } else if (*noun == Noun::kPassword && word.view() == "clave") {
    name.key.end = end_of_owner(text, run->end);
  }
  name.pair = has_user_before(text, name.key.begin);
  return name;
}

}  // namespace spillguard::detect::generic
