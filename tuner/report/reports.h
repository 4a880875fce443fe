// Renders saved documents as pages and in formats of other programs. Pure. The text for the
// terminal is in cli/render/report_text.h.
#pragma once

#include "report/document.h"
#include "report/fleet.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// The input of one run of `report`.
struct Saved {
  std::vector<SavedDocument> documents;
  std::vector<std::string> texts;  // the documents as they were read, for the HTML page
  std::vector<FleetFile> unusable;
  UtcTime now;
  std::chrono::seconds max_age{0};
};

std::string documents_html(const Saved& saved, std::string_view tool_version);
std::string documents_markdown(const Saved& saved);
std::string documents_junit(const Saved& saved);
std::string documents_csv(const Saved& saved);  // of benchmarks; documents without one are left out

std::string fleet_html(const Fleet& fleet, std::string_view tool_version);
std::string fleet_markdown(const Fleet& fleet);
std::string fleet_junit(const Fleet& fleet);
std::string fleet_data(const Fleet& fleet);  // the data of the page as JSON

// The output line of a monitoring plugin, with performance data. State is the plugin's exit code.
struct PluginLine {
  enum class State { Ok = 0, Warning = 1, Critical = 2, Unknown = 3 };
  State state = State::Ok;
  std::string line;
};
PluginLine plugin_line(const Saved& saved);

}  // namespace tuner
