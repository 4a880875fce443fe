// One process: which TLS it uses. Read from /proc; nothing of the process is run or asked.
#pragma once

#include "host/host.h"
#include "host/programs/program_files.h"
#include "model/programs/programs.h"

#include <optional>

namespace tuner {

// nullopt: it has no TLS, or it has ended, also if its number was given to another process while it
// was looked at. Faults: /proc/PID/maps cannot be read. TooLarge: it has
// no TLS library mapped, and its executable was not looked at as a whole. What else cannot be read
// is among the program's doubts.
Result<std::optional<Program>> tls_process(const FileTree& files, ProgramFiles& program_files,
                                           int pid);

// Reads the configurations that decide whether the program uses kTLS: its own, if known_programs()
// has a reader, and the one of its OpenSSL. `arguments`: its command line. `from_environment`: the
// value of OPENSSL_CONF; empty: not set.
void add_configuration(ProgramFiles& files, const std::vector<std::string>& arguments,
                       const std::string& from_environment, const std::string& openssl_dir,
                       Program& program);

}  // namespace tuner
