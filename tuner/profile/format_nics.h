// The keys of an entry of `nics` in the profile format, one row each. profile/format.h has the
// other keys.
#pragma once

#include "profile/fields.h"
#include "profile/sections.h"

namespace tuner::reading {

inline constexpr std::string_view kAnyWords[] = {"physical"};
inline constexpr std::string_view kCarriesWords[] = {"default-route"};
inline constexpr std::string_view kPlacementWords[] = {"numa-local-spread"};
inline constexpr std::string_view kXpsWords[] = {"match-irqs"};
inline constexpr std::string_view kRpsWords[] = {"few-queues", "few-queues-with-flows"};

template <>
struct Fields<NicSelector> {
  using Owner = NicSelector;
  static constexpr std::array rows = {
      word_row<&NicSelector::any_physical>(
          {.name = "any",
           .doc = "every interface with a device: no bonds, VLANs or bridges",
           .words = kAnyWords}),
      word_row<&NicSelector::carries_default_route>(
          {.name = "carries", .doc = "the interface of the default route", .words = kCarriesWords}),
      texts_row<&NicSelector::names>(
          {.name = "name", .doc = "interface names, with the wildcards * and ?"}),
      texts_row<&NicSelector::drivers>({.name = "driver", .doc = "names of drivers, exactly"}),
      integers_row<&NicSelector::numa_nodes>(
          {.name = "numa_node", .doc = "NUMA nodes that the device is on"}),
      boolean_row<&NicSelector::if_present>(
          {.name = "if_present",
           .doc = "true: a machine without such an interface is in sync, for profiles of mixed "
                  "fleets; false (default): settings without an interface are reported, with exit "
                  "code 4 if required",
           .in_digest = InDigest::IfSet}),
  };
  static constexpr auto check = check_selector;
};

// Far above the maximum of any driver; these limits only reject obvious mistakes.
inline constexpr std::int64_t kMostChannels = 65535;  // a queue number has 16 bits
inline constexpr std::int64_t kMostDescriptors = 1 << 20;
inline constexpr std::int64_t kMostUsecs = 1'000'000;
inline constexpr std::string_view kChannelWords[] = {"local-cores", "max"};
inline constexpr std::string_view kRingWords[] = {"max"};

constexpr Field<NicEntry> channel_row(std::string_view name, std::string_view doc) {
  return named_row<&NicEntry::channels>({.name = name,
                                         .doc = doc,
                                         .type = Type::Integer,
                                         .words = kChannelWords,
                                         .least = 1,
                                         .most = kMostChannels});
}

struct ChannelsGroup;
template <>
struct Fields<ChannelsGroup> {
  using Owner = NicEntry;
  static constexpr std::array rows = {
      channel_row("combined",
                  "queues that receive and send; local-cores: the number of usable physical cores "
                  "on the NIC's node, max: the driver's maximum"),
      channel_row("rx", "queues that receive only, if the driver has them"),
      channel_row("tx", "queues that send only"),
  };
};

constexpr Field<NicEntry> ring_row(std::string_view name, std::string_view doc) {
  return named_row<&NicEntry::rings>({.name = name,
                                      .doc = doc,
                                      .type = Type::Integer,
                                      .words = kRingWords,
                                      .least = 1,
                                      .most = kMostDescriptors});
}

struct RingsGroup;
template <>
struct Fields<RingsGroup> {
  using Owner = NicEntry;
  static constexpr std::array rows = {
      ring_row("rx", "descriptors of a receive queue; drivers round up; max: the driver's maximum"),
      ring_row("tx", "descriptors of a transmit queue"),
  };
};

constexpr Field<NicEntry> coalesce_row(std::string_view name, std::string_view doc) {
  return named_row<&NicEntry::coalesce>(
      {.name = name, .doc = doc, .type = Type::Integer, .least = 0, .most = kMostUsecs});
}

struct CoalesceGroup;
template <>
struct Fields<CoalesceGroup> {
  using Owner = NicEntry;
  static constexpr std::array rows = {
      named_row<&NicEntry::coalesce>({.name = "adaptive-rx",
                                      .doc = "true: the driver adapts the wait to the load",
                                      .type = Type::Boolean}),
      named_row<&NicEntry::coalesce>({.name = "adaptive-tx",
                                      .doc = "the same for transmit completions",
                                      .type = Type::Boolean}),
      coalesce_row("rx-usecs",
                   "microseconds to wait before an interrupt; a fixed value replaces adaptive-rx"),
      coalesce_row("rx-frames", "packets to wait for before an interrupt"),
      coalesce_row("tx-usecs", "microseconds to wait before a transmit interrupt"),
      coalesce_row("tx-frames", "packets sent before a transmit interrupt"),
  };
};

struct IrqsGroup;
template <>
struct Fields<IrqsGroup> {
  using Owner = NicEntry;
  static constexpr std::array rows = {
      setting_row<&NicEntry::irq_placement>(
          {.name = "placement",
           .doc = "numa-local-spread: each queue's interrupt on a separate physical core of the "
                  "NIC's NUMA node",
           .type = Type::Word,
           .required = true,
           .words = kPlacementWords}),
  };
};

template <>
struct Fields<NicEntry> {
  using Owner = NicEntry;
  static constexpr std::array rows = {
      object_row<&NicEntry::select>(
          {.name = "select",
           .doc = "which interfaces; all keys must match, each by any entry of its list",
           .required = true}),
      group_row<IrqsGroup>({.name = "irqs", .doc = "interrupts of the queues"}),
      setting_row<&NicEntry::xps>(
          {.name = "xps",
           .doc = "transmit packet steering; match-irqs: a queue is used by the CPU of its "
                  "interrupt, and each other CPU uses one near queue. Needs irqs.placement",
           .type = Type::Word,
           .words = kXpsWords}),
      setting_row<&NicEntry::rps>(
          {.name = "rps",
           .doc = "receive packet steering; few-queues: on if a NIC has fewer receive queues than "
                  "its node has cores, else off; few-queues-with-flows: then also RFS, which "
                  "steers to the CPU of the receiving program",
           .type = Type::Word,
           .words = kRpsWords}),
      custom_row<Owner>({.name = "features",
                         .doc = "NIC features by the kernel's names",
                         .shape = Shape::NamedSettings,
                         .type = Type::Boolean},
                        store_features, features_content),
      group_row<ChannelsGroup>({.name = "channels", .doc = "number of queues"}),
      group_row<RingsGroup>({.name = "rings", .doc = "descriptors per queue"}),
      group_row<CoalesceGroup>({.name = "coalesce", .doc = "interrupt coalescing"}),
  };
};

}  // namespace tuner::reading
