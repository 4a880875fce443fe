// The probe's report as JSON: what the helper program prints and the tuner reads. A cell has the
// keys that `ktls-tuner probe --json` shows, and a few more; the document as a whole is private to
// the two programs, which are installed together.
#pragma once

#include "base/result.h"
#include "probe/report.h"

#include <optional>
#include <string>
#include <string_view>

namespace tuner {

std::string report_to_json(const ProbeReport& report);
std::string library_to_json(const LibraryFacts& library);
// One end's view of a cell, for the other end.
std::string cell_to_json(const ProbeCell& cell);
// Instead of a report.
std::string error_to_json(const Error& error);

// Invalid: not JSON, a key is missing or of another type, or a word is unknown; the text names it.
// A document that is an error gives that error.
Result<ProbeReport> report_from_json(std::string_view text);
Result<ProbeCell> cell_from_json(std::string_view text);
Result<LibraryFacts> library_from_json(std::string_view text);

// The words of a report, back. Nothing: no such word.
std::optional<TlsVersion> tls_version_from(std::string_view name);
std::optional<TlsCipher> tls_cipher_from(std::string_view name);

}  // namespace tuner
