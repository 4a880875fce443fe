#include "engine/boot_attempts.h"

#include "base/text.h"
#include "engine/journal_json.h"
#include "engine/sealed_document.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace tuner {
namespace {

using nlohmann::json;

constexpr std::string_view kSkipWord = "ktls_tuner.skip";
constexpr std::string_view kApplyAgain =
    "run ktls-tuner apply to set the profile and reset the count";

// A word of its own, not a part of one: "xktls_tuner.skip" or "ktls_tuner.skip=0" asks for nothing.
bool is_asked_to_skip(const FileTree& files) {
  const auto line = files.read("/proc/cmdline");
  if (!line) return false;
  return std::ranges::any_of(split_whitespace(trim(*line)), [](std::string_view word) {
    return word == kSkipWord || word == fmt::format("{}=1", kSkipWord);
  });
}

}  // namespace

// All keys are needed. A damaged count is an error and not 0: a profile that hangs the machine
// would otherwise be set once more.
Result<BootAttempts> load_boot_attempts(const StateStore& store) {
  const auto text = store.read(kBootAttemptsPath);
  if (!text) {
    if (text.error().fault == Fault::NotFound) return BootAttempts{};
    return fail(text.error());
  }
  const auto damaged = [](std::string_view why) {
    return fail(Fault::Io, fmt::format("{}: damaged: {}", kBootAttemptsPath, why),
                std::string(kApplyAgain));
  };
  const auto document = unsealed(*text);
  if (!document) return damaged(document.error().text);
  try {
    return BootAttempts{.count = number_at<int>(*document, "attempts"),
                        .boot_id = document->at("boot_id"),
                        .at = document->at("at")};
  } catch (const json::exception&) {
    return damaged("it does not have this program's format");
  }
}

// Counted once for each boot: a unit that is started again by hand is no further boot.
Outcome begin_boot(StateStore& store, std::string_view boot_id, std::string_view at) {
  auto attempts = TRY(load_boot_attempts(store));
  if (attempts.boot_id == boot_id) return {};
  return store.replace(
      kBootAttemptsPath,
      sealed({{"attempts", attempts.count + 1}, {"boot_id", boot_id}, {"at", at}}));
}

Outcome reset_boot_attempts(StateStore& store) {
  return store.remove(kBootAttemptsPath);
}

BootSkip boot_skip(const FileTree& files, const StateStore& store, std::string_view boot_id) {
  if (is_asked_to_skip(files)) {
    return {.because = fmt::format("{} is on the kernel's command line: nothing is set unattended "
                                   "in this boot",
                                   kSkipWord),
            .by_choice = true};
  }
  const auto attempts = load_boot_attempts(store);
  if (!attempts) {
    return {.because = fmt::format("the number of boots that did not finish setting the profile is "
                                   "unknown ({}): nothing is set unattended; {}",
                                   attempts.error().text, kApplyAgain)};
  }
  // The third attempt itself may finish: in its own boot the count does not stop it.
  if (attempts->count < kMostBootAttempts || attempts->boot_id == boot_id) return {};
  return {.because = fmt::format("{} boots in a row, the last at {}, did not finish setting the "
                                 "profile: nothing is set unattended; {}",
                                 attempts->count, attempts->at, kApplyAgain)};
}

}  // namespace tuner
