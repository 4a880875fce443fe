#include "support/kernel_manners.h"

#include "base/cpu_set.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdint>

namespace tuner::testing {
namespace {

// "4096\t131072\t6291456\n": proc_dointvec prints tabs, accepts blanks, keeps elements that are not
// written, and returns EINVAL for anything but integers (kernel/sysctl.c).
Result<std::string> write_sysctl(const std::string& before, std::string_view text) {
  const auto old_fields = split_whitespace(before);
  const auto is_integer = [](std::string_view f) { return parse_integer(f).has_value(); };
  if (old_fields.empty() || !std::ranges::all_of(old_fields, is_integer))
    return with_newline(trim(text));
  const auto fields = split_whitespace(text);
  if (fields.empty() || !std::ranges::all_of(fields, is_integer))
    return fail(answer(EINVAL, "write"));
  std::vector<std::string> result(old_fields.begin(), old_fields.end());
  for (std::size_t i = 0; i < std::min(fields.size(), result.size()); ++i)
    result[i] = std::string(fields[i]);
  return join(result, "\t") + "\n";
}

Result<std::string> write_affinity(const FakeState& state, std::string_view text) {
  const auto wanted = CpuSet::parse_list(text);
  const auto online = CpuSet::parse_list(state.files.at("/sys/devices/system/cpu/online"));
  if (!wanted || !online || (*wanted & *online).empty()) return fail(answer(EINVAL, "write"));
  return wanted->to_list() + "\n";
}

CpuSet list_in(const FakeState& state, std::string_view file) {
  const auto text = state.files.find(fmt::format("/sys/devices/system/cpu/{}", file));
  return text == state.files.end() ? CpuSet() : CpuSet::parse_list(text->second).value_or(CpuSet());
}

// "00000000,0000000f": one bit for each possible CPU (bitmap_print_to_pagebuf).
std::string wide_mask(const FakeState& state, const CpuSet& cpus) {
  const int bits = std::max(list_in(state, "possible").last(), 0) + 1;
  std::string mask;
  for (int group = (bits - 1) / 32; group >= 0; --group) {
    std::uint32_t word = 0;
    for (int bit = 0; bit < 32; ++bit) {
      if (cpus.contains(group * 32 + bit)) word |= 1U << bit;
    }
    mask += fmt::format("{}{:08x}", mask.empty() ? "" : ",", word);
  }
  const int digits = (bits % 32 + 3) / 4;  // of the first group, which may have fewer than 32 bits
  return digits == 0 ? mask : mask.substr(static_cast<std::size_t>(8 - digits));
}

// bitmap_parse: EINVAL for a malformed mask, EOVERFLOW for impossible CPUs.
Result<CpuSet> parsed_mask(const FakeState& state, std::string_view text) {
  const auto cpus = CpuSet::parse_mask(trim(text));
  if (!cpus) return fail(answer(EINVAL, "write"));
  if (cpus->last() > list_in(state, "possible").last()) return fail(answer(EOVERFLOW, "write"));
  return *cpus;
}

// Whether the folder ".../queues/tx-N" is the only transmit queue (netif_is_multiqueue is false).
bool is_only_queue(const FakeState& state, const std::string& folder) {
  const std::string queues = folder.substr(0, folder.rfind('/') + 1) + "tx-";
  for (auto file = state.files.lower_bound(queues); file != state.files.end(); ++file) {
    if (!file->first.starts_with(queues)) break;
    if (!file->first.starts_with(folder + "/")) return false;
  }
  return true;
}

// __netif_set_xps_queue (net/core/dev.c) maps online CPUs only.
Result<std::string> write_xps(const FakeState& state, const std::string& folder,
                              std::string_view text) {
  if (is_only_queue(state, folder)) return fail(answer(ENOENT, "write"));
  const auto cpus = parsed_mask(state, text);
  if (!cpus) return fail(cpus.error());
  return wide_mask(state, *cpus & list_in(state, "online")) + "\n";
}

// store_rps_map (net/core/net-sysfs.c) removes isolated and nohz_full CPUs, returns EINVAL if none
// is left, and keeps those that are online.
Result<std::string> write_rps(const FakeState& state, std::string_view text) {
  const auto cpus = parsed_mask(state, text);
  if (!cpus) return fail(cpus.error());
  const CpuSet kept = *cpus - list_in(state, "isolated") - list_in(state, "nohz_full");
  if (!cpus->empty() && kept.empty()) return fail(answer(EINVAL, "write"));
  return wide_mask(state, kept & list_in(state, "online")) + "\n";
}

// rps_flow_cnt and net.core.rps_sock_flow_entries: rounded up to a power of two; 0 is off.
Result<std::string> write_flows(std::string_view text) {
  constexpr std::int64_t kMost = 1 << 29;
  const auto count = parse_integer(trim(text));
  if (!count || *count < 0 || *count > kMost) return fail(answer(EINVAL, "write"));
  return fmt::format("{}\n", *count == 0 ? 0 : std::bit_ceil(static_cast<std::uint64_t>(*count)));
}

bool offers(const FakeState& state, const std::string& list_path, std::string_view word) {
  const auto list = state.files.find(list_path);
  return list != state.files.end() && std::ranges::count(split_whitespace(list->second), word) > 0;
}

// With the governor "performance", intel_pstate in active mode sets EPP to "performance" as well,
// and restores the old EPP afterwards (drivers/cpufreq/intel_pstate.c, intel_pstate_hwp_set).
Result<std::string> write_governor(FakeState& state, const std::string& policy,
                                   const std::string& before, std::string_view text) {
  if (!offers(state, policy + "/scaling_available_governors", trim(text)))
    return fail(answer(EINVAL, "write"));
  const auto epp = state.files.find(policy + "/energy_performance_preference");
  if (epp != state.files.end() && trim(before) != trim(text)) {
    if (trim(text) == "performance") {
      state.saved_epp[policy] = epp->second;
      epp->second = "performance\n";
    } else if (trim(epp->second) == "performance" && state.saved_epp.contains(policy)) {
      epp->second = state.saved_epp[policy];
    }
  }
  return with_newline(trim(text));
}

// While the governor is "performance", every EPP but "performance" is EBUSY (intel_pstate.c).
Result<std::string> write_epp(const FakeState& state, const std::string& policy,
                              std::string_view text) {
  const std::string_view word = trim(text);
  if (!offers(state, policy + "/energy_performance_available_preferences", word))
    return fail(answer(EINVAL, "write"));
  if (trim(state.files.at(policy + "/scaling_governor")) == "performance" && word != "performance")
    return fail(answer(EBUSY, "write"));
  return with_newline(word);
}

const WriteRule* rule_for(const FakeState& state, const std::string& path) {
  if (const auto exact = state.rules.find(path); exact != state.rules.end()) return &exact->second;
  for (const auto& [pattern, rule] : state.rules) {
    if (pattern.ends_with('*') && path.starts_with(pattern.substr(0, pattern.size() - 1)))
      return &rule;
  }
  return nullptr;
}

bool is_active(const NicFeatures& features, std::string_view name) {
  const auto feature = features.find(name);
  return feature != features.end() && feature->second.active;
}

}  // namespace

std::string with_newline(std::string_view text) {
  return text.ends_with('\n') ? std::string(text) : std::string(text) + "\n";
}

std::optional<int> kernel_read_error(const FakeState& state, const std::string& path) {
  if (!path.ends_with("/xps_cpus")) return std::nullopt;
  if (!is_only_queue(state, path.substr(0, path.rfind('/')))) return std::nullopt;
  return ENOENT;
}

Result<std::string> kernel_write(FakeState& state, const std::string& path, std::string_view text) {
  const std::string before = state.files.at(path);
  if (const WriteRule* rule = rule_for(state, path)) return (*rule)(before, text);
  const std::string folder = path.substr(0, path.rfind('/'));
  const std::string name = path.substr(folder.size() + 1);
  if (name == "rps_sock_flow_entries" || name == "rps_flow_cnt") return write_flows(text);
  if (path.starts_with("/proc/sys/")) return write_sysctl(before, text);
  if (name == "smp_affinity_list") return write_affinity(state, text);
  if (name == "xps_cpus") return write_xps(state, folder, text);
  if (name == "rps_cpus") return write_rps(state, text);
  if (name == "scaling_governor") return write_governor(state, folder, before, text);
  if (name == "energy_performance_preference") return write_epp(state, folder, text);
  return with_newline(text);
}

// netdev_fix_features (net/core/dev.c): TLS transmit offload needs transmit checksum offload,
// receive offload needs receive checksum offload. Without it the feature stays requested and
// becomes inactive.
void settle(NicFeatures& features) {
  for (auto& [name, feature] : features) {
    if (feature.supported && !feature.fixed) feature.active = feature.requested;
  }
  const bool tx_checksum =
      is_active(features, "tx-checksum-ip-generic") ||
      (is_active(features, "tx-checksum-ipv4") && is_active(features, "tx-checksum-ipv6"));
  const auto needs = [&](std::string_view name, bool met) {
    const auto feature = features.find(name);
    if (feature != features.end() && !met) feature->second.active = false;
  };
  needs("tls-hw-tx-offload", tx_checksum);
  needs("tls-hw-rx-offload", is_active(features, "rx-checksum"));
}

namespace {

std::string device_of(const FakeState& state, const std::string& nic) {
  // "/sys/class/net/eth0" -> "../../devices/pci0000:80/0000:80:00.0/0000:81:00.0/net/eth0"
  const std::string target = state.links.at("/sys/class/net/" + nic);
  const std::string inside = target.substr(target.find("devices/"));
  return "/sys/" + inside.substr(0, inside.rfind("/net/"));
}

void erase_below(FakeState& state, const std::string& folder) {
  const auto below = [&](const auto& path) { return path.starts_with(folder + "/"); };
  std::erase_if(state.files, [&](const auto& file) { return below(file.first); });
  std::erase_if(state.folders, below);
}

void add_vector(FakeState& state, const std::string& device, int irq, const std::string& action,
                const std::string& affinity) {
  const std::string number = std::to_string(irq);
  state.files[device + "/msi_irqs/" + number] = "msix\n";
  state.files["/sys/kernel/irq/" + number + "/actions"] = action + "\n";
  state.folders.insert("/proc/irq/" + number + "/" + action);
  state.files["/proc/irq/" + number + "/smp_affinity_list"] = affinity + "\n";
  const auto cpus = CpuSet::parse_list(affinity);
  state.files["/proc/irq/" + number + "/effective_affinity_list"] =
      std::to_string(cpus ? cpus->first() : 0) + "\n";
  state.files["/proc/irq/" + number + "/node"] = "1\n";
}

// Recreates interrupts and queues. The first interrupt is 24 with four channels, else 24 + 100 n
// with n channels.
void reopen(FakeState& state, const std::string& nic, std::int64_t channels) {
  const std::string device = device_of(state, nic);
  const std::string affinity = state.nics.find(nic)->second.default_affinity;
  const std::string msi = device + "/msi_irqs/";
  for (auto file = state.files.lower_bound(msi);
       file != state.files.end() && file->first.starts_with(msi);
       file = state.files.lower_bound(msi)) {
    const std::string number = file->first.substr(msi.size());
    erase_below(state, "/proc/irq/" + number);
    erase_below(state, "/sys/kernel/irq/" + number);
    state.files.erase(file);
  }
  const std::string queues = device + "/net/" + nic + "/queues";
  erase_below(state, queues);
  int irq = static_cast<int>(channels == 4 ? 24 : 24 + 100 * channels);
  for (std::int64_t queue = 0; queue < channels; ++queue, ++irq) {
    const std::string number = std::to_string(queue);
    add_vector(state, device, irq, nic + "-rxtx-" + number, affinity);
    for (const char* file : {"/rps_cpus", "/rps_flow_cnt"})
      state.files[queues + "/rx-" + number + file] = "0\n";
    for (const char* file : {"/xps_cpus", "/xps_rxqs"})
      state.files[queues + "/tx-" + number + file] = "0\n";
  }
  add_vector(state, device, irq, nic + "-event-" + std::to_string(channels), affinity);
}

std::int64_t rounded(NicShape which, std::int64_t asked) {
  if (which != NicShape::Rings) return asked;
  std::int64_t size = 64;
  while (size < asked) size *= 2;
  return size;
}

}  // namespace

Outcome driver_set(FakeState& state, std::string_view nic, NicShape which,
                   std::span<const ParameterChange> changes) {
  const auto found = state.nics.find(nic);
  if (found == state.nics.end()) return fail(answer(ENODEV, "set"));
  if (found->second.set_error) return fail(*found->second.set_error);
  const auto shape = found->second.shapes.find(which);
  if (shape == found->second.shapes.end()) return fail(answer(EOPNOTSUPP, "set"));
  for (const ParameterChange& change : changes) {
    const auto parameter = shape->second.find(change.name);
    if (parameter == shape->second.end()) return fail(answer(EOPNOTSUPP, "set"));
    if (parameter->second.maximum && change.value > *parameter->second.maximum)
      return fail(answer(EINVAL, "set (requested channel count exceeds maximum)"));
  }
  for (const ParameterChange& change : changes) {
    NicParameter& parameter = shape->second.find(change.name)->second;
    if (which == NicShape::Channels && parameter.value != change.value)
      reopen(state, std::string(nic), change.value);
    parameter.value = rounded(which, change.value);
  }
  return {};
}

}  // namespace tuner::testing
