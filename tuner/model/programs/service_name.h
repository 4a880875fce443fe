// The service of a process, by its control group. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tuner {

// The control group of a process, of the text of /proc/PID/cgroup (cgroups(7)): of cgroup v2, else
// of systemd's own v1 hierarchy. "" if the text has neither.
std::string_view control_group(std::string_view proc_cgroup);

// The unit that a control group belongs to, as systemd names its folders (systemd.slice(5)): the
// last ".service" or ".scope" of the path. So a process of a container inside a service counts as
// the container, "docker-1f….scope". "" if the path has none: not started by a service manager.
std::string service_name(std::string_view control_group);

// "nginx.service" for "nginx" and "nginx.service". nullopt: not the name of a service
// (systemd.unit(5)); names with the escape '\\' are not accepted, since OpenSSL and systemd give it
// a meaning in paths.
std::optional<std::string> service_unit(std::string_view name);

// The unit without the number or identifier of one start, for series that are kept for months:
// "session-12.scope" and "docker-1f….scope" become "session-*.scope" and "docker-*.scope", and a
// transient unit of systemd-run "run-*.service". Other names are returned unchanged.
std::string service_series(std::string_view service);

}  // namespace tuner
