#include "knobs/nic_shape.h"

#include "base/text.h"
#include "knobs/answers.h"
#include "knobs/desired_settings.h"
#include "knobs/no_subject.h"
#include "knobs/recorded_key.h"
#include "knobs/select_nics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tuner {
namespace {

constexpr std::string_view kNicShapeRight = "CAP_NET_ADMIN";

Subject nic_shape_subject(const ShapeFamily& family, const Nic& nic, std::string_view parameter) {
  return {.knob = std::string(family.knob),
          .key = fmt::format("{}:{}/{}", nic_shape_name(family.shape), nic.key(), parameter),
          .name = fmt::format("{}/{}", nic.name, parameter),
          .place = nic.name,
          .group = nic.name,
          .device = nic.key()};
}

bool is_switch(std::string_view parameter) {
  return parameter.starts_with("adaptive-");
}

Value parameter_value(std::string_view parameter, std::int64_t number) {
  if (is_switch(parameter)) return number != 0;
  return number;
}

std::int64_t number_of(const Value& value) {
  if (const auto* on = std::get_if<bool>(&value)) return *on ? 1 : 0;
  const auto* number = std::get_if<std::int64_t>(&value);
  return number == nullptr ? 0 : *number;
}

std::string names_of(const NicParameters& parameters) {
  std::vector<std::string> names;
  for (const auto& known : parameters) names.push_back(known.first);
  return join(names, ", ");
}

std::string lacks(std::string_view driver, NicShape shape, std::string_view parameter,
                  const NicParameters& has) {
  const std::string what = driver.empty() ? "its driver" : fmt::format("driver {}", driver);
  if (has.empty()) return fmt::format("{} has no {} to set", what, nic_shape_name(shape));
  return fmt::format("{} has no {} {}, only {}", what, nic_shape_name(shape), parameter,
                     names_of(has));
}

// Checks a number against the driver's minimum. An at-least goal below the minimum is met by any
// ring that the driver makes.
void check_minimum(const ShapeFamily& family, const Nic& nic, std::string_view parameter,
                   std::int64_t number, DesiredSetting& desired) {
  const auto row = std::ranges::find_if(family.minima, [&](const ShapeMinimum& one) {
    return one.driver == nic.driver && one.parameter == parameter;
  });
  const Goal::Op op = desired.setting.goal.op;
  if (row == family.minima.end() || number >= row->least || op == Goal::Op::AtLeast) return;
  if (row->refuses || op == Goal::Op::AtMost)
    desired.unsupported = fmt::format("driver {} accepts no less than {}", nic.driver, row->least);
  else
    desired.because = fmt::format("driver {} raises it to its minimum {}", nic.driver, row->least);
}

// Turns the goal into a number for this NIC, or sets `unsupported` to the reason why it cannot.
void resolve_goal(const ShapeFamily& family, const Facts& facts, const Nic& nic,
                  const NamedSetting& named, DesiredSetting& desired) {
  const NicParameters& has = nic.shape(family.shape);
  const auto parameter = has.find(named.name);
  if (parameter == has.end()) {
    desired.unsupported = lacks(nic.driver, family.shape, named.name, has);
    return;
  }
  Value& goal = desired.setting.goal.value;
  const auto maximum = parameter->second.maximum;
  if (const auto* word = std::get_if<std::string>(&goal)) {
    Resolved resolved = family.resolve(facts, nic, parameter->second, *word);
    if (!resolved.number) {
      desired.unsupported = std::move(resolved.because);
      return;
    }
    goal = *resolved.number;
    desired.because = std::move(resolved.because);
  } else if (const auto* number = std::get_if<std::int64_t>(&goal); number != nullptr) {
    check_minimum(family, nic, named.name, *number, desired);
    if (!maximum || *number <= *maximum) return;
    // A limit above the driver's maximum is always met.
    if (desired.setting.goal.op == Goal::Op::AtMost)
      desired.because =
          fmt::format("{} accepts at most {}, so this limit has no effect", nic.name, *maximum);
    else
      desired.unsupported = fmt::format("{} accepts at most {}", nic.name, *maximum);
  }
}

void add_entry(const ShapeFamily& family, const NicEntry& entry, const Facts& facts,
               DesiredSettings& desired_settings, std::vector<std::string>& notes) {
  const auto selected = select_nics(entry.select, facts);
  if (selected.empty()) {
    std::vector<DesiredSetting> unmatched;
    add_unmatched(family.knob, entry, entry.*family.in_entry, facts, unmatched, notes);
    for (DesiredSetting& desired : unmatched) desired_settings.add(std::move(desired));
  }
  for (const SelectedNic& one : selected) {
    for (const NamedSetting& named : entry.*family.in_entry) {
      DesiredSetting desired{
          .subject = nic_shape_subject(family, *one.nic, named.name),
          .setting = named.setting,
          .because = one.via.empty() ? "" : fmt::format("selected through {}", one.via)};
      resolve_goal(family, facts, *one.nic, named, desired);
      desired_settings.add(std::move(desired));
    }
  }
}

// Parts of the kernel's extended error messages and what to do about them (net/ethtool/channels.c;
// the AF_XDP text since Linux 5.7, the memory-provider text since 6.11).
struct Refusal {
  std::string_view text;
  std::string_view next_step;
};
constexpr std::array kRefusals{
    Refusal{"indirection table",
            "the receive hash uses more queues than that: run `ethtool -X {} default`, or set a "
            "table with fewer (`ethtool -x {}` shows it)"},
    Refusal{"ntuple",
            "a filter rule sends packets to a queue beyond that: `ethtool -n {}` lists "
            "them, `ethtool -N {} delete N` removes one"},
    Refusal{"AF_XDP",
            "a program has an AF_XDP socket on a queue beyond that: `ss --xdp` names it; "
            "stop it first ({})"},
    Refusal{"memory provider",
            "a program receives into its own memory (devmem, io_uring) on a "
            "queue of {}; stop it first"},
    Refusal{"VF",
            "the driver cannot do it while virtual functions exist: write 0 to "
            "/sys/class/net/{}/device/sriov_numvfs first"},
    Refusal{"SR-IOV",
            "the driver cannot do it while virtual functions exist: write 0 to "
            "/sys/class/net/{}/device/sriov_numvfs first"},
};

Error explain_nic_shape(const Change& change, Error error) {
  const std::string& nic = change.subject.place;
  const auto known = std::ranges::find_if(kRefusals, [&](const Refusal& row) {
    return error.text.find(row.text) != std::string::npos;
  });
  if (known != kRefusals.end()) {
    // A text with fewer places for the name leaves the rest out.
    error.hint = fmt::format(fmt::runtime(known->next_step), nic, nic);
  } else if (error.fault == Fault::Unsupported) {
    error.hint = "the driver does not support it; remove the key from the profile for this NIC";
  }
  return write_error(change.subject, change.value, std::move(error), kNicShapeRight);
}

}  // namespace

bool shape_wanted(const ShapeFamily& family, const Profile& profile) {
  return std::ranges::any_of(
      profile.nics, [&](const NicEntry& entry) { return !(entry.*family.in_entry).empty(); });
}

std::vector<DesiredSetting> expand_shape(const ShapeFamily& family, const Profile& profile,
                                         const Facts& facts, std::vector<std::string>& notes) {
  DesiredSettings desired_settings(notes);
  for (const NicEntry& entry : profile.nics) {
    if (!(entry.*family.in_entry).empty()) add_entry(family, entry, facts, desired_settings, notes);
  }
  return grouped_by_nic(desired_settings.take(), facts);
}

Observation observe_shape(const ShapeFamily& family, const Host& host, const Subject& subject) {
  const std::string name = parameter_of(subject);
  // Unsupported: the driver has no such operation (EOPNOTSUPP). NotFound: the interface is gone
  // (ENODEV).
  const auto parameters = host.nics().shape(family.shape, subject.place);
  if (!parameters) {
    const Error& error = parameters.error();
    if (error.fault == Fault::NotFound)
      return unsupported(fmt::format("interface {} no longer exists", subject.place));
    if (error.fault == Fault::Unsupported) return unsupported(lacks("", family.shape, name, {}));
    return unreadable(error, kNicShapeRight);
  }
  const auto found = parameters->find(name);
  if (found == parameters->end()) return unsupported(lacks("", family.shape, name, *parameters));
  return {.value = parameter_value(name, found->second.value)};
}

std::vector<Outcome> write_shape(const ShapeFamily& family, Host& host,
                                 std::span<const Change> changes) {
  std::vector<ParameterChange> message;
  // One message per NIC: most drivers close and open all queues for each.
  for (const Change& change : changes)
    message.push_back({parameter_of(change.subject), number_of(change.value)});
  const Outcome written =
      host.nics().set_shape(family.shape, changes.front().subject.place, message);
  std::vector<Outcome> outcomes;
  for (const Change& change : changes)
    outcomes.push_back(written ? Outcome{}
                               : Outcome(fail(explain_nic_shape(change, written.error()))));
  return outcomes;
}

std::optional<Subject> locate_shape(const ShapeFamily& family, const Subject& recorded,
                                    const Facts& facts) {
  const std::string parameter = parameter_of(recorded);
  const std::string prefix = fmt::format("{}:", nic_shape_name(family.shape));
  for (const Nic* nic : nics_in_key(recorded.key, prefix, facts)) {
    if (Subject today = nic_shape_subject(family, *nic, parameter); today.key == recorded.key)
      return today;
  }
  return std::nullopt;
}

std::string parameter_of(const Subject& subject) {
  return subject.key.substr(subject.key.rfind('/') + 1);
}

Resolved resolve_max(const Facts& /*facts*/, const Nic& nic, const NicParameter& parameter,
                     std::string_view /*word*/) {
  if (!parameter.maximum)
    return {.because = fmt::format("driver {} does not report its maximum", nic.driver)};
  return {.number = parameter.maximum,
          .because = fmt::format("the maximum of driver {}", nic.driver)};
}

Disruption reopening(const Nic& nic, const Subject& /*subject*/) {
  // mlx5 switches to new channels while the port stays up, and virtio_net has no port. Every other
  // driver counts as one that takes the link down.
  const bool keeps_link = nic.driver == "mlx5_core" || nic.driver == "virtio_net";
  return keeps_link ? Disruption::ChannelReopen : Disruption::LinkFlap;
}

}  // namespace tuner
