// Prints the folders that the settings name, as a drop-in. systemd's generator
// (scripts/host/systemd/generator) installs it for the units of the drift job, so a daemon-reload
// opens these folders in the units' sandbox.
#include "cli/steps/check_job.h"
#include "cli/verbs/verbs.h"
#include "document/envelope.h"
#include "document/tool.h"
#include "host/files/published_file.h"
#include "profile/unit_drop_in.h"

#include <fmt/format.h>

namespace tuner {
namespace {

// Resolves links now, so that a link which is changed later does not open another folder to the
// job. A folder that does not exist is used as written: its file system may be mounted later.
Result<std::string> opened_folder(const std::string& folder) {
  auto real = folder_to_publish_in(folder);
  if (!real && real.error().fault == Fault::NotFound) return folder;
  if (!real || is_folder_for_data(*real)) return real;
  return fail(Fault::Refused,
              fmt::format("{} resolves to {}, which is not a data folder", folder, *real),
              "name a folder for data only");
}

Result<std::string> settings_of(const Options& options) {
  return options.settings;
}

// A folder that cannot be opened is a warning, and the others are opened: a generator that fails
// would leave the units without any.
Answer answer_unit_paths(Context& context, const std::string& settings) {
  auto read = read_settings(settings);
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
                      opened ? "a unit file cannot contain its name" : opened.error().text));
  }
  context.terminal.result(read_write_drop_in(words));
  Answer answer;
  *answer.body = document::Nothing{};
  return answer;
}

}  // namespace

Verb unit_paths_verb() {
  return {
      .name = "unit-paths",
      .summary = "started by systemd's generator: prints the folders in the settings as a drop-in",
      .words = {},
      .internal = true,
      .options = {{"--settings", "FILE", "settings file to use instead of the default",
                   into<&Options::settings>()}},
      .prepare = with_request<settings_of, answer_unit_paths>};
}

}  // namespace tuner
