// Sections of the fleet's page about services and the programs that run in them.
#include "report/fleet_sections.h"
#include "report/fleet_services.h"
#include "report/page_parts.h"

#include <fmt/format.h>

namespace tuner {
namespace {

Markup names_or_none(const std::vector<const FleetHost*>& hosts) {
  return hosts.empty() ? plain("–") : host_names(hosts);
}

Markup risk_row(const FleetRisk& risk) {
  Markup why = plain(risk.example.because);
  for (const std::string& way : risk.example.ways_out)
    why += element("div", "soft", plain("Way out: " + way));
  const std::string_view of_class = risk.accepted ? "wait" : risk.needs_action ? "bad" : "drift";
  return element(
      "tr", element("td", "nowrap",
                    tag(of_class, risk.risk) +
                        (risk.accepted ? element("div", "soft", plain("accepted")) : Markup{})) +
                cell("name", risk.service) + element("td", "why", why) +
                number_cell(risk.hosts.size()) + element("td", "name", host_names(risk.hosts)));
}

Markup hosts_line(std::string_view of_class, std::string_view words,
                  const std::vector<const FleetHost*>& hosts) {
  if (hosts.empty()) return {};
  return element("div", tag(of_class, fmt::format("{} {}", hosts.size(), words)) + ours(" ") +
                            host_names(hosts));
}

Markup service_row(const FleetService& service) {
  const std::string share =
      service.eligible == 0 ? "–"
                            : fmt::format("{:.0f} %", 100 * static_cast<double>(service.covered) /
                                                          static_cast<double>(service.eligible));
  const Markup hosts = hosts_line("drift", "not offloaded", service.not_offloaded) +
                       hosts_line("drift", "partly", service.partly) +
                       hosts_line("good", "offloaded", service.offloaded) +
                       hosts_line("cannot", "cannot", service.cannot) +
                       hosts_line("wait", "not known", service.unknown);
  return element("tr", cell("name", service.service) +
                           cell("num", fmt::format("{}", service.eligible)) +
                           cell("num", fmt::format("{}", service.covered)) + cell("num", share) +
                           element("td", "why", hosts));
}

}  // namespace

Markup risks_section(const Fleet& fleet) {
  std::vector<Markup> rows;
  for (const FleetRisk& risk : risks_of(fleet)) rows.push_back(risk_row(risk));
  if (rows.empty()) return {};
  const auto unknown = hosts_without_programs(fleet);
  return element("h2", plain("Programs at risk by the kernel's TLS")) +
         element("div", "soft",
                 plain("From the last look of each host's drift job. Not looked at: ") +
                     names_or_none(unknown)) +
         folded_table({"Risk", "Service", "Why (first host)", "Hosts", "Which"}, rows);
}

Markup services_section(const Fleet& fleet) {
  std::vector<Markup> rows;
  for (const FleetService& service : services_of(fleet)) rows.push_back(service_row(service));
  if (rows.empty()) return {};
  return element("h2", plain("Who is offloaded and who is not")) +
         element("div", "soft",
                 plain("Open TLS sessions that the kernel or a NIC could encrypt (eligible), and "
                       "those that it does (covered), as each host's drift job last saw them. "
                       "Sessions not known: ") +
                     names_or_none(hosts_without_sessions(fleet))) +
         folded_table({"Service", "Eligible", "Covered", "Share", "Hosts"}, rows);
}

}  // namespace tuner
