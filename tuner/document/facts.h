// The document of facts. scripts/capture-host and the Ansible facts read it.
#pragma once

#include "document/nic.h"
#include "document/owners.h"
#include "document/probe.h"
#include "document/programs.h"
#include "model/fact_need.h"
#include "model/facts.h"
#include "model/kernel_crypto.h"

namespace tuner::document {

struct Module {
  std::string state;
  std::string because;
};

inline constexpr Rule kModuleState{.words = words_of<ModuleState>()};

void describe(auto& keys, Exactly<Module> auto& module) {
  keys.object("module", "");
  keys.key({"state", {}, kModuleState}, module.state);
  keys.key({"because", {}, kNotEmpty}, module.because);
}

inline constexpr std::array<std::string_view, 3> kConfigValues{"y", "m", "n"};
inline constexpr std::array<std::string_view, 4> kLockdowns{"", "none", "integrity",
                                                            "confidentiality"};

struct Kernel {
  std::string release;
  Module tls;
  Texts available_ulp;
  std::string config_source;
  std::map<std::string, std::string> config;
  std::string lockdown;
};

void describe(auto& keys, Exactly<Kernel> auto& kernel) {
  keys.object("kernel", "");
  keys.key({"release"}, kernel.release);
  keys.key({"tls"}, kernel.tls);
  keys.key({"available_ulp"}, kernel.available_ulp);
  keys.key({"config_source"}, kernel.config_source);
  keys.key({"config", {}, {.names = "^CONFIG_[A-Z0-9_]+$", .words = kConfigValues}}, kernel.config);
  keys.key({"lockdown", "Empty: not known", {.words = kLockdowns}}, kernel.lockdown);
}

struct Cipher {
  std::string algorithm;
  std::string kind;
  std::string driver;
  std::string module;
  std::int64_t priority = 0;
  bool async = false;
  std::string because;
  std::optional<std::string> outlook;
};

inline constexpr std::array<std::string_view, 5> kAlgorithms{
    "gcm(aes)", "ccm(aes)", "rfc7539(chacha20,poly1305)", "gcm(sm4)", "ccm(sm4)"};
inline constexpr std::array kOutlooks{word_of(CipherClass::Accelerated),
                                      word_of(CipherClass::Generic), word_of(CipherClass::Unknown)};
inline constexpr std::array kNoCipher{word_of(CipherClass::NotInstantiated)};

void describe(auto& keys, Exactly<Cipher> auto& cipher) {
  keys.object("kernel_cipher", "The driver by which the kernel encrypts one TLS cipher");
  keys.key({"algorithm", {}, {.words = kAlgorithms}}, cipher.algorithm);
  keys.key({"class",
            "not_instantiated: no connection has used it since boot, so the kernel has not chosen; "
            "generic: at least one part is plain C",
            {.words = words_of<CipherClass>()}},
           cipher.kind);
  keys.key({"driver", "Empty: none yet"}, cipher.driver);
  keys.key({"module"}, cipher.module);
  keys.key({"priority"}, cipher.priority);
  keys.key({"async"}, cipher.async);
  keys.key({"because", {}, kNotEmpty}, cipher.because);
  keys.maybe({"outlook",
              "The expected class, from the parts that exist",
              {.words = kOutlooks, .only_when = {"class", kNoCipher}}},
             cipher.outlook);
}

struct Crypto {
  std::optional<std::string> cpu;
  std::optional<bool> cpu_aes;
  Texts accelerators;
  std::vector<Cipher> ciphers;
};

void describe(auto& keys, Exactly<Crypto> auto& crypto) {
  keys.object("crypto", "");
  keys.key({"cpu", "x86, aarch64; null: not known"}, crypto.cpu);
  keys.key({"cpu_aes", "Whether the CPU has AES instructions; null: not known"}, crypto.cpu_aes);
  keys.key({"accelerators", "Loaded modules that have accelerated AES"}, crypto.accelerators);
  keys.key({"ciphers"}, crypto.ciphers);
}

struct Node {
  unsigned node = 0;
  std::string cpus;
  std::optional<std::map<std::string, unsigned>> distances;
};

void describe(auto& keys, Exactly<Node> auto& node) {
  keys.object("numa_node", "");
  keys.key({"node"}, node.node);
  keys.key({"cpus", {}, kCpuList}, node.cpus);
  keys.maybe({"distances", "The distance to each node, from the firmware; absent: not known"},
             node.distances);
}

struct Numa {
  std::vector<Node> nodes;
  Texts problems;
};

void describe(auto& keys, Exactly<Numa> auto& numa) {
  keys.object("numa", "");
  keys.key({"nodes"}, numa.nodes);
  keys.key({"problems"}, numa.problems);
}

struct Policy {
  std::string name;
  std::string cpus;
  std::string driver;
  std::string governor;
  Texts available_governors;
  std::string energy_performance_preference;
  Texts available_energy_performance_preferences;
};

void describe(auto& keys, Exactly<Policy> auto& policy) {
  keys.object("cpufreq_policy", "");
  keys.key({"name"}, policy.name);
  keys.key({"cpus", {}, kCpuList}, policy.cpus);
  keys.key({"driver"}, policy.driver);
  keys.key({"governor"}, policy.governor);
  keys.key({"available_governors"}, policy.available_governors);
  keys.key({"energy_performance_preference", "Empty: the driver has none"},
           policy.energy_performance_preference);
  keys.key({"available_energy_performance_preferences"},
           policy.available_energy_performance_preferences);
}

struct Cpus {
  std::string possible;
  std::string present;
  std::string online;
  std::string isolated;
  std::string nohz_full;
  unsigned physical_cores = 0;
  std::vector<Policy> cpufreq;
};

inline constexpr Rule kLaterCpuList{.pattern = kCpuList.pattern, .later = true};

void describe(auto& keys, Exactly<Cpus> auto& cpus) {
  keys.object("cpus", "");
  keys.key({"possible", {}, kCpuList}, cpus.possible);
  keys.key({"present", {}, kCpuList}, cpus.present);
  keys.key({"online", {}, kCpuList}, cpus.online);
  keys.key({"isolated", {}, kCpuList}, cpus.isolated);
  keys.key({"nohz_full", {}, kLaterCpuList}, cpus.nohz_full);
  keys.key({"physical_cores"}, cpus.physical_cores);
  keys.key({"cpufreq"}, cpus.cpufreq);
}

struct UnreadPart {
  std::string part;
  std::optional<std::string> nic;
  std::string code;
  std::string message;
};

void describe(auto& keys, Exactly<UnreadPart> auto& unread) {
  keys.object("unread", "");
  keys.key({"part", {}, {.words = kFactPartNames}}, unread.part);
  keys.key({"nic", "null: the whole part"}, unread.nic);
  keys.key({"code", {}, {.words = words_of<Fault>()}}, unread.code);
  keys.key({"message", {}, kNotEmpty}, unread.message);
}

struct Facts {
  Kernel kernel;
  std::optional<Crypto> crypto;
  std::optional<Library> openssl;
  Numa numa;
  Cpus cpus;
  std::vector<Nic> nics;
  std::optional<Counters> tls_stat;
  std::vector<Neighbour> neighbours;
  std::vector<External> external_settings;
  std::vector<UnreadPart> unread;
  std::optional<Programs> programs;
  std::vector<Defect> defects;
};

void describe(auto& keys, Exactly<Facts> auto& facts) {
  keys.object("facts", "The state of the machine");
  keys.key({"kernel"}, facts.kernel);
  keys.key({"crypto",
            "The drivers by which the kernel encrypts TLS (/proc/crypto); null: not known", kLater},
           facts.crypto);
  keys.key(
      {"openssl",
       "null: not looked at (without --explain, or a recorded machine), or not known: see errors"},
      facts.openssl);
  keys.key({"numa"}, facts.numa);
  keys.key({"cpus"}, facts.cpus);
  keys.key({"nics"}, facts.nics);
  keys.key({"tls_stat", "null: module tls is not loaded"}, facts.tls_stat);
  keys.key({"neighbours"}, facts.neighbours);
  keys.key({"claims"}, facts.external_settings);
  keys.key({"unread",
            "Incomplete parts of the facts: a read failed, or the recorded machine does not "
            "contain it",
            kLater},
           facts.unread);
  keys.key({"programs", "null: not looked at (without --programs)", kLater}, facts.programs);
  keys.key({"defects",
            "Known defects of this kernel, and of each OpenSSL that was looked at (--explain, "
            "--programs); also those that are fixed here",
            kLater},
           facts.defects);
}

}  // namespace tuner::document
