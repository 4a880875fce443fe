// The programs of this host that speak TLS, as host/programs/ found them: running ones, and
// services that the next boot starts. Plain data. Pure.
#pragma once

#include "base/cpu_set.h"
#include "base/words.h"
#include "model/programs/server_config.h"
#include "model/programs/tls_library.h"
#include "model/programs/tls_transport.h"

#include <optional>
#include <string>
#include <vector>

namespace tuner {

// A TLS library that a program uses.
struct ProgramLibrary {
  TlsLibrary kind = TlsLibrary::OpenSsl;
  std::string path;       // as the process sees it
  std::string version;    // "OpenSSL 3.0.19"; empty: not known
  bool built_in = false;  // part of the executable
  bool replaced = false;  // the file was replaced or removed since: the process runs the old one
  bool operator==(const ProgramLibrary&) const = default;
};

// Where a library comes from, by its place: the distribution's folders, the program's own file, or
// any other folder, to which the program or an administrator brought it.
enum class LibraryOrigin { System, Bundled, BuiltIn };
template <>
inline constexpr auto kWords<LibraryOrigin> =
    std::to_array<Word<LibraryOrigin>>({{LibraryOrigin::System, "system"},
                                        {LibraryOrigin::Bundled, "bundled"},
                                        {LibraryOrigin::BuiltIn, "built_in"}});
LibraryOrigin library_origin(const ProgramLibrary& library);

// What an OpenSSL configuration asks for a program, and where that configuration is named.
struct ProgramOpenssl {
  std::string path;               // the configuration file
  bool from_environment = false;  // OPENSSL_CONF; otherwise the library's own openssl.cnf
  std::optional<bool> ktls;
  ConfigPlace ktls_place;
  bool tls12 = true;
  bool tls13 = true;
  bool operator==(const ProgramOpenssl&) const = default;
};

struct Program {
  std::string name;     // of the process, or of the executable
  std::string service;  // its unit; empty: started by no service
  std::string executable;
  std::vector<int> pids;  // empty: it does not run
  bool at_boot = false;   // its unit is enabled
  std::vector<ProgramLibrary> libraries;
  TlsTransport transport = TlsTransport::None;
  std::optional<ServerConfig> config;     // nullopt: this program has no reader for its own
  std::optional<ProgramOpenssl> openssl;  // nullopt: not looked at
  // Its OpenSSL reads no environment: set-uid, or with file capabilities (AT_SECURE). Only of one
  // that runs.
  bool ignores_environment = false;
  // The CPUs that its processes may use together; empty: it does not run, or that is not known.
  CpuSet cpus;
  bool seccomp = false;  // a process of it has a seccomp filter (seccomp(2))
  // What was not looked at, or could not be read: the judgement then is "seems" or "unknown".
  std::vector<std::string> doubts;
  bool operator==(const Program&) const = default;
};

struct Programs {
  std::vector<Program> all;  // sorted by service and name
  // Whether GnuTLS's system configuration (/etc/gnutls/config) switches kTLS on; nullopt: not
  // known.
  std::optional<bool> gnutls_asks;
  // Processes or services that were not looked at, and why: one sentence each. Not empty: a program
  // that matters may be missing in `all`.
  std::vector<std::string> not_looked_at;
  bool operator==(const Programs&) const = default;
};

}  // namespace tuner
