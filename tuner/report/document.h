// A saved document of the tool's own (check, plan, apply, rollback, tune, probe, facts) as plain
// data. The reader is strict about what it knows and passes over what a later release adds.
//
// Everything here was written by some other host: hostnames and reasons are text, and nothing more.
#pragma once

#include "base/result.h"
#include "base/rfc3339.h"
#include "model/plan.h"

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
  std::string owner;      // who else sets it; may be empty
  std::string persisted;  // may be empty
  std::string target;     // what is or was written; may be empty
  std::string hint;
  std::string first_seen;  // of drift, RFC 3339; empty: no check has recorded it
};

struct SavedPlan {
  std::string profile;  // both empty: a rollback, which has none
  std::string digest;
  std::vector<SavedStep> steps;
  std::vector<std::string> notes;
};

struct SavedCell {
  std::string version;
  std::string cipher;
  std::string tx, rx;  // device, kernel, userspace, unknown, failed; of the serving side's ends
  std::string expected_tx, expected_rx;
  std::int64_t bytes = 0;
  bool intact = false;
  std::string result;  // pass, fail, unsupported, inconclusive
  std::string because;
};

struct SavedProbe {
  std::string mode;  // loopback, connect, listen
  std::string peer;
  std::string library;
  std::vector<SavedCell> cells;
  std::string verdict;
  std::vector<std::string> warnings;
};

struct SavedNic {
  std::string name, kind, driver, pci_ids;
  bool tls_tx = false, tls_rx = false;   // TLS offload is active
  std::vector<std::string> tls_because;  // all that keeps a connection from it
};

struct SavedFacts {
  std::string tls_state;
  std::string tls_because;
  std::string library;  // empty: a recorded machine
  std::vector<SavedNic> nics;
  std::vector<std::string> neighbours;
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
  std::optional<SavedPlan> plan;     // how the settings stand: of a tune its last look
  std::optional<SavedPlan> written;  // of a tune: its apply
  std::vector<SavedStep> undone;     // of an apply that was taken back
  std::optional<SavedProbe> probe;
  std::optional<SavedFacts> facts;
  std::vector<std::string> warnings;  // of a tune
};

// Larger files are not read at all.
constexpr std::size_t kLargestDocument = 32U << 20;

// Invalid: no JSON, not the tool's, of a newer major format, of a kind no report is made of, or a
// key that is missing or of another type; the text names the place.
Result<SavedDocument> read_document(std::string_view text, std::string_view file);

// Names of files and what parsers quote may hold any bytes; pages and XML may not. What is no UTF-8
// becomes U+FFFD.
std::string as_utf8(std::string_view text);

// What the process ended with that wrote it, in words: "in sync", "drift", …
std::string_view state_words(const SavedDocument& document);

// Neighbours that differ in subject and goal alone are one: "eth0/rx-0 … eth0/rx-7 (8)".
std::vector<SavedStep> merge_alike(const std::vector<SavedStep>& steps);

}  // namespace tuner
