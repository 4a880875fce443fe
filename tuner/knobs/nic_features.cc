// Ethtool features of NICs, including TLS offload. The requested state is written and restored; a
// goal is met only if the feature is also active.
#include "base/text.h"
#include "knobs/answers.h"
#include "knobs/desired_settings.h"
#include "knobs/feature_reasons.h"
#include "knobs/knob.h"
#include "knobs/no_subject.h"
#include "knobs/recorded_key.h"
#include "knobs/select_nics.h"
#include "model/nic_drivers.h"
#include "model/offload.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace tuner {
namespace {

constexpr std::string_view kNicFeaturesRight = "CAP_NET_ADMIN";

bool nic_features_wanted(const Profile& profile) {
  return std::ranges::any_of(profile.nics,
                             [](const NicEntry& entry) { return !entry.features.empty(); });
}

std::string feature_of(const Subject& subject) {
  return subject.key.substr(subject.key.rfind('/') + 1);
}

bool wanted_state(const Setting& setting) {
  const auto* goal = std::get_if<bool>(&setting.goal.value);
  return goal != nullptr && *goal;
}

// mlx5e_safe_reopen_channels(): switching TLS receive offload reopens all channels. Other features
// act on new connections only.
Disruption disruption(const Nic& nic, const Subject& subject) {
  const NicDriverRow* row = find_nic_driver(nic.driver);
  const bool reopens = row != nullptr && row->rx_reopens_channels &&
                       feature_of(subject) == tls_direction_feature(TlsDirection::Rx);
  return reopens ? Disruption::ChannelReopen : Disruption::NewConnections;
}

Subject nic_features_subject(const Nic& nic, std::string_view feature) {
  return {.knob = "nic_features",
          .key = fmt::format("feature:{}/{}", nic.key(), feature),
          .name = fmt::format("{}/{}", nic.name, feature),
          .place = nic.name,
          .group = nic.name,
          .device = nic.key()};
}

void add_entry(const NicEntry& entry, const Facts& facts, DesiredSettings& desired_settings,
               std::vector<std::string>& notes) {
  const auto selected = select_nics(entry.select, facts);
  if (selected.empty()) {
    std::vector<DesiredSetting> unmatched;
    add_unmatched("nic_features", entry, entry.features, facts, unmatched, notes);
    for (DesiredSetting& desired : unmatched) desired_settings.add(std::move(desired));
  }
  for (const SelectedNic& one : selected) {
    for (const NamedSetting& named : entry.features) {
      desired_settings.add(
          {.subject = nic_features_subject(*one.nic, named.name),
           .setting = named.setting,
           .because = one.via.empty() ? "" : fmt::format("selected through {}", one.via),
           .unsupported =
               why_unsupported(*one.nic, named.name, wanted_state(named.setting), facts.kernel)});
    }
  }
}

bool wants_offload(const DesiredSetting& desired) {
  const std::string name = feature_of(desired.subject);
  return desired.unsupported.empty() && wanted_state(desired.setting) &&
         (name == tls_direction_feature(TlsDirection::Tx) ||
          name == tls_direction_feature(TlsDirection::Rx));
}

// Upper devices decide whether TLS connections reach the NIC. They are reported in notes and never
// changed: bonds always, a VLAN or bridge only if it carries the default route.
void note_uppers(const Nic& nic, const Facts& facts, std::set<std::string>& reported,
                 std::vector<std::string>& notes) {
  for (const Nic* upper : facts.stack_on(nic)) {
    if (upper == &nic || (upper->kind != "bond" && !upper->carries_default_route)) continue;
    for (const OffloadReason& reason : why_upper_blocks(*upper, facts)) {
      std::string note = fmt::format("nic_features: {}", to_text(reason));
      if (reported.insert(note).second) notes.push_back(std::move(note));
    }
  }
}

// Marks those of one NIC's settings as blocked that cannot take effect even if all are written.
void find_blocked(const Nic& nic, std::span<DesiredSetting> desired_settings) {
  std::map<std::string, bool> wanted;
  for (const DesiredSetting& desired : desired_settings)
    wanted.emplace(feature_of(desired.subject), wanted_state(desired.setting));
  for (DesiredSetting& desired : desired_settings) {
    if (desired.unsupported.empty())
      desired.blocked = why_blocked(nic, feature_of(desired.subject), wanted);
  }
}

std::vector<DesiredSetting> expand_nic_features(const Profile& profile, const Facts& facts,
                                                std::vector<std::string>& notes) {
  DesiredSettings desired_settings(notes);
  for (const NicEntry& entry : profile.nics) {
    if (!entry.features.empty()) add_entry(entry, facts, desired_settings, notes);
  }
  std::vector<DesiredSetting> all = grouped_by_nic(desired_settings.take(), facts);
  std::set<std::string> reported(notes.begin(), notes.end());
  for (auto from = all.begin(); from != all.end();) {
    const auto end = std::find_if(from, all.end(), [&](const DesiredSetting& desired) {
      return desired.subject.group != from->subject.group;
    });
    const std::span<DesiredSetting> own(from, end);
    from = end;
    const Nic* nic = facts.nic(own.front().subject.group);
    if (nic == nullptr) continue;  // settings without a subject
    find_blocked(*nic, own);
    if (std::ranges::any_of(own, wants_offload)) note_uppers(*nic, facts, reported, notes);
  }
  return all;
}

std::string driver_of(const FileTree& files, std::string_view nic) {
  const auto driver = files.resolve(fmt::format("/sys/class/net/{}/device/driver", nic));
  return driver ? driver->substr(driver->rfind('/') + 1) : "";
}

Observation unknown_feature(const NicFeatures& features, const std::string& name) {
  std::vector<std::string_view> names;
  for (const auto& known : features) names.push_back(known.first);
  const auto near = nearest(name, names);
  return unsupported(fmt::format("this kernel has no NIC feature {}", name),
                     near ? fmt::format("the nearest name is {}", *near) : "");
}

Observation observe_nic_features(const Host& host, const Subject& subject) {
  const std::string name = feature_of(subject);
  const auto features = host.nics().features(subject.place);
  if (!features) {
    if (features.error().fault == Fault::NotFound)
      return unsupported(fmt::format("interface {} no longer exists", subject.place));
    return unreadable(features.error(), kNicFeaturesRight);
  }
  const auto found = features->find(name);
  if (found == features->end()) return unknown_feature(*features, name);
  const NicFeature& feature = found->second;
  const std::string driver = driver_of(host.files(), subject.place);
  if (feature.fixed)
    return {.value = feature.active, .reason = fixed_reason(driver, feature.active)};
  // The kernel drops requests that it cannot grant, without an error (net/core/dev.c,
  // netdev_fix_features()). check once called that in sync while the CPU encrypted.
  if (feature.requested == feature.active) return {.value = feature.requested};
  const Nic nic{.name = subject.place, .driver = driver, .features = *features};
  return {.value = feature.requested,
          .in_effect = Value{feature.active},
          .reason = why_not_in_effect(nic, name)};
}

// Fails for a fixed feature: the kernel would accept the request, ignore it and report no error.
Outcome refuse_fixed(const Host& host, const Change& change) {
  const std::string name = feature_of(change.subject);
  // Before Linux 5.9 ethtool netlink even switched such a feature on, and it then showed as "on
  // [fixed]" (net/ethtool/features.c).
  const auto features = host.nics().features(change.subject.place);
  if (!features || !features->contains(name) || !features->find(name)->second.fixed) return {};
  return fail(Fault::Unsupported,
              fmt::format("{} cannot be set to {}: {}", change.subject.name, to_text(change.value),
                          fixed_reason(driver_of(host.files(), change.subject.place),
                                       features->find(name)->second.active)));
}

std::vector<Outcome> write(Host& host, std::span<const Change> changes) {
  std::vector<Outcome> outcomes;
  std::vector<FeatureChange> message;
  for (const Change& change : changes) {
    outcomes.push_back(refuse_fixed(host, change));
    const auto* on = std::get_if<bool>(&change.value);
    if (outcomes.back()) message.push_back({feature_of(change.subject), on != nullptr && *on});
  }
  if (message.empty()) return outcomes;
  // One message for all features of the NIC: the kernel calls __netdev_update_features() once, so
  // features that depend on each other are never half set (net/ethtool/features.c).
  const Outcome written = host.nics().set_features(changes.front().subject.place, message);
  if (written) return outcomes;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (outcomes[i])
      outcomes[i] = fail(
          write_error(changes[i].subject, changes[i].value, written.error(), kNicFeaturesRight));
  }
  return outcomes;
}

std::optional<Subject> locate_nic_features(const Subject& recorded, const Facts& facts) {
  const std::string feature = feature_of(recorded);
  for (const Nic* nic : nics_in_key(recorded.key, "feature:", facts)) {
    if (Subject today = nic_features_subject(*nic, feature); today.key == recorded.key)
      return today;
  }
  return std::nullopt;
}

}  // namespace

Knob nic_features_knob() {
  return {.info = {.name = "nic_features",
                   .phase = Phase::Features,
                   .doc = "Offload features of NICs under the kernel's names, such as "
                          "tls-hw-tx-offload. They act on new connections only, and count as "
                          "on only if they are active.",
                   .in_profile = "nics[].features",
                   .reads = "ethtool netlink, FEATURES_GET",
                   .writes = "ethtool netlink, FEATURES_SET, one message per NIC",
                   .capability = kNicFeaturesRight,
                   .needs = FactNeed::Nics | FactNeed::NicFeatures,
                   .needs_for_notes = FactNeed::Kernel},
          .wanted = nic_features_wanted,
          .expand = expand_nic_features,
          .observe = observe_nic_features,
          .write = write,
          .disruption = disruption,
          .locate = locate_nic_features};
}

}  // namespace tuner
