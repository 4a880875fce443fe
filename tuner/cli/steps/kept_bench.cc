#include "cli/steps/kept_bench.h"

#include "cli/request/verb.h"
#include "host/process/process.h"

#include <fmt/format.h>

#include <cstdlib>

namespace tuner {
namespace {

// Of a path in the environment: the XDG Base Directory Specification ignores a relative one.
bool is_absolute(std::string_view path) {
  return path.starts_with('/');
}

std::string_view environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

}  // namespace

std::string own_bench_folder(const Context& context) {
  const bool is_root = missing_capabilities(context.host.files(), {"CAP_DAC_OVERRIDE"}).empty();
  return bench_folder(is_root, environment("XDG_STATE_HOME"), environment("HOME"));
}

std::string bench_folder(bool is_root, std::string_view state_home, std::string_view home) {
  if (is_root) return "/var/lib/ktls-tuner/reports";
  if (is_absolute(state_home)) return std::string(state_home) + "/ktls-tuner";
  if (is_absolute(home)) return std::string(home) + "/.local/state/ktls-tuner";
  return {};
}

// The new one is written whole before the others are renamed: a full disk changes neither.
Result<std::string> keep_bench(StateStore& store, const std::string& folder,
                               std::string_view document) {
  const auto [older, last] = TRY(kept_benches(folder));
  const std::string next = folder + "/bench.next.json";
  TRY(store.replace(next, document));
  if (TRY(store.size(last)) > 0) TRY(store.move(last, older));
  TRY(store.move(next, last));
  return last;
}

Outcome keep_own_bench(Context& context, std::string_view document) {
  const auto kept = keep_bench(context.store, own_bench_folder(context), document);
  if (!kept) {
    context.terminal.talk("warning: the result was not kept: " + kept.error().text);
    return fail(kept.error());
  }
  context.terminal.talk(fmt::format("bench: kept as {}", *kept));
  return {};
}

Result<std::array<std::string, 2>> kept_benches(const std::string& folder) {
  if (folder.empty())
    return fail(Fault::NotFound, "this user has no folder for kept results",
                "set HOME or XDG_STATE_HOME");
  return std::array{folder + "/bench.1.json", folder + "/bench.json"};
}

}  // namespace tuner
