#include "knobs/choices.h"

#include "base/text.h"
#include "host/facts/module_state.h"
#include "knobs/answers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tuner {
namespace {

constexpr std::string_view kRelease = "/proc/sys/kernel/osrelease";

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

Result<std::vector<std::string>> read_choices(const FileTree& files, std::string_view path) {
  const auto text = TRY(files.read(path));
  std::vector<std::string> words;
  for (const std::string_view word : split_whitespace(trim(text))) words.emplace_back(word);
  // A list that was cut off may lack exactly the word that is looked for, and the setting would be
  // called unsupported.
  if (words.empty()) return fail(Fault::Io, fmt::format("{} is empty", path));
  if (!text.ends_with('\n')) return fail(Fault::Io, fmt::format("{} is truncated", path));
  return words;
}

ModuleFacts module_of_choice(const Host& host, std::string_view module) {
  const auto release = host.files().read(kRelease);
  if (!release) return {ModuleState::Unknown, release.error().text};
  return installed_module(host.files(), module, trim(*release));
}

Observation not_on_list(std::string_view path, std::span<const std::string> offered,
                        std::string_view module, const ModuleFacts& facts) {
  const std::string has = fmt::format("{} has {}", file_name(path), fmt::join(offered, " "));
  switch (facts.state) {
    case ModuleState::BuiltIn:
    case ModuleState::Live:
    case ModuleState::Loadable:
      return {.reason = fmt::format("the kernel loads module {} on the write", module)};
    case ModuleState::DenyListed:
      return blocked(
          fmt::format("{}, and module {} is deny-listed: {}", has, module, facts.because),
          "remove that line if the module may be loaded");
    case ModuleState::Locked:
      return blocked(
          fmt::format("{}, and module {} cannot be loaded: {}", has, module, facts.because),
          "load it at boot, from /etc/modules-load.d, before modules are locked");
    case ModuleState::Missing:
    case ModuleState::NotBuilt:
      return unsupported(fmt::format("{} and no module {}", has, module), facts.because);
    case ModuleState::Unknown: break;
  }
  return unreadable(
      fmt::format("{}; cannot determine whether module {} exists: {}", has, module, facts.because),
      fmt::format("run modinfo {} on the host itself", module));
}

}  // namespace tuner
