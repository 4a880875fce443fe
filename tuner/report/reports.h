// Saved documents as pages and as what other programs read. Pure; the text for the terminal is in
// cli/report_text.h.
#pragma once

#include "report/document.h"
#include "report/fleet.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// What one run of `report` was given.
struct Saved {
  std::vector<SavedDocument> documents;
  std::vector<std::string> texts;  // of the documents, as they were read; for the page alone
  std::vector<FleetFile> unusable;
  UtcTime now;
  std::chrono::seconds max_age{0};
};

std::string documents_html(const Saved& saved, std::string_view tool_version);
std::string documents_markdown(const Saved& saved);
std::string documents_junit(const Saved& saved);

std::string fleet_html(const Fleet& fleet, std::string_view tool_version);
std::string fleet_markdown(const Fleet& fleet);
std::string fleet_junit(const Fleet& fleet);
std::string fleet_data(const Fleet& fleet);  // JSON: what the page shows, for programs

// The one line of a monitoring plugin, with performance data, and its own exit codes.
struct PluginLine {
  enum class State { Ok = 0, Warning = 1, Critical = 2, Unknown = 3 };
  State state = State::Ok;
  std::string line;
};
PluginLine plugin_line(const Saved& saved);

}  // namespace tuner
