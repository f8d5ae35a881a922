#include "sim/plant.h"

#include <fmt/format.h>

#include "sim/prose.h"
#include "sim/secrets.h"

namespace spillguard::sim {
namespace {

// The text with a line break before a block of several lines, a blank before a token.
std::string after_word(std::string_view word, const Plant& plant) {
  const bool block = !secret_kind(plant.kind).single_line;
  return fmt::format("{}{}{}", word, block ? "\n" : " ", plant.secret);
}

std::string xml(std::string_view text) { return escape_xml(text); }

std::string code_macro_with(std::string_view name, std::string_view text) {
  return fmt::format(
      "<ac:structured-macro ac:name=\"{}\" ac:schema-version=\"1\" "
      "ac:macro-id=\"7d2e1c64-90a1-4b6e-a8cf-3f6f0d5a1b11\"><ac:plain-text-body>{}"
      "</ac:plain-text-body></ac:structured-macro>",
      name, cdata(text));
}

// A token in halves, the second one bold: what an editor leaves behind.
std::string split_by_strong(const Plant& plant) {
  const auto text = labelled(plant);
  const auto cut = text.size() - plant.secret.size() / 2;
  return fmt::format("<p>Remember {}<strong>{}</strong> for the next release.</p>",
                     xml(text.substr(0, cut)), xml(text.substr(cut)));
}

std::string storage_inline(const Plant& plant) {
  const auto text = labelled(plant);
  const bool url_safe = secret_kind(plant.kind).url_safe && !secret_kind(plant.kind).needs_label;
  switch (plant.style % 10) {
    case 0:
      return fmt::format("<p>The job uses {} since last week.</p>", xml(text));
    case 1:
      return code_macro_with(
          "code",
          fmt::format("export STAGE=prod\nexport {}\n./deploy.sh && echo \"<done>\"", text));
    case 2:
      return fmt::format(
          "<table><tbody><tr><th>Name</th><th>Value</th></tr><tr><td>production</td><td>{}</td></"
          "tr>"
          "</tbody></table>",
          xml(text));
    case 3:
      return split_by_strong(plant);
    case 4:
      if (url_safe) {
        return fmt::format(
            "<p><a href=\"https://hooks.example.com/run?job=7&amp;token={}\">run it</a></p>",
            xml(plant.secret));
      }
      return fmt::format("<p>&ldquo;{}&rdquo; is all it needs.</p>", xml(" " + text + " "));
    case 5:
      return fmt::format(
          "<ac:structured-macro ac:name=\"panel\" ac:schema-version=\"1\"><ac:parameter "
          "ac:name=\"title\">{}"
          "</ac:parameter><ac:rich-text-body><p>Keep this up to date.</p></ac:rich-text-body>"
          "</ac:structured-macro>",
          xml(text));
    case 6:
      return fmt::format(
          "<ac:image ac:alt=\"Login with {} here\"><ri:attachment ri:filename=\"login.png\" "
          "/></ac:image>",
          xml(text));
    case 7:
      return fmt::format(
          "<pre>{{&quot;stage&quot;: &quot;prod&quot;, &quot;value&quot;: &quot;{}&quot;}}</pre>",
          xml(text));
    case 8:
      return fmt::format(
          "<p><ac:link><ri:page ri:content-title=\"Runbook\" /><ac:plain-text-link-body>{}"
          "</ac:plain-text-link-body></ac:link></p>",
          cdata(text));
    default:
      return fmt::format(
          "<ac:structured-macro ac:name=\"expand\" "
          "ac:schema-version=\"1\"><ac:rich-text-body><ul><li>{}</li>"
          "<li>nothing&nbsp;else</li></ul></ac:rich-text-body></ac:structured-macro>",
          xml(text));
  }
}

}  // namespace

Plant make_plant(uint64_t seed, std::string_view product, uint64_t number, bool for_title) {
  Random random(seed, std::string("plant ") + std::string(product), number);
  Plant plant{.kind = number % secret_kind_count(),
              .secret = {},
              .number = number,
              .style = random.below(1000)};
  // Every kind gets its turn; what does not fit into a title gives way to the next that does.
  while (for_title && !secret_kind(plant.kind).short_enough)
    plant.kind = (plant.kind + 1) % secret_kind_count();
  plant.secret = make_secret(plant.kind, random);
  return plant;
}

std::string labelled(const Plant& plant) {
  const auto& kind = secret_kind(plant.kind);
  if (!kind.single_line) return plant.secret;
  return fmt::format("{}{}{}", kind.label, kind.name == "PAYMENT_CARD" ? ": " : " = ",
                     plant.secret);
}

std::string wiki_fragment(const Plant& plant) {
  const auto text = labelled(plant);
  const auto& kind = secret_kind(plant.kind);
  if (!kind.single_line) {
    switch (plant.style % 3) {
      case 0:
        return fmt::format("{{noformat}}\n{}\n{{noformat}}", text);
      case 1:
        return fmt::format("{{code:title=id_rsa}}\n{}\n{{code}}", text);
      default:
        return after_word("This is the key of the old host:", plant) + "\n\nPlease delete it.";
    }
  }
  switch (plant.style % 8) {
    case 0:
      return fmt::format("For the test I used {} and it worked.", text);
    case 1:
      return fmt::format("{{code:bash}}\nexport STAGE=prod\nexport {}\n./deploy.sh\n{{code}}",
                         text);
    case 2:
      return fmt::format("{{noformat}}\n2023-04-01 10:00:01 INFO config loaded: {} \n{{noformat}}",
                         text);
    case 3:
      return fmt::format("||Name||Value||\n|production| {} |\n|staging| none |", text);
    case 4:
      return fmt::format("bq. {} ", text);
    case 5:
      return fmt::format("* first stop the job\n* then set {} \n* and start it again", text);
    case 6:
      if (kind.url_safe && !kind.needs_label) {
        return fmt::format("[start the job|https://hooks.example.com/run?job=7&token={}]",
                           plant.secret);
      }
      return fmt::format("{{quote}}\n{}\n{{quote}}", text);
    default:
      return fmt::format("{{code:json}}\n{{\"stage\": \"prod\", \"{}\": \"{}\"}}\n{{code}}",
                         kind.label, plant.secret);
  }
}

std::string storage_fragment(const Plant& plant) {
  if (secret_kind(plant.kind).single_line) return storage_inline(plant);
  return plant.style % 3 == 0
             ? "<pre>" + xml(plant.secret) + "</pre>"
             : code_macro_with(plant.style % 3 == 1 ? "code" : "noformat", plant.secret);
}

std::string title_fragment(const Plant& plant) { return "Rotate " + labelled(plant); }

}  // namespace spillguard::sim
