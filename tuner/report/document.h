// What reports show of a saved document (check, plan, apply, rollback, tune, probe, bench, facts),
// as plain data. document/read.h reads it.
//
// The content comes from other hosts: hostnames and reasons are untrusted text.
#pragma once

#include "base/result.h"
#include "base/rfc3339.h"
#include "document/bench_comparison.h"
#include "model/plan.h"
#include "model/programs/program_risk.h"
#include "model/programs/service_sessions.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct SavedStep {
  std::string knob;
  std::string subject;
  std::string goal;      // ">= 16777216"
  std::string observed;  // "-": not readable
  Status status = Status::InSync;
  Need need = Need::Required;
  std::string because;
  std::string cause;      // of drift; may be empty
  std::string owner;      // another program that sets it; may be empty
  std::string persisted;  // may be empty
  std::string target;     // the value to write, or written; may be empty
  std::string hint;
  std::string first_seen;  // when drift was first seen, RFC 3339; empty: not recorded by a check
};

struct SavedPlan {
  std::string profile;  // profile and digest are empty for a rollback
  std::string digest;
  std::vector<SavedStep> steps;
  std::vector<std::string> notes;
};

struct SavedCell {
  std::string version;
  std::string cipher;
  std::string tx, rx;  // device, kernel, userspace, unknown, failed; of the host's own end
  std::string expected_tx, expected_rx;
  std::uint64_t bytes = 0;
  bool intact = false;
  std::string result;  // pass, fail, unsupported, inconclusive
  std::string because;
};

struct SavedKeyUpdates {
  std::string verdict;  // safe, unsafe, unknown
  std::string because;
  bool expected_safe = false;
};

struct SavedProbe {
  std::string mode;  // loopback, connect, listen
  std::string peer;
  std::string library;
  std::vector<SavedCell> cells;
  std::optional<SavedKeyUpdates> key_updates;  // nullopt: not tried
  std::string verdict;
  std::vector<std::string> warnings;
};

struct SavedNic {
  std::string name, kind, driver, pci_ids;
  bool tls_tx = false, tls_rx = false;   // TLS offload is active
  std::vector<std::string> tls_because;  // all reasons against TLS offload
};

struct SavedFacts {
  std::string tls_state;
  std::string tls_because;
  std::string library;  // empty for a recorded machine
  std::vector<SavedNic> nics;
  std::vector<std::string> neighbours;
};

struct SavedProgram {  // at risk by kernel TLS
  std::string service, program;
  std::string risk;  // a word of ProgramRisk::Kind, or of a later release
  bool accepted = false;
  std::string because;
  std::vector<std::string> ways_out;
};

struct SavedPrograms {
  UtcTime looked_at;
  std::vector<SavedProgram> at_risk;
  std::vector<std::string> not_looked_at;
};

// TLS sessions of a service by SessionPath; nullopt: not known.
struct SavedService {
  using Counts = std::array<std::optional<std::uint64_t>, kWords<SessionPath>.size()>;
  std::string service;
  Counts sessions, bytes;

  // Sessions in the kernel or the NIC, and those that could be; nullopt: not known.
  std::optional<std::uint64_t> covered() const;
  std::optional<std::uint64_t> eligible() const;
};

struct SavedSessions {
  UtcTime looked_at;
  std::string unseen;  // empty: they were seen
  std::vector<SavedService> services;
  std::vector<std::string> not_looked_at;
};

struct SavedError {
  std::string code, message, hint;
};

struct SavedDocument {
  std::string file;
  std::string kind;
  std::string tool_version;
  std::string hostname, kernel, boot_id;
  bool emulated = false;
  UtcTime started_at;
  std::int64_t duration_ms = 0;
  int exit_code = 0;
  std::vector<SavedError> errors;
  std::optional<SavedPlan> plan;     // state of the settings; for tune the last one of the document
  std::optional<SavedPlan> written;  // for tune: its apply
  std::vector<SavedStep> undone;     // steps of an apply that was rolled back
  std::optional<SavedProbe> probe;
  std::optional<document::Bench> bench;
  std::optional<document::BenchComparison> comparison;  // of two benchmarks
  std::optional<SavedFacts> facts;
  std::optional<SavedPrograms> programs;  // of a check; nullopt: not looked at
  std::optional<SavedSessions> sessions;  // of a drift job's check
  std::vector<std::string> warnings;      // for tune
};

// A risk that was not accepted, of a kind that needs an action (model/programs/program_risk.h).
bool needs_action(const SavedProgram& program);
std::vector<std::string> services_that_need_action(
    const SavedDocument& document);  // without doubles

// Fault::Invalid: not JSON, not a document of this tool, a newer major format, a kind without a
// report, or a key that is missing or has another type; the text names the place.
Result<SavedDocument> read_document(std::string_view text, std::string_view file);

// The exit code of the run that wrote the document, in words: "in sync", "drift", …
std::string_view state_words(const SavedDocument& document);

// "17"; without a number "not known".
std::string number_words(const std::optional<std::uint64_t>& number);

// Merges three or more adjacent steps that differ only in subject and goal: "eth0/rx-0 … eth0/rx-7
// (8)". Sysctls are not merged.
std::vector<SavedStep> merge_equal(const std::vector<SavedStep>& steps);

}  // namespace tuner
