// What must hold for every input: nothing crashes, the map stays inside the source, and a token of
// any characters comes out whole of every place in which it may stand.
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.h"
#include "text/text.h"

namespace spillguard::text {
namespace {

constexpr std::array<Markup, 5> kAll = {Markup::kPlain, Markup::kWiki, Markup::kStorage,
                                        Markup::kAdf, Markup::kHtml};

void check_invariants(Markup markup, std::string_view source) {
  const Extracted extracted = extract(markup, source);
  const std::string_view text = extracted.text.text();
  ASSERT_EQ(source.empty(), text.empty());
  for (size_t i = 0; i < text.size(); ++i) {
    const Span span = extracted.map.to_source(Span{i, i + 1});
    ASSERT_LT(span.begin, span.end);
    ASSERT_LE(span.end, source.size());
    ASSERT_EQ(span.begin, extracted.map.to_source(i));
    // One byte stands for itself, a blank for white space, a tab or line break for the byte before.
    if (span.size() == 1 && text[i] != source[span.begin]) {
      ASSERT_NE(std::string_view(" \n\t:").find(text[i]), std::string_view::npos) << i;
    }
  }
}

std::string garbage(std::mt19937& random) {
  static const std::vector<std::string> kPieces = {"<",
                                                   ">",
                                                   "</",
                                                   "/>",
                                                   "\"",
                                                   "'",
                                                   "=",
                                                   "<p>",
                                                   "</p>",
                                                   "<td>",
                                                   "<tr>",
                                                   "<b>",
                                                   "<!--",
                                                   "-->",
                                                   "<![CDATA[",
                                                   "]]>",
                                                   "&amp;",
                                                   "&#",
                                                   "&#65;",
                                                   ";",
                                                   "<a href=\"",
                                                   "<script>",
                                                   "</script>",
                                                   "{code}",
                                                   "{code:",
                                                   "{noformat}",
                                                   "{",
                                                   "}",
                                                   "{{",
                                                   "}}",
                                                   "[",
                                                   "]",
                                                   "|",
                                                   "||",
                                                   "*",
                                                   "_",
                                                   "-",
                                                   "+",
                                                   "^",
                                                   "~",
                                                   "??",
                                                   "!",
                                                   "\\",
                                                   "\\\\",
                                                   "\n",
                                                   "\r\n",
                                                   "\r",
                                                   " ",
                                                   "\t",
                                                   "h1. ",
                                                   "{panel:a=b|c}",
                                                   "http://x",
                                                   ".png",
                                                   "{\"type\":\"doc\",\"content\":[",
                                                   "{\"type\":\"text\",\"text\":\"",
                                                   "\\u00",
                                                   "\\ud83d",
                                                   "]}",
                                                   ",",
                                                   ":",
                                                   "\xC2\xA0",
                                                   "\xC2\xAD",
                                                   "\xE2\x80\x8B",
                                                   "\xEF\xBB\xBF",
                                                   "\xC2",
                                                   "\xE2\x80",
                                                   "\xFF",
                                                   "x",
                                                   "Token1",
                                                   "<ac:parameter ac:name=\"a\">",
                                                   "</ac:parameter>",
                                                   "<pre>",
                                                   "<br/>",
                                                   "<unknown>"};
  std::string out;
  const size_t count = random() % 60;
  for (size_t i = 0; i < count; ++i) {
    out += kPieces[random() % kPieces.size()];
  }
  return out;
}

TEST(Survival, AnyInputGivesTextAndAMapInsideTheSource) {
  std::mt19937 random(20240501);
  for (int i = 0; i < 4000; ++i) {
    const std::string source = garbage(random);
    for (const Markup markup : kAll) {
      SCOPED_TRACE(std::string(markup_name(markup)) + ": " + source);
      ASSERT_NO_FATAL_FAILURE(check_invariants(markup, source));
    }
  }
}

TEST(Survival, CutAnywhere) {
  const std::string source =
      "<p>a<b>b</b>&amp;<a href='x'>c</a><![CDATA[d]]><!-- e "
      "--></p>{code:title=f|g}h{code}[i|http://j] *k* "
      R"({"type":"doc","content":[{"type":"text","text":"\u0041"}]})";
  for (size_t length = 0; length <= source.size(); ++length) {
    for (const Markup markup : kAll) {
      ASSERT_NO_FATAL_FAILURE(check_invariants(markup, source.substr(0, length)));
      ASSERT_NO_FATAL_FAILURE(check_invariants(markup, source.substr(length)));
    }
  }
}

std::string token_of(std::mt19937& random, std::string_view alphabet) {
  std::string token = "T";
  for (int i = 0; i < 24; ++i) {
    token += alphabet[random() % alphabet.size()];
  }
  return token + "9";
}

std::string printable() {
  std::string all;
  for (char c = '!'; c <= '~'; ++c) {
    all += c;
  }
  return all;
}

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string escape_wiki(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("{}[]!*_-+^~|?#").find(c) != std::string_view::npos) {
      out += '\\';
    }
    out += c;
  }
  return out;
}

std::string json(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

struct Place {
  const char* name;
  Markup markup;
  std::function<std::string(const std::string&)> put;
};

TEST(Survival, TokenOfAnyCharactersComesOutWhole) {
  const std::vector<Place> places = {
      {"plain", Markup::kPlain, [](const std::string& t) { return "x " + t + " y"; }},
      {"code", Markup::kWiki,
       [](const std::string& t) { return "x\n{code:java}\n" + t + "\n{code}"; }},
      {"noformat", Markup::kWiki,
       [](const std::string& t) { return "{noformat}" + t + "{noformat} y"; }},
      {"paragraph", Markup::kStorage,
       [](const std::string& t) { return "<p>x " + escape_html(t) + " y</p>"; }},
      {"split", Markup::kStorage,
       [](const std::string& t) {
         return "<p>" + escape_html(t.substr(0, 9)) + "<strong>" + escape_html(t.substr(9, 5)) +
                "</strong><a href=\"u\">" + escape_html(t.substr(14)) + "</a></p>";
       }},
      {"cdata", Markup::kStorage,
       [](const std::string& t) {
         std::string body = t;
         for (size_t i = 0; (i = body.find("]]>", i)) != std::string::npos; i += 15) {
           body.replace(i, 3, "]]]]><![CDATA[>");
         }
         return "<ac:plain-text-body><![CDATA[" + body + "]]></ac:plain-text-body>";
       }},
      {"parameter", Markup::kStorage,
       [](const std::string& t) {
         return "<ac:parameter ac:name=\"p\">" + escape_html(t) + "</ac:parameter>";
       }},
      {"attribute", Markup::kStorage,
       [](const std::string& t) { return "<ri:url ri:value=\"" + escape_html(t) + "\"/>"; }},
      {"comment", Markup::kHtml, [](const std::string& t) { return "<p>a<!-- " + t + " --></p>"; }},
      {"script", Markup::kHtml, [](const std::string& t) { return "<script>" + t + "</script>"; }},
      {"text node", Markup::kAdf,
       [](const std::string& t) {
         return R"({"type":"doc","content":[{"type":"text","text":)" + json(t) + "}]}";
       }},
      {"link", Markup::kAdf,
       [](const std::string& t) {
         return R"({"type":"doc","content":[{"type":"text","text":"x","marks":[{"attrs":{"href":)" +
                json(t) + "}}]}]}";
       }},
  };
  std::mt19937 random(7);
  for (int i = 0; i < 500; ++i) {
    const std::string token = token_of(random, printable());
    for (const Place& place : places) {
      const std::string source = place.put(token);
      const Extracted extracted = extract(place.markup, source);
      ASSERT_NE(extracted.text.text().find(token), std::string_view::npos)
          << place.name << ": " << source << "\n-> " << extracted.text.text();
    }
  }
}

TEST(Survival, TokenInWikiProse) {
  std::mt19937 random(11);
  // What base64, URLs, identifiers and passwords are made of; the rest when escaped. No '&', since
  // "&#65;" is an A to Jira.
  const std::string soft = "abcXYZ0123_-+*~^./=:@#$%;,?'()";
  for (int i = 0; i < 3000; ++i) {
    const std::string token = token_of(random, soft);
    for (const std::string& source :
         {"key: " + token, "|a|" + token + "|", "* " + token + " end", "h2. x " + token + ", y",
          "*" + std::string("key:") + "* " + token, "{{" + token + "}}",
          "x {quote}" + token + "{quote}"}) {
      const Extracted extracted = extract(Markup::kWiki, source);
      ASSERT_NE(extracted.text.text().find(token), std::string_view::npos)
          << source << "\n-> " << extracted.text.text();
    }
    std::string hard = token_of(random, printable());
    std::erase(hard, '\\');
    const Extracted extracted = extract(Markup::kWiki, "x " + escape_wiki(hard) + " y");
    ASSERT_NE(extracted.text.text().find(hard), std::string_view::npos)
        << escape_wiki(hard) << "\n-> " << extracted.text.text();
  }
}

// Each would take minutes if any part of the source were searched again for each of its marks.
TEST(Survival, HostileInputsAreReadOnce) {
  const auto repeat = [](std::string_view piece) {
    std::string out;
    while (out.size() < 400'000) {
      out += piece;
    }
    return out;
  };
  for (const std::string_view piece :
       {"<",         "<a ",      "<a b=\"", "<a b='\">", "<!--",   "<![CDATA[", "<?",
        "<!doctype", "<script>", "&",       "&#",        "[",      "[a|",       "{{",
        "{code",     "{code:a}", "*a ",     "_a",        "!a.png", "??a",       "\\",
        "|",         "||",       "{*}",     "[[a]",      "<td>",   "<p><td>",   "<b c=d>"}) {
    for (const Markup markup : kAll) {
      const std::string source = repeat(piece);
      EXPECT_FALSE(extract(markup, source).text.empty());
    }
  }
  const std::string deep = R"({"type":"doc","content":)" + std::string(300'000, '[');
  EXPECT_TRUE(extract(Markup::kAdf, deep).raw);
  std::string closed = R"({"type":"doc","content":)" + std::string(300'000, '[') + "\"word\"" +
                       std::string(300'000, ']') + "}";
  EXPECT_EQ(extract(Markup::kAdf, closed).text.text().substr(0, 4), "word");
}

}  // namespace
}  // namespace spillguard::text
