// What the readers of Office's and OpenDocument's XML share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "extract_helper/formats.h"
#include "extract_helper/marked_text.h"
#include "extract_helper/xml_events.h"

namespace spillguard::extract {

// The words of any XML of a document: runs of a paragraph are joined, paragraphs are lines, cells
// are parted by tabs; attributes that carry words (descriptions, link targets, connections) and
// comments stand on lines of their own. Gives what read_xml() gives.
std::string put_xml_words(std::string_view source, MarkedText& out);

// The same as a text of the file; what is no XML is given as it stands and makes the verdict
// kBroken.
void give_xml(Reading& reading, File& file, std::string_view inner, std::string_view source,
              Verdict& verdict);

// Whether an attribute's value may be words that somebody wrote.
bool carries_words(std::string_view name, std::string_view value);

// The address of a cell from numbers that begin at 0: "C14".
std::string cell_address(uint64_t row, uint64_t column);

// Where a relationship file says that ids lead: pairs of id and target ("../comments1.xml").
struct Relation {
  std::string id;
  std::string type;
  std::string target;
};
std::vector<Relation> read_relations(const Package& package, std::string_view part);
// A target relative to the part that names it: "xl/worksheets/sheet1.xml" and "../comments1.xml"
// give "xl/comments1.xml".
std::string resolve_target(std::string_view part, std::string_view target);

}  // namespace spillguard::extract
