#include "cli/render/recorded_programs.h"

#include "cli/render/programs.h"
#include "document/read.h"
#include "model/utf8.h"

#include <fmt/format.h>

#include <limits>
#include <set>

namespace tuner {
namespace {

// PID_MAX_LIMIT of include/linux/threads.h, on 64 bits.
constexpr std::int64_t kLargestPid = 4'194'304;
// More sessions than sockets that a machine can have: a sum of counts stays a count.
constexpr std::uint64_t kMostSessions = std::uint64_t{1} << 32U;

tl::unexpected<Error> damaged(std::string_view where, std::string_view what) {
  return fail(Fault::Invalid, fmt::format("is damaged: {}: {}", where, what));
}

template <typename E>
Result<E> word_in(std::string_view where, const std::string& word) {
  if (const auto value = from_word<E>(word)) return *value;
  return damaged(where, fmt::format("{} is not one of the allowed words", in_quotes(word)));
}

Result<int> pid_in(std::string_view where, std::int64_t pid) {
  if (pid < 1 || pid > kLargestPid)
    return damaged(where, fmt::format("{} is the number of no process", pid));
  return static_cast<int>(pid);
}

Result<ConfigPlace> place_in(std::string_view where,
                             const std::optional<document::FilePlace>& place) {
  if (!place) return ConfigPlace{};
  if (place->file.empty()) return damaged(where, "a line without a file");
  if (place->line < 1 || place->line > std::numeric_limits<int>::max())
    return damaged(where, fmt::format("{} is no line", place->line));
  return ConfigPlace{.file = place->file, .line = static_cast<int>(place->line)};
}

Result<ProgramLibrary> library_in(const document::ProgramLibrary& library) {
  const auto origin = TRY(word_in<LibraryOrigin>("libraries.origin", library.origin));
  const auto kind = TRY(word_in<TlsLibrary>("libraries.kind", library.kind));
  return ProgramLibrary{.kind = kind,
                        .path = library.path,
                        .version = library.version.value_or(""),
                        .built_in = origin == LibraryOrigin::BuiltIn,
                        .replaced = library.replaced};
}

Result<ServerConfig> config_in(const document::ProgramConfig& config) {
  const ConfigPlace tls_place = TRY(place_in("config.tls_place", config.tls_place));
  const ConfigPlace place = TRY(place_in("config.place", config.place));
  return ServerConfig{.tls = config.tls,
                      .tls_place = tls_place,
                      .ktls = config.ktls,
                      .ktls_place = place,
                      .tls13 = config.tls13,
                      .doubts = config.doubts};
}

Result<ProgramOpenssl> openssl_in(const document::ProgramOpenssl& openssl) {
  const ConfigPlace place = TRY(place_in("openssl.place", openssl.place));
  return ProgramOpenssl{.path = openssl.path,
                        .from_environment = openssl.from_environment,
                        .ktls = openssl.ktls,
                        .ktls_place = place,
                        .tls12 = openssl.tls12,
                        .tls13 = openssl.tls13};
}

Result<Program> program_in(const document::Program& row) {
  const auto transport = TRY(word_in<TlsTransport>("transport", row.transport));
  Program program{.name = row.name,
                  .service = row.service.value_or(""),
                  .executable = row.executable.value_or(""),
                  .pids = {},
                  .at_boot = row.at_boot,
                  .libraries = {},
                  .transport = transport,
                  .config = {},
                  .openssl = {},
                  .ignores_environment = row.ignores_environment.value_or(false),
                  .cpus = {},
                  .seccomp = row.seccomp,
                  .doubts = row.not_looked_at};
  for (const std::int64_t pid : row.pids) program.pids.push_back(TRY(pid_in("pids", pid)));
  // Without this key a program that runs would seem to read the environment.
  if (!program.pids.empty() && !row.ignores_environment)
    return damaged("ignores_environment", "is missing of a program that runs");
  if (row.libraries.empty()) return damaged("libraries", "a program that speaks TLS has none");
  for (const auto& library : row.libraries) program.libraries.push_back(TRY(library_in(library)));
  if (row.cpus) {
    auto cpus = CpuSet::parse_list(*row.cpus);
    if (!cpus) return damaged("cpus", cpus.error().text);
    program.cpus = *std::move(cpus);
  }
  if (row.config) program.config = TRY(config_in(*row.config));
  if (row.openssl) program.openssl = TRY(openssl_in(*row.openssl));
  return program;
}

Result<Programs> programs_in(const document::Programs& recorded) {
  Programs programs{
      .all = {}, .gnutls_asks = recorded.gnutls_asks, .not_looked_at = recorded.not_looked_at};
  std::set<int> pids;
  for (std::size_t i = 0; i < recorded.programs.size(); ++i) {
    auto program = program_in(recorded.programs[i]);
    if (!program) {
      Error error = program.error();
      constexpr std::string_view kBegin = "is damaged: ";
      error.text.insert(kBegin.size(), fmt::format("programs.programs[{}].", i));
      return fail(std::move(error));
    }
    for (const int pid : program->pids) {
      if (!pids.insert(pid).second)
        return damaged("programs", fmt::format("process {} is there twice", pid));
    }
    programs.all.push_back(*std::move(program));
  }
  return programs;
}

Result<SocketLook::Sessions> sessions_in(const document::ProcessSessions& process) {
  const auto impossible = [&](std::string_view what) {
    return damaged("sessions.processes", fmt::format("{} of process {}", what, process.pid));
  };
  if (process.kernel > kMostSessions || process.outside > kMostSessions)
    return impossible("too many sessions");
  if (process.without_keys > process.outside)
    return impossible("more sessions without keys than outside the kernel");
  std::uint64_t explained = 0;
  for (const auto& [because, count] : process.because) {
    // A difference instead of a sum, which could wrap.
    if (count > process.outside - explained)
      return impossible("more reasons than sessions outside the kernel");
    explained += count;
  }
  return SocketLook::Sessions{.kernel = process.kernel,
                              .outside = process.outside,
                              .without_keys = process.without_keys,
                              .because = process.because};
}

Result<SocketLook> sockets_in(const document::RecordedSessions& recorded) {
  SocketLook look;
  if (recorded.multipath > kMostSessions) return damaged("sessions", "too many sessions of MPTCP");
  look.multipath = recorded.multipath;
  look.not_looked_at = recorded.not_looked_at;
  std::set<int> pids;
  for (const document::ProcessSessions& process : recorded.processes) {
    const int pid = TRY(pid_in("sessions.processes.pid", process.pid));
    if (!pids.insert(pid).second)
      return damaged("sessions.processes", fmt::format("process {} is there twice", pid));
    if (process.listens) look.listening.insert(pid);
    const auto sessions = TRY(sessions_in(process));
    if (sessions.kernel + sessions.outside > 0) look.by_process.emplace(pid, sessions);
  }
  return look;
}

Result<ProbeLook> probe_in(const document::RecordedProbe& recorded) {
  ProbeLook look{.at = rfc3339(recorded.at), .off_path = {}};
  for (const document::ProbedDirection& probed : recorded.off_path) {
    TRY(word_in<TlsVersion>("probe.off_path.version", probed.version));
    TRY(word_in<ExpectedPath>("probe.off_path.expected", probed.expected));
    TRY(word_in<TlsPath>("probe.off_path.taken", probed.taken));
    TRY(word_in<TlsDirection>("probe.off_path.direction", probed.direction));
    look.off_path.push_back({probed.version, probed.direction, probed.expected, probed.taken});
  }
  return look;
}

document::RecordedSessions recorded_sessions(const SocketLook& look) {
  document::RecordedSessions sessions{
      .processes = {}, .multipath = look.multipath, .not_looked_at = look.not_looked_at};
  std::set<int> pids = look.listening;
  for (const auto& [pid, found] : look.by_process) pids.insert(pid);
  for (const int pid : pids) {
    document::ProcessSessions& process = sessions.processes.emplace_back();
    process.pid = pid;
    process.listens = look.listening.contains(pid);
    const auto found = look.by_process.find(pid);
    if (found == look.by_process.end()) continue;
    process.kernel = found->second.kernel;
    process.outside = found->second.outside;
    process.without_keys = found->second.without_keys;
    process.because = found->second.because;
  }
  return sessions;
}

document::RecordedProbe probe_look_document(const ProbeLook& look) {
  document::RecordedProbe probe{.at = from_rfc3339(look.at).value_or(UtcTime{}), .off_path = {}};
  for (const ProbedOffPath& way : look.off_path)
    probe.off_path.push_back({way.version, way.direction, way.expected, way.taken});
  return probe;
}

}  // namespace

document::RecordedPrograms recorded_programs_document(const ProgramsLook& look,
                                                      const RekeyFacts& kernel) {
  document::RecordedPrograms recorded{.programs = programs_document(look.programs, kernel),
                                      .sessions = {},
                                      .probe = {},
                                      .accepted_risks = look.accepted,
                                      .failures = look.failures};
  if (look.sockets) recorded.sessions = recorded_sessions(*look.sockets);
  if (look.probe) recorded.probe = probe_look_document(*look.probe);
  return recorded;
}

Result<ProgramsLook> programs_look(const document::RecordedPrograms& recorded) {
  Programs programs = TRY(programs_in(recorded.programs));
  ProgramsLook look{.programs = std::move(programs),
                    .sockets = {},
                    .probe = {},
                    .accepted = recorded.accepted_risks,
                    .failures = recorded.failures};
  if (recorded.sessions) look.sockets = TRY(sockets_in(*recorded.sessions));
  // Else sessions that were not looked at would pass for none.
  if (!recorded.sessions && recorded.failures.empty())
    return damaged("sessions", "not there, and no failure says why");
  if (recorded.probe) look.probe = TRY(probe_in(*recorded.probe));
  return look;
}

Result<ProgramsLook> read_programs_look(std::string_view text, const HostIdentity& host) {
  const auto named = [](std::string_view what) {
    return fail(Fault::Invalid, fmt::format("{} {}", kRecordedProgramsFile.substr(1), what),
                "make the bundle again with facts --bundle");
  };
  const auto document = document::read(text);
  if (!document) return named(document.error().text);
  const document::Envelope& envelope = document->envelope;
  const auto* const recorded = document->body.get_if<document::RecordedPrograms>();
  if (envelope.kind != document::kRecordedPrograms || recorded == nullptr)
    return named(fmt::format("is a document of the kind {}", in_quotes(envelope.kind)));
  const bool other_boot = !host.boot_id.empty() && envelope.host.boot_id != host.boot_id;
  if (other_boot || envelope.host.kernel != host.kernel)
    return named("is of another boot or kernel than the rest of the recording");
  auto look = programs_look(*recorded);
  if (!look) return named(look.error().text);
  return look;
}

}  // namespace tuner
