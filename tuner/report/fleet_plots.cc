#include "report/fleet_plots.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace tuner {
namespace {

// A drift is known, but not its cause.
bool lacks_cause(const SavedStep& step) {
  return step.cause.empty() && step.owner.empty();
}

std::optional<Trouble> trouble_of(const FleetCell& cell) {
  if (!cell.trouble) return std::nullopt;
  switch (cell.worst.status) {
    case Status::Change: return lacks_cause(cell.worst) ? Trouble::NotKnown : Trouble::Drift;
    case Status::Unsupported:
    case Status::NoSubject:
    case Status::Blocked: return Trouble::Cannot;
    case Status::Failed: return Trouble::Failed;
    case Status::Unreadable: return Trouble::NotKnown;
    case Status::Deferred:
    case Status::InSync:
    case Status::Done: return std::nullopt;
  }
  return std::nullopt;
}

std::string cell_words(const Fleet& fleet, const FleetCell& cell, Trouble trouble) {
  if (trouble == Trouble::Drift) return cause_words(cell.worst);
  if (cell.worst.status == Status::Change) return "drift without a recorded cause";
  const FleetSetting& setting = fleet.settings[cell.setting];
  if (trouble == Trouble::NotKnown) return fmt::format("{} is not readable", setting.name);
  return fmt::format("{}: {}", setting.name, cell.worst.because);
}

class Reasons {
 public:
  void add(Trouble trouble, std::string what, const FleetHost& host) {
    const auto [found, is_new] = where_.try_emplace({trouble, what}, all_.size());
    if (is_new) all_.push_back({.trouble = trouble, .what = std::move(what)});
    auto& hosts = all_[found->second].hosts;
    if (hosts.empty() || hosts.back() != &host) hosts.push_back(&host);
  }
  std::vector<HostReason> sorted() && {
    std::ranges::stable_sort(all_, [](const HostReason& a, const HostReason& b) {
      // What is not known comes last, since it may be nothing.
      const bool a_known = a.trouble != Trouble::NotKnown;
      if (a_known != (b.trouble != Trouble::NotKnown)) return a_known;
      return a.hosts.size() > b.hosts.size();
    });
    return std::move(all_);
  }

 private:
  std::vector<HostReason> all_;
  std::map<std::pair<Trouble, std::string>, std::size_t> where_;
};

// A run that ended before it looked at settings has a state and no cell.
void add_host(const Fleet& fleet, const FleetHost& host, Reasons& reasons) {
  if (host.state.empty()) return reasons.add(Trouble::NotKnown, "no check was saved", host);
  if (host.stale) return reasons.add(Trouble::NotKnown, "the last check is too old", host);
  if (host.state == "in sync") return;
  bool any = false;
  for (const FleetCell& cell : host.cells) {
    const auto trouble = trouble_of(cell);
    if (!trouble) continue;
    reasons.add(*trouble, cell_words(fleet, cell, *trouble), host);
    any = true;
  }
  if (any) return;
  const bool no_result = host.settings.empty();
  reasons.add(
      no_result ? Trouble::NotKnown : Trouble::Failed,
      no_result ? fmt::format("the check ended without a result: {}", host.state) : host.state,
      host);
}

std::size_t place_of(std::string_view path) {
  const auto found = std::ranges::find(kPaths, path);
  const auto unknown = std::ranges::find(kPaths, "unknown");
  return static_cast<std::size_t>((found == kPaths.end() ? unknown : found) - kPaths.begin());
}

PathShare share_of(const Fleet& fleet, const std::string& version, std::string_view direction,
                   std::string FleetPath::*path) {
  PathShare share{.version = version, .direction = direction};
  for (const FleetHost& host : fleet.hosts) {
    const auto found = std::ranges::find(host.paths, version, &FleetPath::version);
    ++share.hosts[place_of(found == host.paths.end() ? "not probed" : (*found).*path)];
  }
  return share;
}

}  // namespace

std::vector<HostReason> reasons_of(const Fleet& fleet) {
  Reasons reasons;
  for (const FleetHost& host : fleet.hosts) add_host(fleet, host, reasons);
  return std::move(reasons).sorted();
}

std::vector<PathShare> path_shares(const Fleet& fleet) {
  std::set<std::string> versions;
  for (const FleetHost& host : fleet.hosts) {
    for (const FleetPath& path : host.paths) versions.insert(path.version);
  }
  std::vector<PathShare> shares;
  for (const std::string& version : versions) {
    shares.push_back(share_of(fleet, version, "transmit", &FleetPath::tx));
    shares.push_back(share_of(fleet, version, "receive", &FleetPath::rx));
  }
  return shares;
}

}  // namespace tuner
