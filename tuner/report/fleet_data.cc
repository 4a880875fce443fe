#include "base/json_text.h"
#include "base/rfc3339.h"
#include "report/reports.h"

#include <nlohmann/json.hpp>

namespace tuner {
namespace {

using nlohmann::ordered_json;

ordered_json cell_json(const Fleet& fleet, const FleetCell& cell) {
  const FleetSetting& setting = fleet.settings[cell.setting];
  const SavedStep& worst = cell.worst;
  return {{"knob", setting.knob},
          {"setting", setting.name},
          {"count", cell.count},
          {"subject", worst.subject},
          {"status", status_name(worst.status)},
          {"need", need_name(worst.need)},
          {"observed", worst.observed},
          {"goal", worst.goal},
          {"because", worst.because},
          {"cause", worst.cause},
          {"owner", worst.owner},
          {"first_seen", worst.first_seen}};
}

ordered_json number_json(const std::optional<std::uint64_t>& number) {
  return number ? ordered_json(*number) : ordered_json(nullptr);
}

// Null: not looked at, or not known.
ordered_json programs_json(const FleetHost& host) {
  if (!host.programs) return nullptr;
  ordered_json all = ordered_json::array();
  for (const SavedProgram& program : host.programs->at_risk)
    all.push_back({{"service", program.service},
                   {"risk", program.risk},
                   {"accepted", program.accepted},
                   {"because", program.because}});
  return {{"looked_at", rfc3339(host.programs->looked_at)}, {"at_risk", std::move(all)}};
}

ordered_json sessions_json(const FleetHost& host) {
  if (!host.sessions || !host.sessions->unseen.empty()) return nullptr;
  ordered_json all = ordered_json::array();
  for (const SavedService& row : host.sessions->services)
    all.push_back({{"service", row.service},
                   {"eligible", number_json(row.eligible())},
                   {"covered", number_json(row.covered())}});
  return {{"looked_at", rfc3339(host.sessions->looked_at)}, {"services", std::move(all)}};
}

// Null, and not "in sync", for a host of which only a probe was saved.
ordered_json host_json(const Fleet& fleet, const FleetHost& host) {
  ordered_json out = ordered_json::array();
  for (const FleetCell& cell : host.cells) out.push_back(cell_json(fleet, cell));
  ordered_json paths = ordered_json::array();
  for (const FleetPath& path : host.paths)
    paths.push_back({{"version", path.version}, {"tx", path.tx}, {"rx", path.rx}});
  const bool checked = !host.state.empty();
  return {{"hostname", host.hostname},
          {"kernel", host.kernel},
          {"openssl", host.library},
          {"profile", host.profile},
          {"digest", host.digest},
          {"state", checked ? ordered_json(host.state) : ordered_json(nullptr)},
          {"at", checked ? ordered_json(rfc3339(host.settings_at)) : ordered_json(nullptr)},
          {"stale", host.stale},
          {"in_sync", host.in_sync},
          {"not_in_sync", std::move(out)},
          {"paths", std::move(paths)},
          {"programs", programs_json(host)},
          {"sessions", sessions_json(host)}};
}

std::string_view drift_name(Drift drift) {
  switch (drift) {
    case Drift::None: return "none";
    case Drift::Some: return "drift";
    case Drift::NotKnown: return "not_known";
  }
  return "not_known";
}

ordered_json drift_json(const DriftRow& row) {
  ordered_json spans = ordered_json::array();
  for (const DriftSpan& span : row.spans) {
    spans.push_back({{"from", rfc3339(span.from)},
                     {"to", rfc3339(span.to)},
                     {"state", drift_name(span.drift)}});
  }
  return {{"hostname", row.host->hostname},
          {"knob", row.family},
          {"settings", row.settings},
          {"since", rfc3339(row.since)},
          {"spans", std::move(spans)}};
}

ordered_json files_json(const std::vector<FleetFile>& files) {
  ordered_json all = ordered_json::array();
  for (const FleetFile& file : files) all.push_back({{"file", file.file}, {"reason", file.reason}});
  return all;
}

}  // namespace

std::string fleet_data(const Fleet& fleet) {
  // Serialized host by host: a JSON tree of thousands of hosts would need more memory than the
  // rest.
  const auto print = [](const ordered_json& json) {
    // dump() would throw at bytes that are no UTF-8.
    return json_text_replaced(json);
  };
  std::string text = "{\"made_at\":" + print(rfc3339(fleet.made_at)) + ",\"hosts\":[";
  bool first = true;
  for (const FleetHost& host : fleet.hosts) {
    text += (first ? "\n" : ",\n") + print(host_json(fleet, host));
    first = false;
  }
  text += "],\"drift\":[";
  first = true;
  for (const DriftRow& row : drift_history(fleet).rows) {
    text += (first ? "\n" : ",\n") + print(drift_json(row));
    first = false;
  }
  return text + "],\"unusable\":" + print(files_json(fleet.unusable)) +
         ",\"stale\":" + print(files_json(fleet.stale)) +
         ",\"superseded\":" + print(files_json(fleet.superseded)) + "}";
}

}  // namespace tuner
