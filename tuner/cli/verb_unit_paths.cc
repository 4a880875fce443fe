// What the generator of systemd (scripts/host/systemd/generator) puts into drop-ins of the drift
// job's units: the folders that the settings name. So the sandbox follows them with a
// daemon-reload.
#include "cli/check_job.h"
#include "cli/verb.h"
#include "host/files/published_file.h"
#include "profile/unit_drop_in.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tuner {
namespace {

// The folder itself, not a link to it: what the link leads to after this is not opened to the job.
// One that is not there yet is named as it is written; it may be on a disk that is mounted later.
Result<std::string> opened_folder(const std::string& folder) {
  auto real = folder_to_publish_in(folder);
  if (!real && real.error().fault == Fault::NotFound) return folder;
  if (!real || is_folder_for_data(*real)) return real;
  return fail(Fault::Refused, fmt::format("{} leads to {}, which is not for data", folder, *real),
              "name a folder that holds data alone");
}

Answer run(Context& context) {
  auto read = read_settings(context.options.settings);
  if (!read.settings) return std::move(read.answer);
  std::vector<std::string> words;
  for (const std::string& folder : folders_of(*read.settings)) {
    const auto opened = opened_folder(folder);
    const auto word = opened ? as_unit_path(*opened) : std::nullopt;
    if (word)
      words.push_back(*word);
    else
      context.terminal.talk(
          fmt::format("warning: the units cannot write in {}: {}", folder,
                      opened ? "a unit file cannot hold its name" : opened.error().text));
  }
  context.terminal.result(read_write_drop_in(words));
  return {};
}

}  // namespace

Verb unit_paths_verb() {
  return {
      .name = "unit-paths",
      .summary = "started by systemd's generator: the folders that the settings name, as a drop-in",
      .words = {},
      .internal = true,
      .options = {{"--settings", "FILE", "the tool's settings, in the place of the usual ones",
                   &Options::settings}},
      .run = run};
}

}  // namespace tuner
