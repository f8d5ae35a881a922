// Text as people leave it in tickets and wikis: sentences, stack traces, log lines, code, tables.
// All of it comes from the given Random, so it is the same for the same seed.
#pragma once

#include <string>
#include <vector>

#include "sim/random.h"

namespace spillguard::sim {

// One piece of a document before it gets a markup.
struct Block {
  enum class Kind { kParagraph, kHeading, kCode, kLog, kBullets, kTable, kQuote, kLink };
  Kind kind = Kind::kParagraph;
  std::string language;  // of kCode
  std::vector<std::string>
      lines;  // kTable: cells cut by tabs, first line is the head; kLink: text, URL
};

std::string make_sentence(Random& random);
std::string make_title(Random& random);  // a summary or page title, no full stop
std::string make_name(Random& random);   // "billing-gateway-7"
std::vector<Block> make_document(Random& random, size_t blocks);
Block make_block(Random& random, Block::Kind kind);

// Jira's wiki markup and Confluence's storage format of the same blocks.
std::string to_wiki(const std::vector<Block>& blocks);
std::string to_storage(const Block& block);

// & < > and the double quote as entities; for text and attribute values alike.
std::string escape_xml(std::string_view text);
// Text for a CDATA section: "]]>" is split over two sections, as the product stores it.
std::string cdata(std::string_view text);

}  // namespace spillguard::sim
