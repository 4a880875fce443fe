// The profile format: every key, one row each. The reader, the JSON Schema and docs/profile.md
// follow from these tables, so a new key is a row here and a member in model/profile.h.
#pragma once

#include "model/profile_fields.h"
#include "model/profile_sections.h"

namespace tuner::reading {

inline constexpr std::string_view kSchemaWords[] = {"ktls-tuner/profile/v1"};
inline constexpr std::string_view kNeedWords[] = {"required", "preferred"};
inline constexpr std::string_view kAnyWords[] = {"physical"};
inline constexpr std::string_view kCarriesWords[] = {"default-route"};
inline constexpr std::string_view kPlacementWords[] = {"numa-local-spread"};
inline constexpr std::string_view kXpsWords[] = {"match-irqs"};
inline constexpr std::string_view kRpsWords[] = {"few-queues", "few-queues-with-flows"};
inline constexpr std::string_view kNodeWords[] = {"all", "nic-local"};
inline constexpr std::string_view kIrqbalanceWords[] = {"ban", "leave", "require-off"};
inline constexpr std::string_view kSafeLater[] = {"key-update"};
// drivers/cpufreq; a driver may bring its own.
inline constexpr std::string_view kGovernorWords[] = {"conservative", "ondemand",  "performance",
                                                      "powersave",    "schedutil", "userspace"};
// Documentation/admin-guide/pm/intel_pstate.rst, amd-pstate.rst.
inline constexpr std::string_view kEppWords[] = {"balance_performance", "balance_power", "default",
                                                 "performance", "power"};
// In the order of the enums in model/profile.h.
inline constexpr std::string_view kVersionWords[] = {"TLSv1.2", "TLSv1.3"};
inline constexpr std::string_view kCipherWords[] = {"AES-128-GCM", "AES-256-GCM", "AES-128-CCM",
                                                    "CHACHA20-POLY1305"};
inline constexpr std::string_view kPathWords[] = {"any", "userspace", "kernel", "device"};

inline constexpr std::string_view kProfileNamePattern = "^[a-z0-9][a-z0-9._-]{0,63}$";
inline constexpr std::string_view kModuleNamePattern = "^[A-Za-z0-9_-]{1,55}$";

template <>
struct Fields<SettingForm> {
  using Owner = SettingForm;
  static constexpr std::array rows = {
      own_row<Owner>({.name = "value", .doc = "exactly this"}, store_value),
      own_row<Owner>({.name = "at_least", .doc = "this or more; integers, element by element"},
                     store_at_least),
      own_row<Owner>({.name = "at_most", .doc = "this or less; integers, element by element"},
                     store_at_most),
      word_row<&SettingForm::need>(
          {.name = "need",
           .doc = "required (default): exit 4 before anything is written where it cannot be met; "
                  "preferred: reported and passed over",
           .words = kNeedWords}),
      text_row<&SettingForm::why>({.name = "why", .doc = "the reason, shown in plans and reports"}),
  };
};

template <>
struct Fields<ModuleEntry> {
  using Owner = ModuleEntry;
  static constexpr std::array rows = {
      setting_row<&ModuleEntry::load>({.name = "load",
                                       .doc = "true: the module is loaded, or built in",
                                       .type = Type::Boolean,
                                       .required = true}),
  };
};

template <>
struct Fields<NicSelector> {
  using Owner = NicSelector;
  static constexpr std::array rows = {
      word_row<&NicSelector::any_physical>(
          {.name = "any", .doc = "every interface with a device of its own", .words = kAnyWords}),
      texts_row<&NicSelector::names>(
          {.name = "name", .doc = "interface names; * and ? stand for other characters"}),
      texts_row<&NicSelector::drivers>({.name = "driver", .doc = "names of drivers, exactly"}),
      integers_row<&NicSelector::numa_nodes>(
          {.name = "numa_node", .doc = "NUMA nodes that the device is on"}),
      word_row<&NicSelector::carries_default_route>(
          {.name = "carries", .doc = "the interface of the default route", .words = kCarriesWords}),
  };
  static constexpr auto check = check_selector;
};

// The counts and sizes that a driver may tell as its maximum are far below these limits, which only
// keep out what nobody can mean.
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
                  "queues that receive and send; local-cores: as many as the NIC's node has "
                  "physical cores to use, max: as many as the driver has"),
      channel_row("rx", "queues that receive only, where the driver has such"),
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
      ring_row("rx", "descriptors of a receive queue; drivers round up; max: all that it can have"),
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
                                      .doc = "true: the driver chooses how long to wait by load",
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
           .doc = "numa-local-spread: each queue's interrupt on a physical core of its own, on the "
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
           .doc = "which interfaces; all keys must match, of a list any entry",
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
           .doc = "receive packet steering; few-queues: on where a NIC has fewer receive queues "
                  "than its node has cores, else off; few-queues-with-flows: there also to the CPU "
                  "where the receiving program runs (RFS)",
           .type = Type::Word,
           .words = kRpsWords}),
      own_row<Owner>({.name = "features",
                      .doc = "NIC features by the kernel's names",
                      .shape = Shape::NamedSettings,
                      .type = Type::Boolean},
                     store_features),
      group_row<ChannelsGroup>({.name = "channels", .doc = "number of queues"}),
      group_row<RingsGroup>({.name = "rings", .doc = "descriptors a queue"}),
      group_row<CoalesceGroup>({.name = "coalesce", .doc = "interrupt coalescing"}),
  };
};

template <>
struct Fields<CpuEntry> {
  using Owner = CpuEntry;
  static constexpr std::array rows = {
      own_row<Owner>({.name = "nodes",
                      .doc = "all (default), nic-local (the nodes of the NICs that this profile "
                             "selects), or a list of NUMA nodes",
                      .shape = Shape::WordOrIntegers,
                      .words = kNodeWords},
                     store_nodes),
      setting_row<&CpuEntry::governor>({.name = "governor",
                                        .doc = "cpufreq governor",
                                        .type = Type::Word,
                                        .open = true,
                                        .words = kGovernorWords}),
      setting_row<&CpuEntry::epp>({.name = "energy_performance_preference",
                                   .doc = "hint to CPUs that choose their own frequency",
                                   .type = Type::Word,
                                   .open = true,
                                   .words = kEppWords}),
  };
};

template <>
struct Fields<PathExpectation> {
  using Owner = PathExpectation;
  static constexpr std::array rows = {
      word_row<&PathExpectation::version>(
          {.name = "version", .doc = "TLS version", .required = true, .words = kVersionWords}),
      words_row<&PathExpectation::ciphers>(
          {.name = "cipher", .doc = "ciphers", .required = true, .words = kCipherWords}),
      word_row<&PathExpectation::tx>(
          {.name = "tx",
           .doc = "where the serving side encrypts; kernel is met by device too; default any",
           .words = kPathWords}),
      word_row<&PathExpectation::rx>({.name = "rx",
                                      .doc = "where the serving side decrypts; default any",
                                      .words = kPathWords}),
  };
  static constexpr auto check = check_expectation;
};

struct ExpectGroup;
template <>
struct Fields<ExpectGroup> {
  using Owner = ProfileLayer;
  static constexpr std::array rows = {
      objects_row<&ProfileLayer::expect>(
          {.name = "paths", .doc = "what the probe must find; the last entry for a cell counts"}),
      own_row<Owner>({.name = "safe",
                      .doc = "must be empty in this release",
                      .shape = Shape::EmptyList,
                      .later = kSafeLater},
                     store_safe),
  };
};

template <>
struct Fields<ProfileLayer> {
  using Owner = ProfileLayer;
  static constexpr std::array rows = {
      own_row<Owner>({.name = "schema",
                      .doc = "the version of this format",
                      .shape = Shape::Word,
                      .required = true,
                      .words = kSchemaWords},
                     store_schema),
      own_row<Owner>({.name = "name",
                      .doc = "the file's name without .yaml",
                      .required = true,
                      .pattern = kProfileNamePattern},
                     store_name),
      text_row<&ProfileLayer::summary>({.name = "summary", .doc = "one line for lists"}),
      own_row<Owner>({.name = "extends",
                      .doc = "names of profiles that this one starts from; the later wins",
                      .shape = Shape::Names,
                      .pattern = kProfileNamePattern},
                     store_extends),
      own_row<Owner>({.name = "modules",
                      .doc = "kernel modules by name",
                      .shape = Shape::NamedObjects,
                      .removable = true,
                      .pattern = kModuleNamePattern,
                      .children = keys_of<ModuleEntry>},
                     store_modules),
      own_row<Owner>({.name = "sysctl",
                      .doc = "sysctls by name",
                      .shape = Shape::NamedSettings,
                      .type = Type::Sysctl,
                      .removable = true},
                     store_sysctl),
      objects_row<&ProfileLayer::nics>(
          {.name = "nics", .doc = "network interfaces; per setting the last matching entry wins"}),
      objects_row<&ProfileLayer::cpus>(
          {.name = "cpus", .doc = "CPUs; per setting the last matching entry wins"}),
      own_row<Owner>({.name = "irqbalance",
                      .doc = "ban: it leaves the placed NICs alone and balances the rest; leave: "
                             "whatever it does; require-off: it must not run",
                      .shape = Shape::Setting,
                      .type = Type::Word,
                      .removable = true,
                      .words = kIrqbalanceWords},
                     store_irqbalance),
      group_row<ExpectGroup>({.name = "expect", .doc = "what the probe must find"}),
  };
};

}  // namespace tuner::reading
