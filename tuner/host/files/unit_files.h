// Reads systemd's unit files as systemd does (systemd.unit(5)), without asking systemd, so also on
// a recorded machine.
#pragma once

#include "host/host.h"

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// Appends the ExecStart= commands in the [Service] section of `text` to `commands`. An empty
// ExecStart= clears `commands`. Pure.
void read_exec_start(std::string_view text, std::vector<std::string>& commands);

// As read_exec_start(), for any key of the section [Service] that may stand more than once.
void read_service_key(std::string_view text, std::string_view key,
                      std::vector<std::string>& values);

// A service: its unit file and its drop-ins, sorted by name. They are read once, so that a caller
// can ask for many keys: a host has a hundred services, each with ten places for its files.
class ServiceUnit {
 public:
  // A unit without a file, or masked, has no values.
  static ServiceUnit read(const FileTree& files, std::string_view unit);

  // As read_service_key(), without the drop-in of this path or, in any folder, of this name.
  std::vector<std::string> values(std::string_view key, std::string_view without = {}) const;

  // The ExecStart= commands. Empty: no such unit file.
  std::vector<std::string> exec_start(std::string_view without = {}) const {
    return values("ExecStart", without);
  }

 private:
  struct Part {
    std::string name;  // both of a drop-in
    std::string path;
    std::string text;
  };
  std::vector<Part> parts_;
};

}  // namespace tuner
