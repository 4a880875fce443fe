#include "base/duration.h"
#include "base/rfc3339.h"
#include "report/fleet_sections.h"
#include "report/page_parts.h"
#include "report/reports.h"

#include <fmt/format.h>

namespace tuner {
namespace {

Markup tile(std::string_view of_class, const std::string& number, std::string_view words) {
  return element("li", of_class, element("b", plain(number)) + element("span", plain(words)));
}

// A zero is not coloured: red must mean that something is wrong.
std::string_view when_any(int number, std::string_view of_class) {
  return number > 0 ? of_class : std::string_view("none");
}

Markup tiles(const Fleet& fleet) {
  const FleetCounts counts = count(fleet);
  const auto words = [](int number) { return fmt::format("{}", number); };
  const auto of_probed = [&](int number) { return fmt::format("{} / {}", number, counts.probed); };
  Markup list =
      tile("none", words(counts.hosts), "hosts") +
      tile(when_any(counts.in_sync, "good"), words(counts.in_sync), "in sync") +
      tile(when_any(counts.drift, "drift"), words(counts.drift), "drifted") +
      tile(when_any(counts.cannot, "cannot"), words(counts.cannot), "cannot") +
      tile(when_any(counts.failed, "bad"), words(counts.failed), "failed, or path not taken");
  if (counts.at_risk > 0)
    list += tile("drift", words(counts.at_risk), "with a program at risk by kernel TLS");
  if (counts.unknown > 0) list += tile("none", words(counts.unknown), "stale or not checked");
  Markup paths;
  if (counts.probed > 0) {
    paths +=
        tile("none", of_probed(counts.tx_device + counts.tx_kernel), "transmit in kernel or NIC");
    paths +=
        tile("none", of_probed(counts.rx_device + counts.rx_kernel), "receive in kernel or NIC");
    paths += tile("none", of_probed(counts.device), "in the NIC, at least one way");
  }
  return element("ul", "tiles", list) +
         (paths.html.empty() ? paths : element("ul", "tiles", paths));
}

// Before the matrix: what could not be read limits what the rest of the page says.
Markup files_section(const Fleet& fleet) {
  Markup section;
  if (!fleet.unusable.empty()) {
    section += element("h2", plain("Files that could not be used")) + file_list(fleet.unusable);
  }
  if (!fleet.stale.empty()) {
    section += element("h2", plain("Stale")) +
               element("p", "soft",
                       plain(fmt::format("The newest document of each of these hosts is older than "
                                         "{} or in the future: their state is not known.",
                                         duration_text(fleet.max_age)))) +
               file_list(fleet.stale);
  }
  if (!fleet.superseded.empty()) {
    section +=
        details(plain(fmt::format("{} older documents that were ignored", fleet.superseded.size())),
                file_list(fleet.superseded));
  }
  return section;
}

}  // namespace

std::string fleet_html(const Fleet& fleet, std::string_view tool_version) {
  Markup body =
      element("h1", plain("Kernel TLS across the fleet")) +
      element(
          "p", "lead",
          plain(fmt::format("{} hosts, as of {}.", fleet.hosts.size(), rfc3339(fleet.made_at)))) +
      tiles(fleet);
  body += plots_section(fleet);
  body += files_section(fleet);
  body += risks_section(fleet);
  body += matrix_section(fleet);
  body += drifters_section(fleet);
  body += causes_section(fleet);
  body += services_section(fleet);
  body += offload_section(fleet);
  body += cannot_section(fleet);
  body += inventory_section(fleet);
  return to_html(
      {.title = "Kernel TLS across the fleet",
       .footer = fmt::format("Made by ktls-tuner {} at {}. The data shown is embedded as JSON.",
                             tool_version, rfc3339(fleet.made_at)),
       .body = std::move(body),
       .data = fleet_data(fleet)});
}

}  // namespace tuner
