// The readers, one a kind of file. Each puts texts and files within into the reading and says how
// it ended. What they read comes from strangers: nothing in it is believed, every offset and size
// is checked, no recursion but through Reading::within(), which counts it.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "extract_helper/reading.h"

namespace spillguard::extract {

// By its first bytes.
Verdict read_file(Reading& reading, File& file);

Verdict read_text(Reading& reading, File& file);
Verdict read_notebook(Reading& reading, File& file);
Verdict read_binary(Reading& reading, File& file);
Verdict read_archive(Reading& reading, File& file);
Verdict read_zip(Reading& reading, File& file);
Verdict read_packed(Reading& reading, File& file);
Verdict read_pdf(Reading& reading, File& file);
Verdict read_rtf(Reading& reading, File& file);
Verdict read_mail(Reading& reading, File& file);
Verdict read_compound(Reading& reading, File& file);
Verdict read_sqlite(Reading& reading, File& file);
Verdict read_png(Reading& reading, File& file);
Verdict read_jpeg(Reading& reading, File& file);
Verdict read_picture(Reading& reading, File& file);
Verdict read_key_store(Reading& reading, File& file);

// The files of a zip that is one document (Office, OpenDocument), by their paths.
using Package = std::map<std::string, std::string, std::less<>>;
Verdict read_office(Reading& reading, File& file, const Package& package);
Verdict read_open_document(Reading& reading, File& file, const Package& package);

}  // namespace spillguard::extract
