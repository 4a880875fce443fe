// The probe's report as JSON, printed by the helper program and read by the tuner. It is private to
// the two programs, which are installed together; `ktls-tuner probe --json` is document/probe.h.
#pragma once

#include "base/result.h"
#include "probe/config_readback.h"
#include "probe/report.h"

#include <string>
#include <string_view>

namespace tuner {

std::string report_to_json(const ProbeReport& report);
std::string library_to_json(const LibraryFacts& library);
std::string readback_to_json(const ConfigReadback& readback);
// One end's view of a cell, for the other end.
std::string cell_to_json(const ProbeCell& cell);
// Instead of a report.
std::string error_to_json(const Error& error);
// The error of such a document; of a malformed one the reader's own.
Error error_from_json(std::string_view text);

// Fault::Invalid: not JSON, a key is missing or has another type, or a word is unknown; the text
// names it. If the document is an error (error_to_json()), returns that error.
Result<ProbeReport> report_from_json(std::string_view text);
Result<ProbeCell> cell_from_json(std::string_view text);
Result<LibraryFacts> library_from_json(std::string_view text);
Result<ConfigReadback> readback_from_json(std::string_view text);

}  // namespace tuner
