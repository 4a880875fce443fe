// Kernel parameters below /proc/sys. Known ones have a row with their type in
// model/sysctl/sysctl_catalog.h; the type of any other is derived from the contents of its file.
#include "base/text.h"
#include "knobs/answers.h"
#include "knobs/desired_settings.h"
#include "knobs/knob.h"
#include "knobs/one_by_one.h"
#include "knobs/sysctl_accepts.h"
#include "model/sysctl/known_sysctls.h"
#include "model/sysctl/sysctl_catalog.h"
#include "model/sysctl/sysctl_harm.h"
#include "model/sysctl/sysctl_name.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>

namespace tuner {
namespace {

constexpr char kSysctlPrefix[] = "sysctl:";
constexpr std::string_view kSysctlRight = "root (in a network namespace CAP_NET_ADMIN)";

bool sysctl_wanted(const Profile& profile) {
  return !profile.sysctl.empty();
}

// The kernel rounds the number and shows the rounded one, so that becomes the goal.
void round_goal(const SysctlRow& row, DesiredSetting& desired) {
  const Goal asked = desired.setting.goal;
  desired.setting.goal = reachable(row, asked);
  if (desired.setting.goal != asked)
    desired.because = fmt::format("the kernel rounds {} to a power of two", to_text(asked.value));
}

DesiredSetting desired_sysctl(const NamedSetting& named) {
  DesiredSetting desired{.setting = named.setting};
  const auto name = canonical_sysctl_name(named.name);
  const auto path = sysctl_path(named.name);
  desired.subject = {.knob = "sysctl",
                     .key = "sysctl:" + name.value_or(named.name),
                     .name = name.value_or(named.name),
                     .place = path.value_or("")};
  if (!path) desired.unsupported = path.error().text;
  // [5] and 5 are the same to the kernel.
  Value& goal = desired.setting.goal.value;
  if (const auto* list = std::get_if<Integers>(&goal); list != nullptr && list->size() == 1)
    goal = std::int64_t{list->front()};
  if (const SysctlRow* const row = find_sysctl(desired.subject.name)) round_goal(*row, desired);
  return desired;
}

std::optional<Subject> sysctl_of_key(std::string_view name) {
  const auto path = sysctl_path(name);
  // The key comes from the journal. Only the canonical spelling is accepted, so that one sysctl has
  // one subject.
  if (!path || canonical_sysctl_name(name) != std::string(name)) return std::nullopt;
  return Subject{.knob = "sysctl",
                 .key = kSysctlPrefix + std::string(name),
                 .name = std::string(name),
                 .place = *path};
}

std::vector<DesiredSetting> expand_sysctl(const Profile& profile, const Facts& /*facts*/,
                                          std::vector<std::string>& notes) {
  DesiredSettings desired_settings(notes);
  for (const NamedSetting& named : profile.sysctl) desired_settings.add(desired_sysctl(named));
  return desired_settings.take();
}

bool all_digits(std::string_view field) {
  if (field.starts_with('-')) field.remove_prefix(1);
  return !field.empty() && field.find_first_not_of("0123456789") == std::string_view::npos;
}

// "4096\t131072\t6291456\n", "1\n", "cubic\n".
Observation typed(std::string_view text, const SysctlRow* row) {
  const bool word = row != nullptr && row->type == SysctlRow::Type::Word;
  const auto fields = split_whitespace(text);
  const bool numbers = !fields.empty() && std::ranges::all_of(fields, all_digits);
  if (word || (row == nullptr && !numbers)) return {.value = std::string(trim(text))};
  if (!numbers) return unreadable(fmt::format("holds '{}', not a number", trim(text)));
  Integers integers;
  for (const std::string_view field : fields) {
    const auto integer = parse_integer(field);
    if (!integer)  // some reach 2^64 - 1, such as kernel.shmmax
      return unsupported(fmt::format(
          "holds {}, which is outside the range of signed 64-bit integers; left alone", field));
    integers.push_back(*integer);
  }
  if (integers.size() == 1) return {.value = integers.front()};
  return {.value = std::move(integers)};
}

// net/core/sysctl_net_core.c registers most of net.core for the initial network namespace only.
// In every kernel dev_weight is one of these, and somaxconn exists in each namespace.
bool in_other_namespace(const FileTree& files) {
  return files.exists("/proc/sys/net/core/somaxconn") &&
         !files.exists("/proc/sys/net/core/dev_weight");
}

std::optional<std::string> nearest_sysctl(const FileTree& files, const Subject& subject) {
  std::vector<std::string> names;
  const auto siblings = files.list(subject.place.substr(0, subject.place.rfind('/')));
  const std::string folder = subject.name.substr(0, subject.name.rfind('.') + 1);
  if (siblings) {
    for (const std::string& sibling : *siblings) names.push_back(folder + sibling);
  }
  for (const SysctlRow& row : sysctl_catalog()) names.emplace_back(row.name);
  const std::vector<std::string_view> candidates(names.begin(), names.end());
  auto near = nearest(subject.name, candidates);
  if (near && is_never_suggested(*near)) return std::nullopt;  // and no less similar name instead
  return near;
}

// "eth0" of net.ipv4.conf.eth0.rp_filter if the kernel has such settings but no folder for this
// interface.
std::optional<std::string> missing_interface(const FileTree& files, const Subject& subject) {
  const std::string folder = subject.place.substr(0, subject.place.rfind('/'));
  const std::string of_all = folder.substr(0, folder.rfind('/')) + "/default";
  const bool of_interfaces = sysctl_name_matches("net.*.conf.*.*", subject.name) ||
                             sysctl_name_matches("net.*.neigh.*.*", subject.name);
  if (!of_interfaces || files.exists(folder) || !files.exists(of_all)) return std::nullopt;
  return folder.substr(folder.rfind('/') + 1);
}

Observation missing_known(const Subject& subject, const KnownSysctl& known) {
  const std::string hint = known.module.empty()
                               ? std::string()
                               : fmt::format("its module adds it: modprobe {}", known.module);
  return unsupported(
      fmt::format("this kernel has no sysctl {}, which {}", subject.name, to_text(known)), hint);
}

Observation missing(const FileTree& files, const Subject& subject) {
  const auto known = known_sysctl(subject.name);
  if (known && subject.name.starts_with("net.core.") && in_other_namespace(files))
    return unsupported(
        fmt::format("{} exists only in the initial network namespace; this process is in another",
                    subject.name),
        "run it on the host, outside the container");
  if (const auto nic = missing_interface(files, subject))
    return unsupported(fmt::format("there is no interface {} here", *nic));
  if (known) return missing_known(subject, *known);
  const std::string reason = fmt::format("this kernel has no sysctl {}", subject.name);
  if (const auto near = nearest_sysctl(files, subject))
    return unsupported(fmt::format("{}; the nearest name is {}", reason, *near));
  return unsupported(reason, "it may belong to a module that is not loaded");
}

Observation observe_sysctl(const Host& host, const Subject& subject) {
  const auto text = host.files().read(subject.place);
  if (text) return typed(*text, find_sysctl(subject.name));
  if (text.error().fault == Fault::NotFound) return missing(host.files(), subject);
  // "net.ipv4" names a folder of /proc/sys.
  if (text.error().errno_value == EISDIR)
    return unsupported(subject.name + " is a group of sysctls, not a single one",
                       fmt::format("sysctl {} lists them", subject.name));
  return unreadable(text.error(), "root");
}

std::string kernel_text(const Value& value) {
  if (const auto* list = std::get_if<Integers>(&value))
    return fmt::format("{}", fmt::join(*list, " "));
  return to_text(value);
}

std::size_t count_of(const Value& value) {
  const auto* list = std::get_if<Integers>(&value);
  return list == nullptr ? 1 : list->size();
}

// The kernel accepts three numbers for a file of one, and one for a file of three, without an
// error.
Outcome same_count(const Host& host, const Change& change) {
  const Observation now = observe_sysctl(host, change.subject);
  if (now.availability != Observation::Availability::Available ||
      count_of(now.value) == count_of(change.value))
    return {};
  return fail(
      Fault::Invalid,
      fmt::format("{} has {} number(s), the value to write ({}) has {}", change.subject.name,
                  count_of(now.value), to_text(change.value), count_of(change.value)),
      "write as many numbers in the profile as the kernel shows");
}

std::string invalid_hint(const SysctlRow* row) {
  if (row == nullptr || row->type == SysctlRow::Type::Word)
    return "the kernel does not accept this value: out of range, or not one of its choices";
  return fmt::format("this kernel's range may be narrower than {} to {}", row->min, row->max);
}

Error explain_sysctl(const Host& host, const Change& change, Error error) {
  // ENOENT on a file that exists: no such congestion control or queueing discipline.
  if (error.fault == Fault::NotFound && host.files().exists(change.subject.place)) {
    error.fault = Fault::Unsupported;
    error.hint = fmt::format("this kernel does not have '{}', or its module is not loaded",
                             to_text(change.value));
  } else if (error.fault == Fault::Invalid) {
    error.hint = invalid_hint(find_sysctl(change.subject.name));
  }
  return write_error(change.subject, change.value, std::move(error), kSysctlRight);
}

Outcome write_sysctl(Host& host, const Change& change) {
  TRY(same_count(host, change));
  auto written = host.files().write(change.subject.place, kernel_text(change.value));
  if (!written) return fail(explain_sysctl(host, change, written.error()));
  return {};
}

}  // namespace

Knob sysctl_knob() {
  return {.info = {.name = "sysctl",
                   .phase = Phase::Sysctls,
                   .doc = "Kernel parameters: socket and TCP buffers, queueing, and any other file "
                          "below /proc/sys.",
                   .in_profile = "sysctl",
                   .reads = "/proc/sys/…",
                   .writes = "/proc/sys/…",
                   .capability = kSysctlRight,
                   .needs = FactNeed::None},
          .wanted = sysctl_wanted,
          .expand = expand_sysctl,
          .observe = observe_sysctl,
          .write = one_by_one<write_sysctl>,
          .locate = located_by_key<sysctl_of_key, kSysctlPrefix>,
          .takes = sysctl_accepts};
}

}  // namespace tuner
