// Parts of documents about what the drift job saw of programs and TLS sessions.
#pragma once

#include "base/rfc3339.h"
#include "document/common.h"
#include "model/programs/program_risk.h"

namespace tuner::document {

struct ProgramAtRisk {
  std::string service;
  std::string program;
  std::string risk;
  bool accepted = false;
  std::string because;
  Texts ways_out;
};

void describe(auto& keys, Exactly<ProgramAtRisk> auto& program) {
  keys.object("program_at_risk", "A program that suffers by the TLS of the kernel");
  keys.key({"service", "Its unit; its name, if no service started it"}, program.service);
  keys.key({"program", "Its name for people, with the unit", kNotEmpty}, program.program);
  keys.key({"risk",
            "breaks: its connections break. key-update: a peer can break them with a KeyUpdate. "
            "key-update-unknown: whether one can is not known",
            {.words = words_of<tuner::ProgramRisk::Kind>()}},
           program.risk);
  keys.key({"accepted", "By --accept-risk of the active run"}, program.accepted);
  keys.key({"because", "One sentence", kNotEmpty}, program.because);
  keys.key({"ways_out", "Each one is enough"}, program.ways_out);
}

struct ProgramsAtRisk {
  UtcTime looked_at;
  std::vector<ProgramAtRisk> at_risk;
  Texts not_looked_at;
};

void describe(auto& keys, Exactly<ProgramsAtRisk> auto& programs) {
  keys.object("programs_at_risk", "The last look of the drift job at programs");
  keys.key({"looked_at"}, programs.looked_at);
  keys.key({"at_risk", "The worst first"}, programs.at_risk);
  keys.key({"not_looked_at", "What was left out. Not empty: a program at risk may be missing"},
           programs.not_looked_at);
}

// Of the sessions of one service, by path. null: not known.
struct ServiceSessions {
  std::string service;
  std::optional<std::uint64_t> none_sessions, kernel_sessions, device_sessions, cannot_sessions,
      unknown_sessions;
  std::optional<std::uint64_t> none_bytes, kernel_bytes, device_bytes, cannot_bytes, unknown_bytes;
};

void describe(auto& keys, Exactly<ServiceSessions> auto& row) {
  keys.object("service_sessions",
              "Open TLS sessions of a service, by their best direction, and their bytes sent and "
              "received, by direction. null: not known");
  keys.key({"service", "A unit, the name of a process, or other: the services with fewer sessions"},
           row.service);
  keys.key({"none_sessions", "In the program, which could hand them to the kernel"},
           row.none_sessions);
  keys.key({"kernel_sessions", "In the kernel"}, row.kernel_sessions);
  keys.key({"device_sessions", "In the NIC"}, row.device_sessions);
  keys.key({"cannot_sessions", "In a program that cannot hand them to the kernel"},
           row.cannot_sessions);
  keys.key({"unknown_sessions", "The kernel reports what this release does not know"},
           row.unknown_sessions);
  keys.key({"none_bytes"}, row.none_bytes);
  keys.key({"kernel_bytes"}, row.kernel_bytes);
  keys.key({"device_bytes"}, row.device_bytes);
  keys.key({"cannot_bytes"}, row.cannot_bytes);
  keys.key({"unknown_bytes"}, row.unknown_bytes);
}

struct Sessions {
  UtcTime looked_at;
  std::optional<std::string> unseen;
  std::vector<ServiceSessions> services;
  Texts not_looked_at;
};

void describe(auto& keys, Exactly<Sessions> auto& sessions) {
  keys.object("sessions", "The TLS sessions that this check saw in its network namespace");
  keys.key({"looked_at"}, sessions.looked_at);
  keys.key({"unseen", "Why no session could be seen; null: they were", kNotEmpty}, sessions.unseen);
  keys.key({"services", "Empty with unseen, which is not none"}, sessions.services);
  keys.key({"not_looked_at",
            "Why not all programs could be looked at. Not empty: none and cannot are not known"},
           sessions.not_looked_at);
}

}  // namespace tuner::document
