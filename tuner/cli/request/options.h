// The options of all verbs as values of their types: what the command line says, before a verb
// makes its request of it.
#pragma once

#include "base/words.h"
#include "bench/report.h"
#include "cli/output/display.h"
#include "document/tool.h"
#include "model/plan.h"
#include "model/programs/program_risk.h"
#include "model/programs/tls_socket.h"
#include "probe/host_port.h"
#include "probe/starttls_protocol.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tuner {

// --on-failure: what to do when a required setting fails.
enum class OnFailure { Rollback, Keep };
template <>
inline constexpr auto kWords<OnFailure> =
    std::to_array<Word<OnFailure>>({{OnFailure::Rollback, "rollback"}, {OnFailure::Keep, "keep"}});

using document::ReportFormat;  // --format

// --splay: the longest start delay.
struct Splay {
  std::chrono::seconds limit{0};
  bool of_settings = false;  // the limit of the tool's own settings
};

// Options that mean the same with every verb. A verb's function sees these and its request.
struct GlobalOptions {
  std::string profile;  // a name or a path; empty: not given
  std::string root;     // a recorded machine; empty: this machine
  Coloring color = Coloring::Auto;
  bool json = false;
  bool explain = false;
  bool verbose = false;
  bool quiet = false;
  std::chrono::seconds timeout{60};  // limits the wait for the lock, the probe, and all reads
};

// A file or folder that is not given is empty, since no option takes an empty word.
// --tls
enum class TlsNumber { V12, V13 };
template <>
inline constexpr auto kWords<TlsNumber> = std::to_array<Word<TlsNumber>>({{TlsNumber::V12, "1.2"},
                                                                          {TlsNumber::V13, "1.3"}});

struct Options : GlobalOptions {
  std::vector<std::string> words;  // positional
  std::vector<std::string> only;
  std::vector<std::string> skip;
  std::vector<std::string> nics;
  std::chrono::seconds wait_link{0};
  bool if_active = false;
  bool boot = false;
  OnFailure on_failure = OnFailure::Rollback;
  Disruption max_disruption = Disruption::NewConnections;
  std::vector<AcceptedRisk> accept_risk;
  std::optional<std::chrono::seconds> confirm_within;
  bool persist = false;
  bool runtime_only = false;
  bool wait = false;
  bool restart_services = false;
  std::string run;
  bool force = false;
  bool keep_overdue = false;  // confirm --force
  bool history = false;
  bool salvage = false;
  bool dry_run = false;
  std::optional<HostPort> listen;
  std::optional<HostPort> connect;
  std::string token_file;
  std::string new_token;
  bool thorough = false;
  bool tls = false;
  std::string server_name;
  std::optional<Starttls> starttls;
  std::string ca_file;
  bool insecure = false;
  std::string http_get;
  bool key_update = false;
  std::optional<std::uint64_t> bytes;  // nullopt: the default of the kind of probe
  std::string metrics;
  std::string report;
  Splay splay;
  std::string settings;
  bool job = false;
  bool repair = false;
  bool defer_repair = false;
  std::string fleet;
  ReportFormat format = ReportFormat::Text;
  SocketsBy by = SocketsBy::Socket;
  bool all_netns = false;
  bool all_tls = false;
  bool listeners = false;
  std::string for_program;  // --for
  std::string near;
  bool ktls = false;
  std::vector<std::string> command;  // the words behind "--", of a verb that takes a command
  std::string service;
  std::optional<int> pid;
  bool programs = false;
  bool quick = false;
  std::optional<std::chrono::seconds> duration;
  BenchWorkload workload = BenchWorkload::Bulk;
  std::string hgrm;
  std::string trace;
  std::vector<BenchMode> modes;
  std::vector<TlsCipher> ciphers;
  std::optional<TlsNumber> tls_version;
  bool markdown = false;
  bool csv = false;
  bool compare = false;
  bool bench = false;  // of tune
  std::string html;
  bool once = false;
  std::string bundle;
  bool list = false;
  std::chrono::seconds interval{2};
  std::chrono::seconds max_age{10'800};
};

}  // namespace tuner
