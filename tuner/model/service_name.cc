#include "model/service_name.h"

#include "base/text.h"

namespace tuner {

std::string_view control_group(std::string_view proc_cgroup) {
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

}  // namespace tuner
