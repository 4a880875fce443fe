#include "report/fleet_sections.h"

#include "report/page_parts.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

constexpr std::size_t kRows = 20;  // further rows are folded
constexpr std::size_t kNames = 3;  // of hosts; further ones are folded

Markup tally_row(const FleetTally& tally, bool with_time) {
  Markup row = cell("why", tally.what) + cell("name", tally.detail);
  if (with_time) row += cell("nowrap", tally.first_seen.empty() ? "–" : tally.first_seen);
  return element(
      "tr", row + number_cell(tally.hosts.size()) + element("td", "name", host_names(tally.hosts)));
}

std::vector<Markup> rows_of(const std::vector<FleetTally>& tallies, bool with_time = false) {
  std::vector<Markup> rows;
  for (const FleetTally& tally : tallies) rows.push_back(tally_row(tally, with_time));
  return rows;
}

// A setting that drifted, with all its hosts.
struct Drifter {
  std::uint32_t setting = 0;
  std::vector<const FleetHost*> hosts;
  const SavedStep* example = nullptr;
  std::string first_seen;
};

// Indexed by the number of the setting, so one pass over all cells is enough.
std::vector<Drifter> drifters_of(const Fleet& fleet) {
  std::vector<Drifter> all(fleet.settings.size());
  for (const FleetHost& host : fleet.hosts) {
    for (const FleetCell& each : host.cells) {
      if (!each.trouble) continue;
      Drifter& drifter = all[each.setting];
      drifter.setting = each.setting;
      drifter.hosts.push_back(&host);
      if (drifter.example == nullptr) drifter.example = &each.worst;
      const std::string& seen = each.worst.first_seen;
      if (!seen.empty() && (drifter.first_seen.empty() || seen < drifter.first_seen))
        drifter.first_seen = seen;
    }
  }
  std::erase_if(all, [](const Drifter& drifter) { return drifter.hosts.empty(); });
  std::ranges::stable_sort(
      all, [](const Drifter& a, const Drifter& b) { return a.hosts.size() > b.hosts.size(); });
  return all;
}

Markup drifter_row(const Fleet& fleet, const Drifter& drifter) {
  const FleetSetting& setting = fleet.settings[drifter.setting];
  const SavedStep& example = *drifter.example;
  return element(
      "tr",
      element("td", "name", plain(setting.name) + element("div", "soft", plain(setting.knob))) +
          element("td", "nowrap", tag(class_of(example.status), status_words(example.status))) +
          cell("mono", fmt::format("{} → {}", example.observed, example.goal)) +
          cell("nowrap", drifter.first_seen.empty() ? "–" : drifter.first_seen) +
          number_cell(drifter.hosts.size()) + element("td", "name", host_names(drifter.hosts)));
}

Markup paths_cell(const FleetHost& host) {
  if (host.paths.empty()) return element("td", tag("wait", "not probed"));
  Markup lines;
  for (const FleetPath& path : host.paths) {
    lines += element("div", plain(path.version) + ours(": transmit ") +
                                tag(class_of_path(path.tx), path.tx) + ours(" receive ") +
                                tag(class_of_path(path.rx), path.rx));
  }
  return element("td", "why", lines);
}

Markup reasons_cell(const FleetGroup& group) {
  Markup list;
  const auto reasons = path_reasons(group);
  for (std::size_t i = 0; i < reasons.size() && i < kRows; ++i) {
    list += element(
        "li", plain(reasons[i].what) +
                  element("span", "soft", plain(fmt::format(" ({})", reasons[i].hosts.size()))));
  }
  if (list.html.empty()) return cell("why", "");
  if (reasons.size() == 1) return element("td", "why", element("ul", "plain", list));
  return element(
      "td", "why",
      details(plain(fmt::format("{} reasons", reasons.size())), element("ul", "plain", list)));
}

}  // namespace

// Folded and not left out: <details> works without a script.
Markup folded_table(std::initializer_list<std::string_view> heads,
                    const std::vector<Markup>& rows) {
  Markup first;
  Markup rest;
  for (std::size_t i = 0; i < rows.size(); ++i) (i < kRows ? first : rest) += rows[i];
  Markup table = table_box("tally", head_row(heads) + element("tbody", first));
  if (rows.size() > kRows) {
    table += details(plain(fmt::format("{} more", rows.size() - kRows)),
                     table_box("tally", head_row(heads) + element("tbody", rest)));
  }
  return table;
}

// In the order of the fleet, folded after three: a cause on a thousand hosts stays one row.
Markup host_names(const std::vector<const FleetHost*>& hosts) {
  std::string some;
  std::string all;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    std::string& names = i < kNames ? some : all;
    names += (names.empty() ? "" : ", ") + hosts[i]->hostname;
  }
  if (all.empty()) return plain(some);
  return plain(some) +
         details(plain(fmt::format("and {} more", hosts.size() - kNames)), plain(all));
}

Markup drifters_section(const Fleet& fleet) {
  std::vector<Markup> rows;
  for (const Drifter& drifter : drifters_of(fleet)) rows.push_back(drifter_row(fleet, drifter));
  if (rows.empty()) return {};
  return element("h2", plain("Settings that drift most")) +
         folded_table(
             {"Setting", "Status", "Now → wanted (first host)", "First seen", "Hosts", "Which"},
             rows);
}

Markup causes_section(const Fleet& fleet) {
  const auto rows = rows_of(causes_of(fleet), true);
  if (rows.empty()) return {};
  return element("h2", plain("Causes of drift")) +
         folded_table({"Cause", "Settings", "First seen", "Hosts", "Which"}, rows);
}

// Grouped by what the probes saw, since a NIC with the feature on may still leave TLS to software.
Markup offload_section(const Fleet& fleet) {
  if (fleet.hosts.empty()) return {};
  std::vector<Markup> rows;
  for (const FleetGroup& group : path_groups(fleet)) {
    rows.push_back(
        element("tr", paths_cell(*group.hosts.front()) + number_cell(group.hosts.size()) +
                          element("td", "name", host_names(group.hosts)) + reasons_cell(group)));
  }
  return element("h2", plain("Where TLS runs, in detail")) +
         element("p", "soft",
                 plain("From the last probe of each host, with the best cipher of each version. "
                       "device: in the NIC; kernel: in the kernel; userspace: in OpenSSL.")) +
         folded_table({"Paths", "Hosts", "Which", "Reasons"}, rows);
}

Markup cannot_section(const Fleet& fleet) {
  const auto rows = rows_of(impossible_of(fleet));
  if (rows.empty()) return {};
  return element("h2", plain("Settings that hosts cannot apply")) +
         folded_table({"Setting and reason", "Need", "Hosts", "Which"}, rows);
}

Markup inventory_section(const Fleet& fleet) {
  if (fleet.hosts.empty()) return {};
  Markup section = element("h2", plain("Inventory")) + element("h3", plain("Kernels")) +
                   folded_table({"Kernel", "TLS", "Hosts", "Which"}, rows_of(kernels_of(fleet))) +
                   element("h3", plain("OpenSSL")) +
                   folded_table({"Version", "", "Hosts", "Which"}, rows_of(libraries_of(fleet)));
  const auto nics = rows_of(nics_of(fleet));
  if (nics.empty()) return section;
  return section + element("h3", plain("Network cards")) +
         folded_table({"Driver and card", "TLS offload", "Hosts", "Which"}, nics);
}

}  // namespace tuner
