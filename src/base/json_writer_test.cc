#include "base/json_writer.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace spillguard {
namespace {

TEST(JsonWriter, WritesEveryKindOfValue) {
  std::string out = "x";
  JsonWriter json(out);
  json.begin_object();
  json.field("text", "a");
  json.field("view", std::string_view("b"));
  json.field("string", std::string("c"));
  json.field("yes", true);
  json.field("int", -1);
  json.field("unsigned", 4294967295U);
  json.field("min", std::numeric_limits<int64_t>::min());
  json.field("max", std::numeric_limits<uint64_t>::max());
  json.field("half", 0.5);
  json.field("nan", std::nan(""));
  json.field("inf", -INFINITY);
  json.null_field("none");
  json.key("array");
  json.begin_array();
  json.begin_array();
  json.end_array();
  json.begin_object();
  json.end_object();
  json.value(1);
  json.raw("{\"r\":2}");
  json.end_array();
  json.field("last", 3);
  json.end_object();
  EXPECT_EQ(out,
            "x{\"text\":\"a\",\"view\":\"b\",\"string\":\"c\",\"yes\":true,\"int\":-1,\"unsigned\":"
            "4294967295,"
            "\"min\":-9223372036854775808,\"max\":18446744073709551615,\"half\":0.5,\"nan\":null,"
            "\"inf\":null,"
            "\"none\":null,\"array\":[[],{},1,{\"r\":2}],\"last\":3}");
}

TEST(JsonWriter, NamesWordsAndTimes) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.word_field("word", "a1_b.c");
  json.key("when");
  json.time(1'714'566'896'007);
  // Names of any length, and such as need escaping.
  for (const size_t size : {0U, 1U, 59U, 60U, 61U, 64U, 200U}) {
    json.field(std::string(size, 'n'), 1);
    json.field(std::string(size, 'n') + "\"\n\xC3\xA9", 2);
  }
  json.end_object();
  const auto read = boost::json::parse(out).as_object();
  EXPECT_EQ(read.at("word").as_string(), "a1_b.c");
  EXPECT_EQ(read.at("when").as_string(), "2024-05-01T12:34:56.007Z");
  for (const size_t size : {0U, 1U, 59U, 60U, 61U, 64U, 200U}) {
    EXPECT_EQ(read.at(std::string(size, 'n')).as_int64(), 1) << size;
    EXPECT_EQ(read.at(std::string(size, 'n') + "\"\n\xC3\xA9").as_int64(), 2) << size;
  }
}

TEST(JsonWriter, AnyTextIsReadBackAsItWas) {
  std::string all;
  for (int c = 0; c < 128; ++c) all += static_cast<char>(c);
  all += "\xC3\xA9\xE2\x80\xA8\xF0\x9F\x94\x91";
  for (const auto& text : {std::string(), std::string("\"\\/\b\f\n\r\t"), all}) {
    std::string out;
    append_json_string(out, text);
    EXPECT_EQ(boost::json::parse(out).as_string(), text);
  }
  std::string out;
  append_json_string(out, "a\xFF\"\xC3");
  EXPECT_EQ(out, "\"a\xEF\xBF\xBD\\\"\xEF\xBF\xBD\"") << "broken bytes stay inside the string";
}

TEST(JsonWriter, DoublesAreReadBackAsTheyWere) {
  for (const double number : {0.0, -0.0, 1.0, 0.1, 1e21, -1e-7, 1e308, 5e-324, 123456789.123}) {
    std::string out;
    JsonWriter(out).value(number);
    EXPECT_EQ(boost::json::parse(out).to_number<double>(), number) << out;
  }
}

TEST(JsonWriter, WhateverStandsWhereItIsReadBack) {
  const std::vector<std::string> pieces = {"\"", "\\",   "\x01",     "\x1F", " ",
                                           "~",  "\x7F", "\xC3\xA9", "!",    "#"};
  for (size_t length = 0; length < 20; ++length) {
    for (const std::string& piece : pieces) {
      for (size_t at = 0; at <= length; ++at) {
        std::string text(length, 'a');
        text.insert(at, piece);
        std::string out;
        append_json_string(out, text);
        EXPECT_EQ(boost::json::parse(out).as_string(), text) << out;
        text.insert(at, "\xFF");
        out.clear();
        append_json_string(out, text);
        EXPECT_NE(std::string(boost::json::parse(out).as_string()).find("\xEF\xBF\xBD"),
                  std::string::npos);
      }
    }
  }
}

}  // namespace
}  // namespace spillguard
