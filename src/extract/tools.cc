#include "extract/tools.h"

#include <unistd.h>

#include <array>
#include <string>

namespace spillguard::extract {
namespace tools {
namespace {

using Words = std::string_view;

// xls2csv and catppt crash on a standard input that they are not told by a name.
constexpr std::array kPdfText = {Words("-q"),   Words("-enc"), Words("UTF-8"), Words("-eol"),
                                 Words("unix"), Words("-"),    Words("-")};
constexpr std::array kPdfNames = {Words("-list"), Words("-enc"), Words("UTF-8"), Words("fd://0")};
constexpr std::array kPdfFile = {Words("-save"), Words("%"), Words("-o"), Words("/dev/stdout"),
                                 Words("fd://0")};
constexpr std::array kDoc = {Words("-d"), Words("utf-8"), Words("-w"), Words("-x"),
                             Words("/dev/stdin")};
constexpr std::array kXls = {Words("-d"), Words("utf-8"), Words("-b"),
                             Words("\f"), Words("-q"),    Words("3"),
                             Words("-c"), Words(","),     Words("/dev/stdin")};
constexpr std::array kPpt = {Words("-d"), Words("utf-8"), Words("-b"), Words("\f"),
                             Words("/dev/stdin")};
constexpr std::array kImage = {Words("stdin"), Words("stdout"), Words("--psm"), Words("11")};
constexpr std::array kPdfFolders = {Words("/usr/share/poppler"), Words("/usr/share/fonts"),
                                    Words("/etc/fonts")};
constexpr std::array kDocFolders = {Words("/usr/share/catdoc")};
constexpr std::array kOcrFolders = {Words("/usr/share/tesseract-ocr")};

constexpr std::array<ToolProgram, kTools> kPrograms = {{
    {"/usr/bin/pdftotext", kPdfText, kPdfFolders, "poppler-utils"},
    {"/usr/bin/pdfdetach", kPdfNames, kPdfFolders, "poppler-utils"},
    {"/usr/bin/pdfdetach", kPdfFile, kPdfFolders, "poppler-utils"},
    {"/usr/bin/catdoc", kDoc, kDocFolders, "catdoc"},
    {"/usr/bin/xls2csv", kXls, kDocFolders, "catdoc"},
    {"/usr/bin/catppt", kPpt, kDocFolders, "catdoc"},
    {"/usr/bin/tesseract", kImage, kOcrFolders, "tesseract-ocr"},
}};

}  // namespace
}  // namespace tools

const ToolProgram& tool_program(Tool tool) {
  return tools::kPrograms.at(static_cast<size_t>(tool));
}

bool is_installed(Tool tool) {
  return ::access(std::string(tool_program(tool).path).c_str(), X_OK) == 0;
}

}  // namespace spillguard::extract
