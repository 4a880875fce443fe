#include "bench/load/kernel/memory_controllers.h"

#include "base/cpu_set.h"
#include "base/number.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace tuner {
namespace {

constexpr std::string_view kDevices = "/sys/bus/event_source/devices";

// Reads and writes: of servers, of desktops, and of those whose counters run freely
// (arch/x86/events/intel/uncore_snbep.c and uncore_snb.c). A server has counters of the last kind,
// too, with other names: each byte is counted once.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kPairs{
    {{"cas_count_read", "cas_count_write"},
     {"data_reads", "data_writes"},
     {"data_read", "data_write"}}};

tl::unexpected<Error> not_understood(std::string_view path, std::string_view text) {
  return fail(Fault::Unsupported, fmt::format("{} has '{}', which is not known", path, text));
}

Result<std::string> word_in(const FileTree& files, const std::string& path) {
  return std::string(trim(TRY(files.read(path))));
}

// "config:8-15", or "config:8" for one bit. Other fields and parts of fields are not used here.
Result<std::uint64_t> placed(const FileTree& files, const std::string& path, std::uint64_t value) {
  const std::string text = TRY(word_in(files, path));
  constexpr std::string_view kField = "config:";
  if (!text.starts_with(kField)) return not_understood(path, text);
  const auto ends = split(std::string_view(text).substr(kField.size()), '-');
  const auto first = whole_number<unsigned>(ends.front(), 0, 63);
  const auto last = whole_number<unsigned>(ends.back(), 0, 63);
  if (!first || !last || *last < *first || ends.size() > 2) return not_understood(path, text);
  const unsigned width = *last - *first + 1;
  if (width < 64 && value >> width != 0) return not_understood(path, text);
  return value << *first;
}

Result<std::uint64_t> counter_value(std::string_view text, const std::string& path) {
  const bool hexadecimal = text.starts_with("0x");
  const auto value = hexadecimal ? whole_number<std::uint64_t>(text.substr(2), 0, UINT64_MAX, 16)
                                 : whole_number<std::uint64_t>(text);
  if (!value) return not_understood(path, text);
  return *value;
}

// "event=0x04,umask=0x03", each placed as the controller's format says
// (Documentation/ABI/testing/sysfs-bus-event_source-devices-events).
Result<std::uint64_t> config_of(const FileTree& files, const std::string& device,
                                std::string_view event) {
  const std::string path = fmt::format("{}/events/{}", device, event);
  const std::string text = TRY(word_in(files, path));
  std::uint64_t config = 0;
  for (const std::string_view term : split(text, ',')) {
    const auto equals = term.find('=');
    if (equals == std::string_view::npos) return not_understood(path, text);
    const std::string format = fmt::format("{}/format/{}", device, term.substr(0, equals));
    const std::uint64_t value = TRY(counter_value(term.substr(equals + 1), path));
    config |= TRY(placed(files, format, value));
  }
  return config;
}

// 64 bytes, in MiB: 2^-14.
Outcome counts_lines(const FileTree& files, const std::string& device, std::string_view event) {
  const std::string scale = fmt::format("{}/events/{}.scale", device, event);
  const std::string unit = fmt::format("{}/events/{}.unit", device, event);
  const std::string by = TRY(word_in(files, scale));
  if (by != "6.103515625e-5") return not_understood(scale, by);
  const std::string in = TRY(word_in(files, unit));
  if (in != "MiB") return not_understood(unit, in);
  return {};
}

Result<std::vector<MemoryEvent>> events_of(
    const FileTree& files, const std::string& device,
    const std::pair<std::string_view, std::string_view>& of) {
  const std::string type = TRY(word_in(files, device + "/type"));
  const auto number = whole_number<std::uint32_t>(type);
  if (!number) return not_understood(device + "/type", type);
  const std::string mask = TRY(word_in(files, device + "/cpumask"));
  const CpuSet cpus = TRY(CpuSet::parse_list(mask));
  if (cpus.empty()) return not_understood(device + "/cpumask", "");
  std::vector<MemoryEvent> events;
  for (const std::string_view event : {of.first, of.second}) {
    TRY(counts_lines(files, device, event));
    const std::uint64_t config = TRY(config_of(files, device, event));
    for (const int cpu : cpus.members())
      events.push_back({.type = *number, .config = config, .cpu = cpu});
  }
  return events;
}

}  // namespace

Result<std::vector<MemoryEvent>> memory_events(const FileTree& files) {
  const std::vector<std::string> names = TRY(files.list(kDevices));
  for (const auto& pair : kPairs) {
    std::vector<MemoryEvent> all;
    for (const std::string& name : names) {
      const std::string device = fmt::format("{}/{}", kDevices, name);
      if (!name.starts_with("uncore_imc")) continue;
      const auto named = files.list(device + "/events");
      if (!named && is_absent(named.error())) continue;
      if (!named) return fail(named.error());
      if (std::ranges::count(*named, pair.first) == 0) continue;
      for (const MemoryEvent& event : TRY(events_of(files, device, pair))) all.push_back(event);
    }
    if (!all.empty()) return all;
  }
  return fail(
      Fault::Unsupported,
      fmt::format("this machine shows no counters of its memory controllers ({}/uncore_imc*)",
                  kDevices));
}

}  // namespace tuner
