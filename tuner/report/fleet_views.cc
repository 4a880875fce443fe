// Counts and groups the data of a fleet for its pages. Pure.
#include "base/text.h"
#include "report/fleet.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

// Larger groups first; groups of equal size keep their order.
void sort_groups(std::vector<FleetGroup>& groups) {
  std::ranges::stable_sort(groups, [](const FleetGroup& a, const FleetGroup& b) {
    return a.hosts.size() > b.hosts.size();
  });
}

// Groups hosts by a key, in the order of each key's first host.
template <typename KeyOf>
std::vector<FleetGroup> group_by(const std::vector<const FleetHost*>& hosts, KeyOf key_of) {
  std::vector<FleetGroup> groups;
  std::map<std::string, std::size_t> where;
  for (const FleetHost* host : hosts) {
    const auto [found, is_new] = where.try_emplace(key_of(*host), groups.size());
    if (is_new) groups.emplace_back();
    groups[found->second].hosts.push_back(host);
  }
  return groups;
}

// A host is counted once for each text. Hosts are added one after the other, so it is enough to
// look at the last one.
class Tallies {
 public:
  FleetTally& add(const std::string& what, const FleetHost& host) {
    const auto [found, is_new] = where_.try_emplace(what, all_.size());
    if (is_new) all_.push_back({.what = what});
    FleetTally& tally = all_[found->second];
    if (tally.hosts.empty() || tally.hosts.back() != &host) tally.hosts.push_back(&host);
    return tally;
  }
  std::vector<FleetTally> sorted() && {
    std::ranges::stable_sort(all_, [](const FleetTally& a, const FleetTally& b) {
      return a.hosts.size() > b.hosts.size();
    });
    return std::move(all_);
  }

 private:
  std::vector<FleetTally> all_;
  std::map<std::string, std::size_t> where_;
};

// "irqbalance (pid 412)" → "irqbalance": the PID differs between hosts and is not part of the
// cause.
std::string without_pid(const std::string& owner) {
  const auto pid = owner.find(" (pid ");
  const auto end = pid == std::string::npos ? pid : owner.find(')', pid);
  if (end == std::string::npos) return owner;
  return owner.substr(0, pid) + owner.substr(end + 1);
}

void keep_earlier(std::string& first, const std::string& seen) {
  if (!seen.empty() && (first.empty() || seen < first)) first = seen;
}

// The limit keeps a cell of the page readable where many kernels or cards are different.
void add_word(std::string& words, const std::string& word) {
  if (words.find(word) != std::string::npos) return;
  if (words.size() > 200) {
    if (!words.ends_with(" …")) words += " …";
    return;
  }
  words += (words.empty() ? "" : ", ") + word;
}

// A newline separates the parts, because no version and no path contains one.
std::string paths_key(const FleetHost& host) {
  std::string key;
  for (const FleetPath& path : host.paths)
    key += fmt::format("{}\n{}\n{}\n", path.version, path.tx, path.rx);
  return key;
}

std::vector<const FleetHost*> all_hosts(const Fleet& fleet) {
  std::vector<const FleetHost*> hosts;
  for (const FleetHost& host : fleet.hosts) hosts.push_back(&host);
  return hosts;
}

// Not probed is last: it is neither good nor bad.
int paths_rank(const FleetHost& host) {
  if (host.paths.empty()) return 1000;
  int rank = 0;
  for (const FleetPath& path : host.paths) rank += path_rank(path.tx) + path_rank(path.rx);
  return rank;
}

std::string best_of(const FleetHost& host, std::string FleetPath::*direction) {
  std::string best;
  for (const FleetPath& path : host.paths) {
    if (best.empty() || path_rank(path.*direction) < path_rank(best)) best = path.*direction;
  }
  return best;
}

// The best cell of each direction: one cell by design in user space (a cipher that no kernel
// offloads) must not hide that the rest is in the kernel.
void count_paths(const FleetHost& host, FleetCounts& counts) {
  if (host.paths.empty()) return;
  ++counts.probed;
  const std::string tx = best_of(host, &FleetPath::tx);
  const std::string rx = best_of(host, &FleetPath::rx);
  counts.tx_device += tx == "device" ? 1 : 0;
  counts.tx_kernel += tx == "kernel" ? 1 : 0;
  counts.rx_device += rx == "device" ? 1 : 0;
  counts.rx_kernel += rx == "kernel" ? 1 : 0;
  counts.device += tx == "device" || rx == "device" ? 1 : 0;
}

void count_programs(const FleetHost& host, FleetCounts& counts) {
  if (!host.programs) return;
  ++counts.looked_at;
  const auto& programs = host.programs->at_risk;
  counts.at_risk +=
      std::ranges::any_of(programs, [](const SavedProgram& it) { return needs_action(it); }) ? 1
                                                                                             : 0;
}

}  // namespace

std::string cause_words(const SavedStep& step) {
  if (!step.cause.empty()) return without_pid(step.cause);
  if (!step.owner.empty()) return "also set by " + without_pid(step.owner);
  return "no cause recorded";
}

// Smaller is better. Unknown and failed are equal: neither is a path.
int path_rank(std::string_view path) {
  if (path == "device") return 0;
  if (path == "kernel") return 1;
  return path == "userspace" ? 2 : 3;
}

// Binary search in a sorted vector: the matrix asks for every pair of host and setting.
const FleetCell* find_cell(const FleetHost& host, std::uint32_t setting) {
  const auto found = std::ranges::lower_bound(host.cells, setting, {}, &FleetCell::setting);
  return found != host.cells.end() && found->setting == setting ? &*found : nullptr;
}

bool has_setting(const FleetHost& host, std::uint32_t setting) {
  return std::ranges::binary_search(host.settings, setting);
}

std::vector<FleetGroup> group_rows(const std::vector<const FleetHost*>& hosts,
                                   const std::vector<std::uint32_t>& settings) {
  auto groups = group_by(hosts, [&](const FleetHost& host) {
    std::string key = host.state + (host.stale ? "!" : "");
    for (const std::uint32_t setting : settings) {
      const FleetCell* cell = find_cell(host, setting);
      if (cell == nullptr)
        key += has_setting(host, setting) ? " =" : " -";
      else
        key += fmt::format(" {}{}", static_cast<int>(cell->worst.status), cell->trouble ? "!" : "");
    }
    return key;
  });
  sort_groups(groups);
  return groups;
}

std::vector<std::uint32_t> settings_in_trouble(const Fleet& fleet,
                                               const std::vector<const FleetHost*>& hosts) {
  std::vector<int> out(fleet.settings.size(), 0);
  for (const FleetHost* host : hosts) {
    for (const FleetCell& cell : host->cells) out[cell.setting] += cell.trouble ? 1 : 0;
  }
  std::vector<std::uint32_t> settings;
  for (std::uint32_t i = 0; i < out.size(); ++i) {
    if (out[i] > 0) settings.push_back(i);
  }
  std::ranges::stable_sort(settings,
                           [&](std::uint32_t a, std::uint32_t b) { return out[a] > out[b]; });
  return settings;
}

std::vector<FleetTally> causes_of(const Fleet& fleet) {
  Tallies tallies;
  for (const FleetHost& host : fleet.hosts) {
    for (const FleetCell& cell : host.cells) {
      if (cell.worst.status != Status::Change) continue;
      FleetTally& tally = tallies.add(cause_words(cell.worst), host);
      add_word(tally.detail, fleet.settings[cell.setting].name);
      keep_earlier(tally.first_seen, cell.worst.first_seen);
    }
  }
  return std::move(tallies).sorted();
}

std::vector<FleetTally> impossible_of(const Fleet& fleet) {
  Tallies tallies;
  for (const FleetHost& host : fleet.hosts) {
    for (const FleetCell& cell : host.cells) {
      const Status status = cell.worst.status;
      if (!is_unavailable(status)) continue;
      const FleetSetting& setting = fleet.settings[cell.setting];
      FleetTally& tally = tallies.add(
          fmt::format("{} {}: {}", setting.knob, setting.name, cell.worst.because), host);
      tally.detail = fmt::format("{}, {}", need_name(cell.worst.need), status_words(status));
    }
  }
  return std::move(tallies).sorted();
}

std::vector<FleetTally> kernels_of(const Fleet& fleet) {
  Tallies tallies;
  for (const FleetHost& host : fleet.hosts) {
    FleetTally& tally = tallies.add(host.kernel, host);
    if (!host.tls_state.empty()) add_word(tally.detail, "tls " + host.tls_state);
  }
  return std::move(tallies).sorted();
}

std::vector<FleetTally> libraries_of(const Fleet& fleet) {
  Tallies tallies;
  for (const FleetHost& host : fleet.hosts)
    tallies.add(host.library.empty() ? "not known" : host.library, host);
  return std::move(tallies).sorted();
}

std::vector<FleetTally> nics_of(const Fleet& fleet) {
  Tallies tallies;
  for (const FleetHost& host : fleet.hosts) {
    for (const SavedNic& nic : host.nics) {
      const std::string driver = nic.driver.empty() ? "no driver" : nic.driver;
      FleetTally& tally = tallies.add(
          nic.pci_ids.empty() ? driver : fmt::format("{} ({})", driver, nic.pci_ids), host);
      if (nic.tls_tx || nic.tls_rx)
        add_word(tally.detail, fmt::format("TLS offload on:{}{}", nic.tls_tx ? " tx" : "",
                                           nic.tls_rx ? " rx" : ""));
      for (const std::string& because : nic.tls_because) {
        // A reason may begin with the interface, whose name differs between hosts.
        std::string_view words = because;
        if (words.starts_with(nic.name)) words.remove_prefix(nic.name.size());
        add_word(tally.detail, std::string(trim(words)));
      }
    }
  }
  return std::move(tallies).sorted();
}

std::vector<FleetTally> path_reasons(const FleetGroup& group) {
  Tallies tallies;
  for (const FleetHost* host : group.hosts) {
    for (const std::string& because : host->path_because) tallies.add(because, *host);
  }
  return std::move(tallies).sorted();
}

// Hosts that ended before they read a profile have an empty name and digest, and so a group of
// their own.
std::vector<FleetGroup> profile_groups(const Fleet& fleet) {
  auto groups = group_by(all_hosts(fleet), [](const FleetHost& host) {
    return host.state.empty() ? std::string() : host.profile + "\n" + host.digest;
  });
  sort_groups(groups);
  return groups;
}

std::vector<FleetGroup> path_groups(const Fleet& fleet) {
  auto groups = group_by(all_hosts(fleet), paths_key);
  sort_groups(groups);
  std::ranges::stable_sort(
      groups, {}, [](const FleetGroup& group) { return paths_rank(*group.hosts.front()); });
  return groups;
}

FleetCounts count(const Fleet& fleet) {
  FleetCounts counts;
  counts.hosts = static_cast<int>(fleet.hosts.size());
  for (const FleetHost& host : fleet.hosts) {
    count_paths(host, counts);
    count_programs(host, counts);
    if (host.stale || host.state.empty())
      ++counts.unknown;
    else if (host.state == "in sync")
      ++counts.in_sync;
    else if (host.state == "drift")
      ++counts.drift;
    else if (host.state == "cannot")
      ++counts.cannot;
    else
      ++counts.failed;  // includes "path not taken"
  }
  return counts;
}

}  // namespace tuner
