// Ethtool features of NICs, TLS offload among them. What is compared is what can be set, the
// request; a request that the kernel did not make active is said, with the reason as far as it can
// be told.
#include "base/text.h"
#include "knobs/answers.h"
#include "knobs/knob.h"
#include "knobs/select_nics.h"
#include "knobs/wish_list.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

constexpr std::string_view kRight = "CAP_NET_ADMIN";

bool wanted(const Profile& profile) {
  return std::ranges::any_of(profile.nics,
                             [](const NicEntry& entry) { return !entry.features.empty(); });
}

std::string feature_of(const Subject& subject) {
  return subject.key.substr(subject.key.rfind('/') + 1);
}

// Drivers with tlsdev_ops, found by reading drivers/ of 5.10 to 7.3. mlx5_core needs a crypto model
// and no switchdev mode, nfp its crypto firmware, cxgb4 the module ch_ktls.
std::string_view tls_drivers(std::string_view feature) {
  if (feature == "tls-hw-tx-offload")
    return "; mlx5_core (ConnectX-6 Dx and later), nfp, cxgb4 (T6) and funeth can";
  if (feature == "tls-hw-rx-offload") return "; mlx5_core (ConnectX-6 Dx and later) and nfp can";
  return {};
}

std::string fixed_reason(std::string_view driver, bool is_on) {
  return fmt::format("fixed to {} by {}", is_on ? "on" : "off",
                     driver.empty() ? "its driver" : fmt::format("driver {}", driver));
}

std::string cannot_reason(std::string_view feature, std::string_view driver, bool is_on) {
  return fixed_reason(driver, is_on) + std::string(is_on ? "" : tls_drivers(feature));
}

// What facts alone tell: a fixed feature that is not as it should be.
std::string cannot(const Nic& nic, const NamedSetting& named) {
  const auto feature = nic.features.find(named.name);
  const auto* goal = std::get_if<bool>(&named.setting.goal.value);
  if (feature == nic.features.end() || goal == nullptr) return {};
  const NicFeature& now = feature->second;
  if (!now.fixed || now.active == *goal) return {};
  return cannot_reason(named.name, nic.driver, now.active);
}

// mlx5e_safe_reopen_channels: switching TLS receive offload reopens every channel.
Disruption disruption_of(const Nic& nic, std::string_view feature) {
  const bool reopens = feature == "tls-hw-rx-offload" && nic.driver == "mlx5_core";
  return reopens ? Disruption::ChannelReopen : Disruption::NewConnections;
}

Subject subject_for(const Nic& nic, std::string_view feature) {
  return {.knob = "nic_features",
          .key = fmt::format("feature:{}/{}", nic.key(), feature),
          .name = fmt::format("{}/{}", nic.name, feature),
          .place = nic.name,
          .group = nic.name,
          .device = nic.key()};
}

void add_entry(const NicEntry& entry, const Facts& facts, WishList& wishes,
               std::vector<std::string>& notes) {
  const auto selected = select_nics(entry.select, facts);
  if (selected.empty())
    notes.push_back(fmt::format("nic_features: no NIC here matches {} ({})", to_text(entry.select),
                                to_text(entry.origin)));
  for (const SelectedNic& one : selected) {
    for (const NamedSetting& named : entry.features) {
      wishes.add({.subject = subject_for(*one.nic, named.name),
                  .setting = named.setting,
                  .because = one.via.empty() ? "" : fmt::format("{} stands for it", one.via),
                  .disruption = disruption_of(*one.nic, named.name),
                  .unsupported = cannot(*one.nic, named)});
    }
  }
}

std::vector<Wish> expand(const Profile& profile, const Facts& facts,
                         std::vector<std::string>& notes) {
  WishList wishes(notes);
  for (const NicEntry& entry : profile.nics) {
    if (!entry.features.empty()) add_entry(entry, facts, wishes, notes);
  }
  // One message a NIC: what belongs together stands together, else in the profile's order.
  std::vector<Wish> all = wishes.take();
  std::vector<Wish> grouped;
  for (const Nic& nic : facts.nics) {
    for (Wish& wish : all) {
      if (wish.subject.group == nic.name) grouped.push_back(std::move(wish));
    }
  }
  return grouped;
}

bool is_active(const NicFeatures& features, std::string_view name) {
  const auto feature = features.find(name);
  return feature != features.end() && feature->second.active;
}

// netdev_fix_features (net/core/dev.c) drops TLS offload without checksum offload, at debug log
// level only.
std::string not_active_reason(const NicFeatures& features, std::string_view nic,
                              std::string_view feature) {
  const bool tx_checksum =
      is_active(features, "tx-checksum-ip-generic") ||
      (is_active(features, "tx-checksum-ipv4") && is_active(features, "tx-checksum-ipv6"));
  if (feature == "tls-hw-tx-offload" && !tx_checksum)
    return fmt::format("tx checksum offload is off; ethtool -K {} tx on", nic);
  if (feature == "tls-hw-rx-offload" && !is_active(features, "rx-checksum"))
    return fmt::format("rx checksum offload is off; ethtool -K {} rx on", nic);
  return "the driver or the kernel dropped it; dmesg may tell why";
}

std::string driver_of(const FileTree& files, std::string_view nic) {
  const auto driver = files.resolve(fmt::format("/sys/class/net/{}/device/driver", nic));
  return driver ? driver->substr(driver->rfind('/') + 1) : "";
}

Observation unknown_feature(const NicFeatures& features, const std::string& name) {
  std::vector<std::string_view> names;
  for (const auto& known : features) names.push_back(known.first);
  const auto near = nearest(name, names);
  return unsupported(fmt::format("this kernel knows no NIC feature {}", name),
                     near ? fmt::format("the nearest name is {}", *near) : "");
}

Observation observe(const Host& host, const Subject& subject) {
  const std::string name = feature_of(subject);
  const auto features = host.nics().features(subject.place);
  if (!features) {
    if (features.error().fault == Fault::NotFound)
      return unsupported(fmt::format("there is no interface {} any more", subject.place));
    return unreadable(features.error(), kRight);
  }
  const auto found = features->find(name);
  if (found == features->end()) return unknown_feature(*features, name);
  const NicFeature& feature = found->second;
  if (feature.fixed)
    return {.value = feature.active,
            .reason = fixed_reason(driver_of(host.files(), subject.place), feature.active)};
  if (feature.requested && !feature.active)
    return {.value = true,
            .reason = fmt::format("requested on, but not active: {}",
                                  not_active_reason(*features, subject.place, name))};
  if (feature.active && !feature.requested)
    return {.value = false, .reason = "requested off, but the driver keeps it active"};
  return {.value = feature.requested};
}

// The kernel takes a request for a fixed feature in silence and ignores it.
Outcome not_fixed(const Host& host, const Change& change) {
  const std::string name = feature_of(change.subject);
  const auto features = host.nics().features(change.subject.place);
  if (!features || !features->contains(name) || !features->find(name)->second.fixed) return {};
  return fail(Fault::Unsupported,
              fmt::format("{} cannot be set to {}: {}", change.subject.name, to_text(change.value),
                          cannot_reason(name, driver_of(host.files(), change.subject.place),
                                        features->find(name)->second.active)));
}

std::vector<Outcome> write(Host& host, std::span<const Change> changes) {
  std::vector<Outcome> outcomes;
  std::vector<FeatureChange> message;
  for (const Change& change : changes) {
    outcomes.push_back(not_fixed(host, change));
    const auto* on = std::get_if<bool>(&change.value);
    if (outcomes.back()) message.push_back({feature_of(change.subject), on != nullptr && *on});
  }
  if (message.empty()) return outcomes;
  const Outcome written = host.nics().set_features(changes.front().subject.place, message);
  if (written) return outcomes;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (outcomes[i])
      outcomes[i] =
          fail(write_error(changes[i].subject, changes[i].value, written.error(), kRight));
  }
  return outcomes;
}

std::optional<Subject> locate(const Subject& recorded, const Facts& facts) {
  const std::string feature = feature_of(recorded);
  for (const Nic& nic : facts.nics) {
    if (Subject today = subject_for(nic, feature); today.key == recorded.key) return today;
  }
  return std::nullopt;
}

}  // namespace

Knob nic_features_knob() {
  return {.info = {.name = "nic_features",
                   .phase = Phase::Features,
                   .doc = "Offload features of NICs by the kernel's names, such as "
                          "tls-hw-tx-offload. They act on new connections only.",
                   .in_profile = "nics[].features",
                   .reads = "ethtool netlink, FEATURES_GET",
                   .writes = "ethtool netlink, FEATURES_SET, one message a NIC",
                   .capability = kRight,
                   .needs = FactNeed::Nics | FactNeed::NicFeatures},
          .wanted = wanted,
          .expand = expand,
          .observe = observe,
          .write = write,
          .locate = locate};
}

}  // namespace tuner
