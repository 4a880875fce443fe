#include "model/programs/service_name.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {

std::string_view control_group(std::string_view proc_cgroup) {
  // Version 2 has one line, version 1 one of each hierarchy, of which systemd's own has the unit
  // (cgroups(7)).
  std::string_view of_systemd;
  for (const std::string_view line : lines(proc_cgroup)) {
    constexpr std::string_view kV2 = "0::";
    constexpr std::string_view kSystemd = ":name=systemd:";
    if (line.starts_with(kV2)) return line.substr(kV2.size());
    if (const auto at = line.find(kSystemd); at != std::string_view::npos)
      of_systemd = line.substr(at + kSystemd.size());
  }
  return of_systemd;
}

std::string service_name(std::string_view control_group) {
  std::string_view found;
  while (!control_group.empty()) {
    const auto end = control_group.find('/');
    const std::string_view part = control_group.substr(0, end);
    // The innermost counts: services of a user are below that of the user's manager,
    // user@1000.service.
    if (part.ends_with(".service") || part.ends_with(".scope")) found = part;
    if (end == std::string_view::npos) break;
    control_group.remove_prefix(end + 1);
  }
  return std::string(found);
}

std::string service_series(std::string_view service) {
  const bool is_scope = service.ends_with(".scope");
  const bool is_transient = service.starts_with("run-") && service.ends_with(".service");
  const auto dash = service.rfind('-');
  if ((!is_scope && !is_transient) || dash == std::string_view::npos) return std::string(service);
  return std::string(service.substr(0, dash + 1)) + "*" +
         std::string(service.substr(service.rfind('.')));
}

std::optional<std::string> service_unit(std::string_view name) {
  constexpr std::string_view kEnding = ".service";
  constexpr std::size_t kLongest = 200;  // as in the format's pattern; systemd's limit is 255
  constexpr std::string_view kSigns = ":_.@-";
  if (name.ends_with(kEnding)) name.remove_suffix(kEnding.size());
  const bool plain = std::ranges::all_of(name, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kSigns.find(c) != std::string_view::npos;
  });
  // "." and ".." would be folders; "x@" is the template of instances, which is never started.
  if (name.empty() || name.size() > kLongest || !plain || name.starts_with('.') ||
      name.ends_with('@'))
    return std::nullopt;
  return fmt::format("{}{}", name, kEnding);
}

}  // namespace tuner
