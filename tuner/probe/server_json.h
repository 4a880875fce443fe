// The report about a server elsewhere as JSON, private to the helper and the tuner (report_json.h).
#pragma once

#include "base/result.h"
#include "probe/server_report.h"

#include <string>
#include <string_view>

namespace tuner {

std::string server_to_json(const ServerReport& report);

// Fault::Invalid: as report_from_json(). If the document is an error, returns that error.
Result<ServerReport> server_from_json(std::string_view text);

}  // namespace tuner
