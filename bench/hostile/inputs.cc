#include "bench/hostile/inputs.h"

#include <fmt/format.h>

#include <random>
#include <utility>

#include "base/encoding.h"
#include "detect/templates.h"

namespace spillguard::bench {
namespace {

constexpr uint64_t kSeed = 20'240'501;

HostileInput flooded(std::string name, std::string piece) {
  return {.name = std::move(name),
          .make = [piece = std::move(piece)](size_t size) { return flood(piece, size); }};
}

std::string cut(std::string text, size_t size) {
  text.resize(size, ' ');
  return text;
}

// Characters of a set, at random.
HostileInput noise(std::string name, std::string characters, size_t line = 0) {
  return {.name = std::move(name), .make = [characters, line](size_t size) {
            std::mt19937_64 random(kSeed);
            std::string out;
            out.reserve(size);
            while (out.size() < size) {
              const bool end = line != 0 && out.size() % (line + 1) == line;
              out += end ? '\n' : characters[random() % characters.size()];
            }
            return out;
          }};
}

constexpr const char* kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr const char* kHex = "0123456789abcdef";

using Escape = std::string (*)(unsigned);

std::string escaped(std::string_view text, Escape escape) {
  std::string out;
  for (const char c : text) out += escape(static_cast<unsigned char>(c));
  return out;
}
std::string percent(unsigned byte) { return fmt::format("%{:02X}", byte); }
std::string backslash_u(unsigned byte) { return fmt::format("\\u{:04x}", byte); }
std::string reference(unsigned byte) { return fmt::format("&#{};", byte); }

// A text in its encoding, that in its encoding, and so on; small inside, as each layer grows it.
HostileInput nested(std::string name, int depth,
                    std::function<std::string(std::string_view)> encode) {
  return {.name = std::move(name), .make = [depth, encode = std::move(encode)](size_t size) {
            std::string inner = "password = \"Tr0ub4dor&3x\" and more of it ";
            for (int i = 0; i < depth; ++i) inner = encode(inner);
            return flood(inner + " ", size);
          }};
}

}  // namespace

std::string flood(std::string_view piece, size_t size) {
  std::string out;
  out.reserve(size + piece.size());
  while (out.size() < size) out += piece;
  out.resize(size);
  return out;
}

std::vector<HostileInput> structure_inputs() {
  std::vector<HostileInput> out;
  out.push_back(flooded("one line of words", "the quick brown fox jumps over a lazy dog "));
  out.push_back(flooded("one word", "a"));
  out.push_back(flooded("line ends", "\n"));
  out.push_back(flooded("short lines", "ab\r\n"));
  out.push_back(flooded("zeros", std::string(64, '\0')));
  out.push_back(noise("any bytes", [] {
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    return all;
  }()));
  out.push_back(flooded("continuation bytes", "\x80\xBF"));
  out.push_back(flooded("digits, one run", "4539578763621486"));
  out.push_back(noise("digits at random", "0123456789"));
  out.push_back(noise("digits and blanks", "0123456789 -"));
  out.push_back(noise("digits, 16 a line", "0123456789", 16));
  out.push_back(noise("base64, one run", kBase64));
  out.push_back(noise("base64, 76 a line", kBase64, 76));
  out.push_back(noise("base64url, one run",
                      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"));
  out.push_back(noise("base64 words", std::string(kBase64) + "= "));
  out.push_back(noise("base32, one run", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"));
  out.push_back(
      noise("base58, one run", "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"));
  out.push_back(noise("hex, one run", kHex));
  out.push_back(noise("hex, 40 a line", kHex, 40));
  out.push_back(flooded("percent signs", "%"));
  out.push_back(flooded("percent of percent", "%25"));
  out.push_back(flooded("unicode escapes", "\\u0070\\u0077\\u003d"));
  out.push_back(flooded("backslashes", "\\"));
  out.push_back(flooded("character references", "&#x70;&#119;&amp;"));
  out.push_back(flooded("ampersands", "&"));
  out.push_back(nested("base64, 3 deep", 3, [](auto text) { return base64_encode(text); }));
  out.push_back(nested("base64, 8 deep", 8, [](auto text) { return base64_encode(text); }));
  out.push_back(nested("hex, 5 deep", 5, [](auto text) { return hex_encode(text); }));
  out.push_back(nested("percent, 4 deep", 4, [](auto text) { return escaped(text, percent); }));
  out.push_back(nested("\\u, 3 deep", 3, [](auto text) { return escaped(text, backslash_u); }));
  out.push_back(nested("&#;, 3 deep", 3, [](auto text) { return escaped(text, reference); }));
  out.push_back(nested("base64 of percent, 4 deep", 4,
                       [](auto text) { return base64_encode(escaped(text, percent)); }));
  out.push_back({.name = "base64, one blob of base64", .make = [](size_t size) {
                   std::string inner = flood("token: abcdefgh12345678 ", size * 9 / 32);
                   return cut(base64_encode(base64_encode(inner)), size);
                 }});
  out.push_back(flooded("PEM begins", "-----BEGIN "));
  out.push_back(flooded("PEM heads", "-----BEGIN RSA PRIVATE KEY-----\n"));
  out.push_back(flooded("PEM heads, one line", "-----BEGIN PRIVATE KEY-----"));
  out.push_back({.name = "PEM that never ends", .make = [](size_t size) {
                   return cut(
                       "-----BEGIN PRIVATE KEY-----\n" + flood("MIIEvQIBADANBgkqhkiG9w0B\n", size),
                       size);
                 }});
  out.push_back(flooded("dashes", "-"));
  out.push_back(flooded("password=", "password="));
  out.push_back(flooded("password: ", "password: "));
  out.push_back(flooded("password lines", "password:\n"));
  out.push_back(flooded("password = value", "password = Xk29vLq81Zt\n"));
  out.push_back(
      flooded("passwords in prose", "the password is not the password of the password, "));
  out.push_back(flooded("password in four languages",
                        "Passwort lautet mot de passe est contrase\xC3\xB1"
                        "a es senha \xC3\xA9 "));
  out.push_back(flooded("-p ", "-p "));
  out.push_back(flooded("--password ", "mysql --password -u root "));
  out.push_back(flooded("equal signs", "="));
  out.push_back(flooded("colons", ":"));
  out.push_back(flooded("quotes", "\""));
  out.push_back(flooded("open brackets", "{[("));
  out.push_back(flooded("nested JSON", "{\"password\":"));
  out.push_back(flooded("JSON pairs", R"({"name":"password","value":"x"},)"));
  out.push_back(flooded("XML opens", "<password>"));
  out.push_back(flooded("XML attributes", "<a password=\"x\" "));
  out.push_back(flooded("bars", "|"));
  out.push_back(flooded("table heads", "||User||Password||\n"));
  out.push_back(flooded("table heads, one line", "||Password"));
  out.push_back({.name = "one head, many rows", .make = [](size_t size) {
                   return cut("||User||Password||\n" + flood("|joe|x|\n", size), size);
                 }});
  out.push_back({.name = "many heads, many rows", .make = [](size_t size) {
                   return cut(flood("||Password", size / 2) + "\n" + flood("|x", size / 2), size);
                 }});
  out.push_back(flooded("tabs", "user\tpassword\t"));
  out.push_back(flooded("user / value lists", "credentials: admin / admin / "));
  out.push_back(flooded("lists of accounts", "credentials:\nbob / x9!y\nada / x9!y\n"));
  out.push_back(flooded("exports, all headers", "user,password,token\n"));
  out.push_back(flooded("exports, one line", "password,token,"));
  out.push_back(flooded("exports of names", "APP_TOKEN,x9!yy8ab,true\n"));
  out.push_back(flooded("SQL, columns", "INSERT INTO t (password,"));
  out.push_back(flooded("SQL, one list", "password, token, "));
  out.push_back({.name = "SQL, columns and rows", .make = [](size_t size) {
                   return cut("INSERT INTO t (" + flood("password, ", 780) + "token) VALUES " +
                                  flood("('x9!yy8ab', f((1), 'a''b')), ", size),
                              size);
                 }});
  out.push_back(flooded("HTML cells", "<tr><th>Password</th><td>x</td>"));
  out.push_back(flooded("questions", "what is the password?\n"));
  out.push_back(flooded("talk", "[10:41] bob: password?\n[10:42] ada: it is x\n"));
  out.push_back(flooded("talk without answers", "10:41 bob: the token, where is it?\n"));
  out.push_back(flooded("labels", "Password ....  "));
  out.push_back(flooded("labels, lines", "Password .............\n"));
  out.push_back(flooded("login calls", "getConnection(\"a\", (\"b\", "));
  out.push_back(flooded("nested calls", "jwt.sign("));
  out.push_back(flooded("objects of keys", "{\"crypt\": {\"key\": "));
  out.push_back(flooded("keys of networks", "SSID: a\nKey: b\n"));
  out.push_back(flooded("answers", "password expires. The new one (since May) "));
  out.push_back(flooded("brackets in clauses", "password of it (a (b (c (d "));
  out.push_back(flooded("clauses", "the password of the one for that of it, "));
  out.push_back(flooded("accounts between marks", "`bob` / `x9!yy8ab` "));
  out.push_back(flooded("programs", "echo x | sudo -S mysql -p chpasswd send \""));
  out.push_back(flooded("URLs begin", "http://"));
  out.push_back(flooded("URLs with users", "http://a:b@"));
  out.push_back(flooded("at signs", "a:b@"));
  out.push_back(flooded("JWT begins", "eyJ"));
  out.push_back(flooded("JWT parts", "eyJhbGciOiJIUzI1NiJ9."));
  out.push_back(flooded("e-mail parts", "a.b-c@d."));
  out.push_back(flooded("IBAN begins", "DE89 3704 0044 0532 0130 01 "));
  out.push_back(flooded("phone numbers", "+49 30 1234 "));
  return out;
}

std::vector<HostileInput> rule_inputs(const detect::RuleSet& rules) {
  std::string packed;
  std::string spaced;
  std::string lines;
  std::string shortened;
  std::string changed;
  std::string run_together;
  for (const detect::Rule& rule : rules.rules()) {
    if (!rule.enabled) continue;
    for (const std::string& anchor : rule.anchors) {
      packed += anchor;
      spaced += anchor + " ";
      lines += anchor + "=\n";
    }
    const std::vector<std::string> near = near_matches(rule);
    shortened += near.front() + "\n";
    changed += near.back() + "\n";
    const auto examples = detect::expand_examples(rule);
    if (examples && !examples->empty()) run_together += examples->front();
  }
  std::vector<HostileInput> out;
  out.push_back(flooded("all anchors, no gap", packed));
  out.push_back(flooded("all anchors, blanks", spaced));
  out.push_back(flooded("all anchors, lines", lines));
  out.push_back(flooded("all examples, shortened", shortened));
  out.push_back(flooded("all examples, changed", changed));
  out.push_back(flooded("all examples, no gap", run_together));
  return out;
}

std::vector<std::string> near_matches(const detect::Rule& rule) {
  const auto examples = detect::expand_examples(rule);
  if (!examples || examples->empty()) {
    return {rule.anchors.empty() ? rule.name : rule.anchors.front()};
  }
  const std::string& example = examples->front();
  // Another digit or letter in the middle of what comes last: a check sum fails.
  std::string changed = example;
  for (size_t i = changed.size() * 3 / 4; i < changed.size(); ++i) {
    const char c = changed[i];
    if ((c >= '0' && c < '9') || (c >= 'a' && c < 'z')) {
      changed[i] = static_cast<char>(c + 1);
      break;
    }
  }
  return {example.substr(0, example.size() - 1), changed};
}

HostileInput near_match_flood(const detect::Rule& rule) {
  std::string piece;
  for (const std::string& near : near_matches(rule)) piece += near + " ";
  return flooded(rule.name, piece);
}

std::vector<HostileInput> markup_inputs() {
  std::vector<HostileInput> out;
  for (const char* piece : {"{",
                            "{code",
                            "{code}",
                            "[",
                            "[a|",
                            "||",
                            "|a",
                            "h1. ",
                            "* ",
                            "<",
                            "<a ",
                            "<a b=\"",
                            "<p>",
                            "</p>",
                            "<!--",
                            "<![CDATA[",
                            "&",
                            "&amp;",
                            "&#",
                            "<ac:structured-macro>",
                            "<table><tr><td>",
                            "{\"type\":",
                            "{\"type\":\"doc\",\"content\":[",
                            "[[",
                            "\\",
                            "\"",
                            "<script>",
                            "{noformat}a",
                            "!a",
                            "^"}) {
    out.push_back(flooded(fmt::format("{} flood", piece), piece));
  }
  return out;
}

std::string dense_text(size_t count, size_t size) {
  std::mt19937_64 random(kSeed);
  const auto characters = [&](std::string_view from, size_t length) {
    std::string out;
    while (out.size() < length) out += from[random() % from.size()];
    return out;
  };
  std::string out;
  for (size_t i = 0; i < count; ++i) {
    // The prefix is put together here, so that no file holds what looks like a key.
    out += fmt::format("id {} {}{}", i,
                       "AK"
                       "IA",
                       characters("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16));
    const size_t end = (i + 1) * size / count;
    out.resize(end - 1, ' ');
    out += '\n';
  }
  return out;
}

}  // namespace spillguard::bench
