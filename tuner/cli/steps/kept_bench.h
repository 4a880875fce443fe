// The last benchmarks of this host. A run takes minutes, so its result is kept before it is
// printed: a terminal that was closed, or a full disk behind stdout, loses nothing that was
// measured.
#pragma once

#include "base/result.h"
#include "host/files/state_store.h"

#include <array>
#include <string>
#include <string_view>

namespace tuner {

// The folder of the results: root's is that of the other reports, an ordinary user's is below
// XDG_STATE_HOME or ~/.local/state. Empty: the user has none.
std::string bench_folder(bool is_root, std::string_view state_home, std::string_view home);

// That of this process.
struct Context;
std::string own_bench_folder(const Context& context);

// Keeps a document as bench.json, and the one before as bench.1.json. Durable, and if it fails both
// are as they were. The path of the file. Faults: as StateStore; NotFound: `folder` is empty.
Result<std::string> keep_bench(StateStore& store, const std::string& folder,
                               std::string_view document);

// Keeps a document in the folder of this process, and says where, or warns that it was not kept.
Outcome keep_own_bench(Context& context, std::string_view document);

// The paths of the one before and of the last one. NotFound: `folder` is empty.
Result<std::array<std::string, 2>> kept_benches(const std::string& folder);

}  // namespace tuner
