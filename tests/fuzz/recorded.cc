// The programs of a recorded machine, which come from other hosts.
#include "cli/render/recorded_programs.h"
#include "fuzz/fuzz.h"

#include <algorithm>

namespace {

using namespace tuner;
using fuzz::demand;

bool is_process(int pid) {
  return pid > 0;
}

bool is_place(const ConfigPlace& place) {
  return place.file.empty() ? place.line == 0 : place.line > 0;
}

void demand_possible(const ProgramsLook& look) {
  for (const Program& program : look.programs.all) {
    demand(std::ranges::all_of(program.pids, is_process), "a process has a number");
    demand(!program.libraries.empty(), "a program that speaks TLS has a library");
    demand(!program.config ||
               (is_place(program.config->tls_place) && is_place(program.config->ktls_place)),
           "a line counts from 1");
    demand(!program.openssl || is_place(program.openssl->ktls_place), "a line counts from 1");
  }
  demand(look.sockets || !look.failures.empty(), "sessions are missing for a reason");
  if (!look.sockets) return;
  demand(std::ranges::all_of(look.sockets->listening, is_process), "a listener is a process");
  for (const auto& [pid, sessions] : look.sockets->by_process)
    demand(is_process(pid) && sessions.without_keys <= sessions.outside, "a part is no more");
}

FUZZ_TARGET(recorded) {
  fuzz::Input input(data, size);
  const HostIdentity host{.hostname = {}, .kernel = "6.1.0", .boot_id = {}, .net_namespace = {}};
  const auto look = read_programs_look(input.rest(), host);
  fuzz::demand_reason(look);
  if (!look) return 0;
  demand_possible(*look);
  const auto document = recorded_programs_document(*look, RekeyFacts{});
  const auto again = programs_look(document);
  demand(again && again->programs == look->programs && again->accepted == look->accepted,
         "what was read comes back as it was");
  return 0;
}

}  // namespace
