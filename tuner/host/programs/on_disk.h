// A program that does not run yet: which TLS it would use. Read from its files as the dynamic
// linker would find them; none of their code runs.
#pragma once

#include "host/host.h"
#include "host/programs/program_files.h"
#include "model/programs/programs.h"

#include <string>
#include <vector>

namespace tuner {

// How it would be started.
struct ProgramStart {
  std::string executable;                    // absolute path of an ELF file
  std::vector<std::string> arguments;        // the first is its name
  std::string openssl_conf;                  // its OPENSSL_CONF; empty: not set
  std::vector<std::string> more_files = {};  // that it may load: modules of an interpreter
};

// `libraries` is empty if it has no TLS, as far as its files were read; see `doubts`. `pids`,
// `service` and `at_boot` are the caller's.
Program program_on_disk(const FileTree& files, ProgramFiles& program_files, ProgramStart start);

}  // namespace tuner
