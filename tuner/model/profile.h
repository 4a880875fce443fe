// A profile as plain data, after reading, `extends` and merging. Independent of YAML and of the
// machine. docs/profile.md has the format; profile/find_profile.h reads it.
#pragma once

#include "base/words.h"
#include "model/value.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// The position of a setting in its file. Line and column are 1-based, columns in code points.
// Line 0: no position.
struct Origin {
  std::string file;
  int line = 0;
  int column = 0;
  bool operator==(const Origin&) const = default;
};
std::string to_text(const Origin& origin);  // "edge-server.yaml:12:5"

// If the machine cannot meet it. Required: exit 4, nothing is written. Preferred: reported and
// skipped.
enum class Need { Required, Preferred };
template <>
inline constexpr auto kWords<Need> = std::to_array<Word<Need>>({{Need::Required, "required"},
                                                                {Need::Preferred, "preferred"}});
std::string_view need_name(Need need);

struct Setting {
  Goal goal;
  Need need = Need::Required;
  std::string why;
  Origin origin;
  bool allow_unlisted = false;  // sysctl only: permits a name that the catalogue does not list
};

struct NamedSetting {
  std::string name;
  Setting setting;
};

// All given keys must match (AND), each by any of its entries (OR). The reader rejects an empty
// selector.
struct NicSelector {
  bool any_physical = false;         // any: physical
  std::vector<std::string> names;    // globs
  std::vector<std::string> drivers;  // exact
  std::vector<int> numa_nodes;
  bool carries_default_route = false;  // carries: default-route
  // if_present: true. A machine without such a NIC is in sync, for profiles of mixed fleets.
  bool if_present = false;
};

struct NicEntry {
  NicSelector select;
  std::optional<Setting> irq_placement;  // word: numa-local-spread
  std::optional<Setting> xps;            // word: match-irqs
  std::optional<Setting> rps;            // word: few-queues, few-queues-with-flows
  std::vector<NamedSetting> features;    // by the kernel's feature name, value bool
  // By ethtool's names; value integer, bool (adaptive-…) or a word (local-cores, max).
  std::vector<NamedSetting> channels, rings, coalesce;
  Origin origin;
};

struct CpuEntry {
  enum class Nodes { All, NicLocal, Listed };
  Nodes nodes = Nodes::All;
  std::vector<int> listed;
  std::optional<Setting> governor;  // word
  std::optional<Setting> epp;       // word: energy_performance_preference
  Origin origin;
};

enum class TlsVersion { Tls12, Tls13 };
template <>
inline constexpr auto kWords<TlsVersion> = std::to_array<Word<TlsVersion>>(
    {{TlsVersion::Tls12, "TLSv1.2"}, {TlsVersion::Tls13, "TLSv1.3"}});
std::string_view tls_version_name(TlsVersion version);  // "TLSv1.2", "TLSv1.3"

enum class TlsCipher { Aes128Gcm, Aes256Gcm, Aes128Ccm, Chacha20Poly1305 };
template <>
inline constexpr auto kWords<TlsCipher> =
    std::to_array<Word<TlsCipher>>({{TlsCipher::Aes128Gcm, "AES-128-GCM"},
                                    {TlsCipher::Aes256Gcm, "AES-256-GCM"},
                                    {TlsCipher::Aes128Ccm, "AES-128-CCM"},
                                    {TlsCipher::Chacha20Poly1305, "CHACHA20-POLY1305"}});
std::string_view tls_cipher_name(TlsCipher cipher);  // "AES-128-GCM", …

// Device also meets Kernel.
enum class ExpectedPath { Any, Userspace, Kernel, Device };
template <>
inline constexpr auto kWords<ExpectedPath> =
    std::to_array<Word<ExpectedPath>>({{ExpectedPath::Any, "any"},
                                       {ExpectedPath::Userspace, "userspace"},
                                       {ExpectedPath::Kernel, "kernel"},
                                       {ExpectedPath::Device, "device"}});
std::string_view expected_path_name(ExpectedPath path);  // "any", …

struct PathExpectation {
  TlsVersion version = TlsVersion::Tls12;
  std::vector<TlsCipher> ciphers;
  ExpectedPath tx = ExpectedPath::Any;
  ExpectedPath rx = ExpectedPath::Any;
  Origin origin;
};

// What to do if a program of this host would suffer by kernel TLS (model/programs/program_risk.h).
enum class SafetyRule {
  Require,  // the step that brings it is blocked
  Warn,
  Ignore,  // programs are not looked at
};
template <>
inline constexpr auto kWords<SafetyRule> = std::to_array<Word<SafetyRule>>(
    {{SafetyRule::Require, "require"}, {SafetyRule::Warn, "warn"}, {SafetyRule::Ignore, "ignore"}});

// What the probe must find safe on this host (expect.safe).
enum class SafeProperty { KeyUpdate };
template <>
inline constexpr auto kWords<SafeProperty> =
    std::to_array<Word<SafeProperty>>({{SafeProperty::KeyUpdate, "key-update"}});

struct Profile {
  std::string name;
  std::string summary;
  std::vector<std::string> lineage;  // the files of all merged profiles, ancestors first
  std::string digest;  // of the merged content without comments and layout (16 hex digits)

  std::vector<NamedSetting> modules;  // value bool: load
  std::vector<NamedSetting> sysctl;   // in file order, parents first
  std::vector<NicEntry> nics;
  std::vector<CpuEntry> cpus;
  std::optional<Setting> irqbalance;  // word: ban, leave, require-off
  // "nginx.service/ktls": word on, off; "nginx.service/near": the name of a NIC.
  std::vector<NamedSetting> services;
  std::vector<PathExpectation> expect;
  std::optional<SafetyRule> key_update;  // nullopt: as Warn
  std::vector<SafeProperty> safe;

  // Not from the file and not in the digest: whether it persists over a reboot (apply --persist).
  bool persist = false;
};

// The expectation for one cell: the last matching entry, or {Any, Any}.
PathExpectation expectation_for(const Profile& profile, TlsVersion version, TlsCipher cipher);

}  // namespace tuner
