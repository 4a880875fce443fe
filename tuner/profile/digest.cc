#include "base/fnv.h"
#include "profile/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace tuner {
namespace {

// Adds the length of the list first. Without it, moving an entry from one list to the next would
// not change the digest.
template <typename T, typename Add>
void add_all(Fnv& fnv, std::string_view what, const std::vector<T>& list, Add add) {
  fnv.add(fmt::format("{} {}", what, list.size()));
  for (const T& one : list) add(one);
}

void add(Fnv& fnv, const Setting& setting) {
  const Value& value = setting.goal.value;
  fnv.add(
      fmt::format("{} {} {}", op_name(setting.goal.op), value.index(), need_name(setting.need)));
  fnv.add(to_text(value));
  // Added only if set, so that digests of earlier releases stay valid.
  if (setting.allow_unlisted) fnv.add("allow_unlisted");
}

void add(Fnv& fnv, const std::optional<Setting>& setting) {
  fnv.add(setting ? "set" : "unset");
  if (setting) add(fnv, *setting);
}

void add(Fnv& fnv, std::string_view what, std::vector<NamedSetting> settings) {
  std::ranges::sort(settings, {}, &NamedSetting::name);
  add_all(fnv, what, settings, [&](const NamedSetting& one) {
    fnv.add(one.name);
    add(fnv, one.setting);
  });
}

void add(Fnv& fnv, std::string_view what, std::vector<std::string> words) {
  std::ranges::sort(words);
  add_all(fnv, what, words, [&](const std::string& word) { fnv.add(word); });
}

void add(Fnv& fnv, std::string_view what, std::vector<int> numbers) {
  std::ranges::sort(numbers);
  add_all(fnv, what, numbers, [&](int number) { fnv.add(fmt::format("{}", number)); });
}

void add(Fnv& fnv, const NicEntry& nic) {
  fnv.add(fmt::format("{:d} {:d}", nic.select.any_physical, nic.select.carries_default_route));
  add(fnv, "name", nic.select.names);
  add(fnv, "driver", nic.select.drivers);
  add(fnv, "numa_node", nic.select.numa_nodes);
  // Added only if set, so that digests of earlier releases stay valid.
  if (nic.select.if_present) fnv.add("if_present");
  add(fnv, nic.irq_placement);
  add(fnv, nic.xps);
  add(fnv, nic.rps);
  add(fnv, "features", nic.features);
  add(fnv, "channels", nic.channels);
  add(fnv, "rings", nic.rings);
  add(fnv, "coalesce", nic.coalesce);
}

void add(Fnv& fnv, const CpuEntry& cpus) {
  fnv.add(fmt::format("{}", static_cast<int>(cpus.nodes)));
  add(fnv, "nodes", cpus.listed);
  add(fnv, cpus.governor);
  add(fnv, cpus.epp);
}

void add(Fnv& fnv, const PathExpectation& path) {
  fnv.add(tls_version_name(path.version));
  std::vector<std::string> ciphers;
  for (const TlsCipher cipher : path.ciphers) ciphers.emplace_back(tls_cipher_name(cipher));
  add(fnv, "cipher", std::move(ciphers));
  fnv.add(expected_path_name(path.tx));
  fnv.add(expected_path_name(path.rx));
}

}  // namespace

std::string profile_digest(const Profile& profile) {
  Fnv fnv;
  fnv.add(profile.name);
  add(fnv, "modules", profile.modules);
  add(fnv, "sysctl", profile.sysctl);
  add_all(fnv, "nics", profile.nics, [&](const NicEntry& nic) { add(fnv, nic); });
  add_all(fnv, "cpus", profile.cpus, [&](const CpuEntry& cpus) { add(fnv, cpus); });
  add(fnv, profile.irqbalance);
  add_all(fnv, "expect", profile.expect, [&](const PathExpectation& path) { add(fnv, path); });
  return fnv.hex();
}

}  // namespace tuner
