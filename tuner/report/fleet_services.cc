#include "report/fleet_services.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace tuner {
namespace {

void add(const FleetHost& host, const SavedService& row, FleetService& service) {
  service.service = row.service;
  const auto eligible = row.eligible();
  const auto covered = row.covered();
  if (!eligible || !covered) {
    service.unknown.push_back(&host);
    return;
  }
  service.eligible += *eligible;
  service.covered += *covered;
  auto& list = *eligible == 0          ? service.cannot
               : *covered == *eligible ? service.offloaded
               : *covered > 0          ? service.partly
                                       : service.not_offloaded;
  list.push_back(&host);
}

template <typename Holds>
std::vector<const FleetHost*> hosts_where(const Fleet& fleet, Holds holds) {
  std::vector<const FleetHost*> hosts;
  for (const FleetHost& host : fleet.hosts) {
    if (holds(host)) hosts.push_back(&host);
  }
  return hosts;
}

void add(const FleetHost& host, const SavedProgram& program, std::vector<FleetRisk>& risks) {
  const bool accepted = program.accepted;
  auto found = std::ranges::find_if(risks, [&](const FleetRisk& it) {
    return it.service == program.service && it.risk == program.risk && it.accepted == accepted;
  });
  if (found == risks.end()) {
    risks.push_back({.service = program.service,
                     .risk = program.risk,
                     .needs_action = needs_action(program),
                     .accepted = accepted,
                     .example = program,
                     .hosts = {}});
    found = std::prev(risks.end());
  }
  if (found->hosts.empty() || found->hosts.back() != &host) found->hosts.push_back(&host);
}

}  // namespace

std::vector<FleetRisk> risks_of(const Fleet& fleet) {
  std::vector<FleetRisk> risks;
  for (const FleetHost& host : fleet.hosts) {
    if (!host.programs) continue;
    for (const SavedProgram& program : host.programs->at_risk) add(host, program, risks);
  }
  std::ranges::stable_sort(risks, [](const FleetRisk& a, const FleetRisk& b) {
    // The second parts are exchanged, so that the service of most hosts comes first.
    return std::tuple(!a.needs_action, b.hosts.size()) <
           std::tuple(!b.needs_action, a.hosts.size());
  });
  return risks;
}

std::vector<FleetService> services_of(const Fleet& fleet) {
  std::map<std::string, FleetService> by_name;
  for (const FleetHost& host : fleet.hosts) {
    if (!host.sessions || host.stale) continue;
    for (const SavedService& row : host.sessions->services) add(host, row, by_name[row.service]);
  }
  std::vector<FleetService> services;
  for (auto& [name, service] : by_name) services.push_back(std::move(service));
  const auto open = [](const FleetService& service) {
    return service.not_offloaded.size() + service.partly.size();
  };
  std::ranges::stable_sort(services, std::ranges::greater{}, [&](const FleetService& service) {
    return std::tuple(open(service), service.offloaded.size());
  });
  return services;
}

std::vector<const FleetHost*> hosts_without_programs(const Fleet& fleet) {
  return hosts_where(fleet, [](const FleetHost& host) { return !host.programs; });
}

std::vector<const FleetHost*> hosts_without_sessions(const Fleet& fleet) {
  return hosts_where(fleet, [](const FleetHost& host) {
    return !host.sessions || host.stale || !host.sessions->unseen.empty();
  });
}

}  // namespace tuner
