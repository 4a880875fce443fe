// A command that is to be started: which file runs, and which TLS it would use. Read from files
// alone; nothing is started.
#pragma once

#include "host/host.h"
#include "model/programs/programs.h"

#include <optional>
#include <string>
#include <vector>

namespace tuner {

struct CommandLook {
  std::string path;                 // the file of the command
  std::string executable;           // links resolved; of a script: its interpreter
  Program program;                  // `libraries` is empty if no TLS was found
  bool is_static = false;           // the executable is ELF and needs no library
  std::vector<std::string> doubts;  // why less is known of it than of others
};

// `path`: as execve(2) gets it, absolute or below the working directory. `openssl_conf`: the
// OPENSSL_CONF that it gets; empty: none. Faults: the file, or its interpreter, cannot be resolved.
// What else cannot be read is among the doubts.
Result<CommandLook> look_at_command(const FileTree& files, const std::string& path,
                                    const std::vector<std::string>& arguments,
                                    const std::string& openssl_conf);

// The interpreter that the first line of a script names ("#!/usr/bin/python3 -u"), with "env NAME"
// as NAME. nullopt: no script. Pure.
std::optional<std::string> interpreter_of(std::string_view begin);

}  // namespace tuner
