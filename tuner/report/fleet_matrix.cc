// The matrix of hosts and settings. Hosts with equal results share a row, and only settings that
// need attention on some host are columns, so a thousand hosts stay readable.
#include "base/rfc3339.h"
#include "report/fleet_sections.h"
#include "report/page_parts.h"

#include <fmt/format.h>

#include <span>

namespace tuner {
namespace {

using Hosts = std::vector<const FleetHost*>;
using Settings = std::vector<std::uint32_t>;

constexpr std::size_t kColumns = 24;  // further settings are in the list of each host

// A sign and not only a colour: for printed pages, and for people who do not see the difference.
std::string_view sign_of(const FleetCell& cell) {
  switch (cell.worst.status) {
    case Status::Change: return "≠";
    case Status::Deferred: return "…";
    case Status::Unsupported:
    case Status::NoSubject:
    case Status::Blocked: return "–";
    case Status::Unreadable: return "?";
    case Status::Failed: return "×";
    case Status::InSync:
    case Status::Done: return "=";
  }
  return "";
}

Markup legend() {
  const auto item = [](std::string_view of_class, std::string_view sign, std::string_view words) {
    return element("li", tag(of_class, sign) + ours(" ") + plain(words));
  };
  return element(
      "ul", "legend",
      item("good", "=", "in sync") + item("drift", "≠", "drift, with the number of subjects") +
          item("cannot", "–", "cannot") + item("bad", "×", "failed") +
          item("bad", "?", "unreadable") + item("wait", "…", "waits for another setting") +
          element("li", plain("empty: the host does not have the setting")));
}

// For screen readers: a sign alone is read as its name, or not at all.
Markup hidden(std::string_view words) {
  return element("span", "vh", plain(words));
}

Markup matrix_cell(const FleetHost& host, std::uint32_t setting) {
  const FleetCell* cell = find_cell(host, setting);
  if (cell == nullptr) {
    if (!has_setting(host, setting)) return ours("<td></td>");
    return element("td", "good", ours("=") + hidden(" in sync"));
  }
  const std::string count = cell->count > 1 ? fmt::format(" {}", cell->count) : "";
  const std::string title =
      fmt::format("{}: {} (now {}, wanted {})", status_words(cell->worst.status),
                  cell->worst.because, cell->worst.observed, cell->worst.goal);
  return titled(
      "td", class_of(cell->worst.status), title,
      plain(sign_of(*cell)) + plain(count) + hidden(" " + status_words(cell->worst.status)));
}

std::string state_of(const FleetHost& host) {
  if (host.state.empty()) return "not checked";
  return host.stale ? "stale" : host.state;
}

std::string_view state_class(const FleetHost& host) {
  return host.stale ? "wait" : class_of_state(host.state);
}

std::string names_in_short(const FleetGroup& group) {
  if (group.hosts.size() == 1) return group.hosts[0]->hostname;
  return fmt::format("{} … {} ({})", group.hosts.front()->hostname, group.hosts.back()->hostname,
                     group.hosts.size());
}

Markup setting_head(const Fleet& fleet, std::uint32_t number) {
  const FleetSetting& setting = fleet.settings[number];
  return {fmt::format("<th scope=\"col\"><span>{}</span></th>",
                      plain(fmt::format("{} · {}", setting.name, setting.knob)).html)};
}

Markup matrix_row(const FleetGroup& group, std::span<const std::uint32_t> columns,
                  const std::string& id) {
  const FleetHost& first = *group.hosts.front();
  Markup row{fmt::format("<th scope=\"row\"><a href=\"#{}\">{}</a> {}</th>", id,
                         plain(names_in_short(group)).html,
                         tag(state_class(first), state_of(first)).html)};
  for (const std::uint32_t setting : columns) row += matrix_cell(first, setting);
  return element("tr", row);
}

Markup cell_row(const Fleet& fleet, const FleetCell& cell) {
  const FleetSetting& setting = fleet.settings[cell.setting];
  std::string subject = cell.worst.subject;
  if (cell.count > 1) subject += fmt::format(" and {} more", cell.count - 1);
  return element(
      "tr",
      element("td", "nowrap", tag(class_of(cell.worst.status), status_words(cell.worst.status))) +
          element("td", "name", plain(subject) + element("div", "soft", plain(setting.knob))) +
          tuner::cell("mono", cell.worst.observed) + tuner::cell("mono", cell.worst.goal) +
          element("td", "why", why(cell.worst)));
}

Markup host_block(const Fleet& fleet, const FleetHost& host) {
  std::string about = fmt::format("kernel {}", host.kernel);
  if (!host.state.empty()) {
    about += fmt::format(", {} at {}, {} in sync, file {}", host.settings_kind,
                         rfc3339(host.settings_at), host.in_sync, host.settings_file);
  }
  Markup block = element("h3", plain(host.hostname)) + element("p", "soft", plain(about));
  for (const SavedError& error : host.errors) {
    block += element("p", tag("bad", error.code) + ours(" ") + plain(error.message));
  }
  Markup rows;
  for (const FleetCell& each : host.cells) rows += cell_row(fleet, each);
  if (rows.html.empty()) return block;
  return block + table_box("steps", head_row({"Status", "Setting", "Now", "Wanted", "Why"}) +
                                        element("tbody", rows));
}

bool is_quiet(const FleetGroup& group) {
  const FleetHost& first = *group.hosts.front();
  return first.state == "in sync" && !first.stale;
}

Markup group_block(const Fleet& fleet, const FleetGroup& group, const std::string& id) {
  const FleetHost& first = *group.hosts.front();
  const Markup summary =
      plain(names_in_short(group)) + ours(" ") + tag(state_class(first), state_of(first));
  Markup inner;
  // Hosts in sync have no rows of their own: their names are enough.
  if (is_quiet(group) && group.hosts.size() > 1) {
    std::string names;
    for (const FleetHost* host : group.hosts) names += (names.empty() ? "" : ", ") + host->hostname;
    inner = element("p", plain(names));
  } else {
    for (const FleetHost* host : group.hosts) inner += host_block(fleet, *host);
  }
  return {fmt::format("<div id=\"{}\">{}</div>", id, details(summary, inner).html)};
}

// One table per profile and digest: hosts with another version of a profile have other settings.
Markup profile_block(const Fleet& fleet, const FleetGroup& profile, std::size_t number) {
  const FleetHost& first = *profile.hosts.front();
  const Settings settings = settings_in_trouble(fleet, profile.hosts);
  const std::span<const std::uint32_t> columns(settings.data(),
                                               std::min(settings.size(), kColumns));
  const std::string title = first.state.empty() ? std::string("Hosts without a settings document")
                            : first.profile.empty()
                                ? std::string("Hosts that ended before reading a setting")
                                : fmt::format("{}, digest {}", first.profile, first.digest);
  Markup block = element("h3", plain(fmt::format("{} · {} host{}", title, profile.hosts.size(),
                                                 profile.hosts.size() == 1 ? "" : "s")));
  Markup head = ours("<th scope=\"col\">Host</th>");
  for (const std::uint32_t setting : columns) head += setting_head(fleet, setting);
  Markup rows;
  Markup blocks;
  std::size_t at = 0;
  for (const FleetGroup& group : group_rows(profile.hosts, settings)) {
    // The row of a group leads to the lists of its hosts below.
    const std::string id = fmt::format("g{}-{}", number, ++at);
    rows += matrix_row(group, columns, id);
    blocks += group_block(fleet, group, id);
  }
  if (!columns.empty())
    block += table_box("matrix", element("thead", element("tr", head)) + element("tbody", rows));
  if (settings.size() > columns.size()) {
    block += element("p", "soft",
                     plain(fmt::format("{} more settings are out of sync on fewer "
                                       "hosts; see the lists below.",
                                       settings.size() - columns.size())));
  }
  return block + blocks;
}

}  // namespace

Markup matrix_section(const Fleet& fleet) {
  if (fleet.hosts.empty()) return {};
  Markup section = element("h2", plain("Settings by host"));
  section +=
      element("p", "soft",
              plain("Hosts with equal results share a row. Settings that are in sync on every "
                    "host of a profile are not shown."));
  section += legend();
  std::size_t number = 0;
  for (const FleetGroup& profile : profile_groups(fleet))
    section += profile_block(fleet, profile, ++number);
  return section;
}

}  // namespace tuner
