#include "extract_helper/xml_events.h"

#include <expat.h>

#include <algorithm>
#include <memory>

namespace spillguard::extract {
namespace xml_events {
namespace {

struct FreeParser {
  void operator()(XML_ParserStruct* parser) const { XML_ParserFree(parser); }
};

struct State {
  XML_Parser parser = nullptr;
  const XmlEvents* events = nullptr;
  std::vector<XmlAttribute> attributes;
  bool entities = false;
};

std::string_view local(std::string_view name) {
  const size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

State& state_of(void* data) { return *static_cast<State*>(data); }

void on_start(void* data, const XML_Char* name, const XML_Char** attributes) {
  State& state = state_of(data);
  state.attributes.clear();
  for (const XML_Char** at = attributes; *at != nullptr; std::advance(at, 2)) {
    state.attributes.push_back({.name = local(*at), .value = *std::next(at)});
  }
  if (state.events->start) {
    state.events->start(local(name), state.attributes);
  }
}

void on_end(void* data, const XML_Char* name) {
  if (const State& state = state_of(data); state.events->end) {
    state.events->end(local(name));
  }
}

void on_text(void* data, const XML_Char* text, int size) {
  if (const State& state = state_of(data); state.events->text) {
    state.events->text({text, static_cast<size_t>(size)});
  }
}

void on_comment(void* data, const XML_Char* text) {
  if (const State& state = state_of(data); state.events->comment) {
    state.events->comment(text);
  }
}

void on_entity(void* data, const XML_Char* /*name*/, int /*parameter*/, const XML_Char* /*value*/,
               int /*length*/, const XML_Char* /*base*/, const XML_Char* /*system*/,
               const XML_Char* /*public_id*/, const XML_Char* /*notation*/) {
  State& state = state_of(data);
  state.entities = true;
  XML_StopParser(state.parser, XML_FALSE);
}

}  // namespace
}  // namespace xml_events

std::string_view attribute(const std::vector<XmlAttribute>& attributes, std::string_view name) {
  const auto found = std::find_if(attributes.begin(), attributes.end(),
                                  [&](const XmlAttribute& one) { return one.name == name; });
  return found == attributes.end() ? std::string_view() : found->value;
}

std::string read_xml(std::string_view source, const XmlEvents& events) {
  const std::unique_ptr<XML_ParserStruct, xml_events::FreeParser> parser(XML_ParserCreate(nullptr));
  if (parser == nullptr) {
    return "no memory";
  }
  xml_events::State state{.parser = parser.get(), .events = &events, .attributes = {}};
  XML_SetUserData(parser.get(), &state);
  XML_SetElementHandler(parser.get(), xml_events::on_start, xml_events::on_end);
  XML_SetCharacterDataHandler(parser.get(), xml_events::on_text);
  XML_SetCommentHandler(parser.get(), xml_events::on_comment);
  XML_SetEntityDeclHandler(parser.get(), xml_events::on_entity);
  constexpr size_t kPiece = size_t{1} << 24U;
  do {
    const std::string_view piece = source.substr(0, kPiece);
    source.remove_prefix(piece.size());
    if (XML_Parse(parser.get(), piece.data(), static_cast<int>(piece.size()),
                  source.empty() ? 1 : 0) != XML_STATUS_OK) {
      return state.entities ? "it declares entities"
                            : XML_ErrorString(XML_GetErrorCode(parser.get()));
    }
  } while (!source.empty());
  return {};
}

}  // namespace spillguard::extract
