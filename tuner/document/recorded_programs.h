// The document that a bundle has of programs: their files cannot be recorded, so the result of the
// look at them is. No verb prints it; --root reads it (cli/render/recorded_programs.h).
#pragma once

#include "base/rfc3339.h"
#include "document/probe.h"
#include "document/programs.h"
#include "model/nic_drivers.h"

namespace tuner::document {

// Its kind.
inline constexpr std::string_view kRecordedPrograms = "recorded-programs";

struct ProcessSessions {
  std::int64_t pid = 0;
  bool listens = false;
  std::uint64_t kernel = 0;
  std::uint64_t outside = 0;
  std::uint64_t without_keys = 0;
  std::map<std::string, std::uint64_t> because;
};

void describe(auto& keys, Exactly<ProcessSessions> auto& process) {
  keys.object("process_sessions", "The TLS sessions of a process");
  keys.key({"pid"}, process.pid);
  keys.key({"listens", "It has a listening socket, and its program speaks TLS"}, process.listens);
  keys.key({"kernel", "Sessions with a direction in the kernel or the NIC"}, process.kernel);
  keys.key({"outside", "Sessions with none"}, process.outside);
  keys.key({"without_keys", "Of these: the kernel's TLS is attached, and no key is set"},
           process.without_keys);
  keys.key({"because", "Of `outside`: how many by each reason, a clause"}, process.because);
}

struct RecordedSessions {
  std::vector<ProcessSessions> processes;
  std::uint64_t multipath = 0;
  Texts not_looked_at;
};

void describe(auto& keys, Exactly<RecordedSessions> auto& sessions) {
  keys.object("recorded_sessions", "The TLS sessions of the network namespace of the tool");
  keys.key({"processes"}, sessions.processes);
  keys.key({"multipath", "TCP connections that are part of one of MPTCP"}, sessions.multipath);
  keys.key({"not_looked_at", "Not empty: sessions may be missing"}, sessions.not_looked_at);
}

struct ProbedDirection {
  std::string version;
  std::string direction;
  std::string expected;
  std::string taken;
};

void describe(auto& keys, Exactly<ProbedDirection> auto& probed) {
  keys.object("probed_direction", "A direction that did not take the path of the profile");
  keys.key({"version", {}, kTlsVersion}, probed.version);
  keys.key({"direction", {}, {.words = words_of<TlsDirection>()}}, probed.direction);
  keys.key({"expected", {}, kExpectedPath}, probed.expected);
  keys.key({"taken", {}, kTlsPath}, probed.taken);
}

struct RecordedProbe {
  UtcTime at;
  std::vector<ProbedDirection> off_path;
};

void describe(auto& keys, Exactly<RecordedProbe> auto& probe) {
  keys.object("recorded_probe", "The last probe on the kernel that ran");
  keys.key({"at"}, probe.at);
  keys.key({"off_path"}, probe.off_path);
}

struct RecordedPrograms {
  Programs programs;
  std::optional<RecordedSessions> sessions;
  std::optional<RecordedProbe> probe;
  std::vector<AcceptedRisk> accepted_risks;
  Texts failures;
};

void describe(auto& keys, Exactly<RecordedPrograms> auto& recorded) {
  keys.object("recorded_programs",
              "The programs of a machine that speak TLS, as a bundle has them (programs.json)");
  keys.key({"programs"}, recorded.programs);
  keys.key({"sessions", "null: not looked at; failures say why"}, recorded.sessions);
  keys.key({"probe", "null: none was saved"}, recorded.probe);
  keys.key({"accepted_risks", "By the active run"}, recorded.accepted_risks);
  keys.key({"failures", "What could not be looked at, a sentence each"}, recorded.failures);
}

}  // namespace tuner::document
