// What was looked at on a host, for its findings: results of other parts of this program, as plain
// data. An empty optional was not looked at.
#pragma once

#include "model/defect_findings.h"
#include "model/facts.h"
#include "model/findings/server_look.h"
#include "model/plan.h"
#include "model/programs/program_risk.h"
#include "model/programs/programs.h"
#include "model/programs/surroundings.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tuner {

// The TLS of this network namespace's sockets, by process.
struct SocketLook {
  std::set<int> listening;  // processes with a listening socket whose program speaks TLS
  struct Sessions {
    std::uint64_t kernel = 0;        // at least one direction in the kernel or the NIC
    std::uint64_t outside = 0;       // none
    std::uint64_t without_keys = 0;  // of these: the kernel's TLS is attached, and no key is set
    std::map<std::string, std::uint64_t> because;  // of `outside`: the reasons, a clause each
  };
  std::map<int, Sessions> by_process;
  std::uint64_t multipath = 0;  // TCP connections that are part of one of MPTCP
  // What could not be looked at, a sentence each: then a session may be missing.
  std::vector<std::string> not_looked_at;
};

// A direction of a cell of the last probe that did not take the path that its profile expects.
struct ProbedOffPath {
  std::string version;    // "TLSv1.2"
  std::string direction;  // "tx"
  std::string expected;   // "kernel"
  std::string taken;      // "userspace"
};
struct ProbeLook {
  std::string at;  // when it ran, RFC 3339
  std::vector<ProbedOffPath> off_path;
};

// The kernel's TLS counters, read once more because a counter of errors is not 0.
struct LaterCounters {
  double seconds = 0;  // after those of `facts`
  std::map<std::string, std::uint64_t> tls_stat;
};

struct DiagnosisInput {
  Facts facts;
  RekeyFacts kernel;
  std::vector<DefectFinding> defects;  // of the kernel
  std::optional<Programs> programs;
  // Why the programs that a recording has could not be used; then there are none in `programs`.
  std::optional<Error> programs_failure;
  bool of_one_service = false;  // `programs` has only those of the service that was asked about
  std::optional<SocketLook> sockets;
  std::optional<Surroundings> surroundings;
  std::optional<LaterCounters> later;
  std::optional<ServerLook> server;    // that was asked about (--connect)
  std::optional<ProbeLook> probe;      // nullopt: none is saved that holds for this kernel
  std::optional<Plan> plan;            // of the active profile, else of the recommended one
  std::string plan_source;             // that profile as `-p` takes it: its name or its path
  bool plan_is_active = false;         // `plan` is of the active profile
  std::vector<AcceptedRisk> accepted;  // by the active run
  bool recorded = false;               // the host is a recorded machine (--root)
  // What kept the plan, the sockets or the last probe from being looked at, a sentence each.
  std::vector<std::string> failures;
};

}  // namespace tuner
