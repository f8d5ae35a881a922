// How much one document may cost. Every limit has a reason (document.h) that the ledger shows when
// it is met. The parent sends them to the helper with each document, and guards time and memory
// itself besides.
#pragma once

#include <cstdint>

namespace spillguard::extract {

inline constexpr uint64_t kWindowOverlap = uint64_t{512} << 10U;

struct Limits {
  uint64_t input_bytes = uint64_t{256} << 20U;   // of the document itself
  uint64_t output_bytes = uint64_t{512} << 20U;  // of all text that comes out of it
  uint64_t expanded_bytes = uint64_t{1} << 30U;  // of all that is unpacked, at any depth
  uint64_t part_bytes = uint64_t{128} << 20U;    // of one unpacked file, and of one text
  uint64_t entries = 100'000;                    // files in archives, streams, mails' parts
  uint32_t depth = 8;                            // documents within documents
  uint64_t ratio = 1'000;                        // unpacked bytes a packed byte, above ratio_from
  uint64_t ratio_from = uint64_t{16} << 20U;     // unpacked bytes that are free of the ratio
  uint32_t cpu_seconds = 60;                     // of the processor
  uint32_t wall_seconds = 600;                   // of the clock, tools included
  uint64_t memory_bytes = uint64_t{2} << 30U;    // address space of the helper
  uint32_t tool_cpu_seconds = 30;                // of one run of pdftotext and its like
  uint64_t tool_output_bytes = uint64_t{128} << 20U;
  bool ocr = false;  // read the pixels of images (tesseract)
  // Longer texts are handed out in parts that overlap by kWindowOverlap, so that whoever scans them
  // needs no more memory than that; 0 = whole.
  uint64_t window_bytes = 0;
};

}  // namespace spillguard::extract
