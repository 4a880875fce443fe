// The helper's command line, used by the tuner, by tests and for debugging.
#pragma once

#include "base/result.h"
#include "probe/handshake/connection/context.h"
#include "probe/host_port.h"
#include "probe/starttls_protocol.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct Arguments {
  enum class What { Library, Configuration, Loopback, Listen, Connect, Server };
  What what = What::Library;
  HostPort place;              // for Listen, Connect and Server
  std::string configuration;   // for Configuration: "default", "-" or a path
  std::vector<CellKey> cells;  // all of usual_cells() unless --version or --cipher is given
  std::uint64_t bytes_each_way = 4U << 20U;
  std::chrono::seconds time_limit{60};
  bool ask_ktls = true;
  bool key_updates = false;    // of Loopback: also the six KeyUpdate cases (probe/key_update.h)
  bool kernel_trials = false;  // of Loopback: also those of probe/kernel_trials.h

  // Of Server.
  std::string server_name;  // never empty
  std::optional<Starttls> starttls;
  std::string ca_file;  // empty: the system's certificates
  bool insecure = false;
  std::string http_path;  // empty: handshakes alone
  bool key_update = false;
};

// --library | --configuration default|-|PATH | --loopback | --listen ADDRESS:PORT | --connect
// HOST:PORT, --bytes N, --time-limit SECONDS, --version TLSv1.2|TLSv1.3, --cipher NAME,
// --without-ktls, --key-updates, --kernel-trials; --server HOST:PORT with --server-name,
// --starttls,
// --cafile, --insecure, --http-get and --key-update. Invalid: anything else, or a number out of
// range. The token of --listen and --connect is the first line of stdin. --configuration - reads
// the configuration from there, in one message.
Result<Arguments> parse_arguments(std::span<const std::string_view> words);

}  // namespace tuner
