// The profile format: every key, one row each. The reader, merging, the JSON Schema, the reference,
// `profile show` and the digest use these tables, so a new key is a row here and a member in
// model/profile.h.
#pragma once

#include "profile/fields.h"
#include "profile/format_nics.h"
#include "profile/layer_fields.h"
#include "profile/sections.h"

namespace tuner::reading {

inline constexpr std::string_view kSchemaWords[] = {"ktls-tuner/profile/v1"};
inline constexpr std::string_view kNeedWords[] = {"required", "preferred"};
inline constexpr std::string_view kNodeWords[] = {"all", "nic-local"};
inline constexpr std::string_view kIrqbalanceWords[] = {"ban", "leave", "require-off"};
inline constexpr std::string_view kOnOffWords[] = {"on", "off"};
inline constexpr std::string_view kSafetyWords[] = {"require", "warn", "ignore"};
inline constexpr std::string_view kSafeWords[] = {"key-update"};
// From drivers/cpufreq; a driver may have governors of its own.
inline constexpr std::string_view kGovernorWords[] = {"conservative", "ondemand",  "performance",
                                                      "powersave",    "schedutil", "userspace"};
// From Documentation/admin-guide/pm/intel_pstate.rst, amd-pstate.rst.
inline constexpr std::string_view kEppWords[] = {"balance_performance", "balance_power", "default",
                                                 "performance", "power"};
// In the order of the enumerators in model/profile.h.
inline constexpr std::string_view kVersionWords[] = {"TLSv1.2", "TLSv1.3"};
inline constexpr std::string_view kCipherWords[] = {"AES-128-GCM", "AES-256-GCM", "AES-128-CCM",
                                                    "CHACHA20-POLY1305"};
inline constexpr std::string_view kPathWords[] = {"any", "userspace", "kernel", "device"};

inline constexpr std::string_view kProfileNamePattern = "^[a-z0-9][a-z0-9._-]{0,63}$";
inline constexpr std::string_view kServiceNamePattern = "^[A-Za-z0-9:_.@-]{1,200}$";
inline constexpr std::string_view kModuleNamePattern = "^[A-Za-z0-9_-]{1,55}$";

template <>
struct Fields<SettingForm> {
  using Owner = SettingForm;
  static constexpr std::array rows = {
      custom_row<Owner>({.name = "value", .doc = "exactly this"}, store_value),
      custom_row<Owner>({.name = "at_least", .doc = "this or more; integers, element by element"},
                        store_at_least),
      custom_row<Owner>({.name = "at_most", .doc = "this or less; integers, element by element"},
                        store_at_most),
      word_row<&SettingForm::need>({.name = "need",
                                    .doc = "required (default): if it cannot be met, exit 4 before "
                                           "anything is written; preferred: reported and skipped",
                                    .words = kNeedWords}),
      text_row<&SettingForm::why>({.name = "why", .doc = "the reason, shown in plans and reports"}),
  };
};

// The form of a sysctl's setting has one more key.
struct SysctlForm;
template <>
struct Fields<SysctlForm> {
  using Owner = SettingForm;
  static constexpr auto rows =
      and_row(Fields<SettingForm>::rows,
              boolean_row<&SettingForm::allow_unlisted>(
                  {.name = "allow_unlisted",
                   .doc = "only for sysctls, with a why: true permits a sysctl outside net., vm. "
                          "and the known ones; refused ones stay refused"}));
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
struct Fields<ServiceEntry> {
  using Owner = ServiceEntry;
  static constexpr std::array rows = {
      custom_row<Owner>(
          {.name = "ktls",
           .doc = "whether its OpenSSL is asked for kernel TLS from its next start on",
           .shape = Shape::Setting,
           .type = Type::Word,
           .removable = true,
           .words = kOnOffWords},
          store_service_setting),
      custom_row<Owner>({.name = "near",
                         .doc = "a NIC: from its next start on the service runs on the CPUs of the "
                                "NIC's NUMA node and prefers its memory",
                         .shape = Shape::Setting,
                         .type = Type::Word,
                         .removable = true,
                         .open = true,
                         .example = "eth0"},
                        store_service_setting),
  };
};

template <>
struct Fields<CpuEntry> {
  using Owner = CpuEntry;
  static constexpr std::array rows = {
      custom_row<Owner>({.name = "nodes",
                         .doc = "all (default), nic-local (the nodes of the NICs that this profile "
                                "selects), or a list of NUMA nodes",
                         .shape = Shape::WordOrIntegers,
                         .words = kNodeWords},
                        store_nodes, nodes_content),
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
           .doc = "where the serving side encrypts; device also meets kernel; default any",
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
      appended_row<&ProfileLayer::expect, &Profile::expect>(
          {.name = "paths",
           .doc = "the expected results of the probe; the last entry for a cell counts",
           .digest_name = "expect"}),
      last_words_row<&ProfileLayer::safe, &Profile::safe>(
          {.name = "safe",
           .doc = "what the probe must find safe on this host. key-update: TLS 1.3 connections in "
                  "the kernel survive the six KeyUpdate cases of probe --thorough",
           .words = kSafeWords,
           .in_digest = InDigest::IfSet},
          store_safe),
  };
};

struct SafetyGroup;
template <>
struct Fields<SafetyGroup> {
  using Owner = ProfileLayer;
  static constexpr std::array rows = {
      last_word_row<&ProfileLayer::key_update, &Profile::key_update>(
          {.name = "key-update",
           .doc = "if a program would begin to use kernel TLS and break, or a peer could break its "
                  "connections with a TLS 1.3 KeyUpdate: require: module tls is neither loaded nor "
                  "persisted; warn (default); ignore: programs are not looked at",
           .words = kSafetyWords,
           .in_digest = InDigest::IfSet}),
  };
};

template <>
struct Fields<ProfileLayer> {
  using Owner = ProfileLayer;
  static constexpr std::array rows = {
      file_row({.name = "schema",
                .doc = "the version of this format",
                .shape = Shape::Word,
                .required = true,
                .words = kSchemaWords},
               store_schema),
      last_text_row<&ProfileLayer::name, &Profile::name>({.name = "name",
                                                          .doc = "the file's name without .yaml",
                                                          .required = true,
                                                          .pattern = kProfileNamePattern},
                                                         store_name),
      last_text_row<&ProfileLayer::summary, &Profile::summary>(
          {.name = "summary", .doc = "one line, shown in lists", .in_digest = InDigest::Never}),
      file_row({.name = "extends",
                .doc = "names of profiles that this one extends; a later one wins",
                .shape = Shape::Names,
                .pattern = kProfileNamePattern},
               store_extends),
      settings_row<&ProfileLayer::modules, &Profile::modules>({.name = "modules",
                                                               .doc = "kernel modules by name",
                                                               .shape = Shape::NamedObjects,
                                                               .removable = true,
                                                               .pattern = kModuleNamePattern,
                                                               .children = keys_of<ModuleEntry>},
                                                              store_modules),
      settings_row<&ProfileLayer::sysctl, &Profile::sysctl>({.name = "sysctl",
                                                             .doc = "sysctls by name",
                                                             .shape = Shape::NamedSettings,
                                                             .type = Type::Sysctl,
                                                             .removable = true},
                                                            store_sysctl),
      appended_row<&ProfileLayer::nics, &Profile::nics>(
          {.name = "nics", .doc = "network interfaces; per setting the last matching entry wins"}),
      appended_row<&ProfileLayer::cpus, &Profile::cpus>(
          {.name = "cpus", .doc = "CPUs; per setting the last matching entry wins"}),
      last_setting_row<&ProfileLayer::irqbalance, &Profile::irqbalance>(
          {.name = "irqbalance",
           .doc = "ban: irqbalance skips the interrupts of placed NICs and balances the rest; "
                  "leave: irqbalance is not changed; require-off: irqbalance must not run",
           .shape = Shape::Setting,
           .type = Type::Word,
           .removable = true,
           .words = kIrqbalanceWords},
          store_irqbalance),
      settings_row<&ProfileLayer::services, &Profile::services>(
          {.name = "services",
           .doc = "services of systemd by name, with or without .service; they are not restarted",
           .shape = Shape::NamedObjects,
           .pattern = kServiceNamePattern,
           .children = keys_of<ServiceEntry>,
           .in_digest = InDigest::IfSet},
          store_services),
      layer_group_row<ExpectGroup>({.name = "expect", .doc = "the expected results of the probe"}),
      layer_group_row<SafetyGroup>({.name = "safety",
                                    .doc = "what to do if programs of this host would suffer",
                                    .in_digest = InDigest::IfSet}),
  };
};

}  // namespace tuner::reading
