#include "cli/request/exit_code.h"

#include <algorithm>
#include <array>

namespace tuner {
namespace {

// 0 to 4 are results, so a script can react to them. The others are the numbers of sysexits.h.
constexpr std::array kRows{
    ExitCodeRow{ExitCode::Ok, "ok", "done, in sync, or the probe went as expected",
                "nothing to do"},
    ExitCodeRow{
        ExitCode::Failed, "failed",
        "failed, or rolled back after a failure; a setting that could not be read counts here",
        "read the error and its hint; `ktls-tuner status` shows the current state"},
    ExitCodeRow{ExitCode::Drift, "drift",
                "the plan is not empty: a setting differs from the profile; of profile diff: the "
                "profiles differ",
                "`ktls-tuner plan` shows which and why; `ktls-tuner apply` sets them"},
    ExitCodeRow{
        ExitCode::PathNotTaken, "path-not-taken",
        "TLS did not take the path that the profile expects, is not as safe as it expects, "
        "or the probe could not prove it (inconclusive); `diagnose` found what keeps it off "
        "its path or makes it unsafe",
        "`ktls-tuner probe` names the reason for every cell and KeyUpdate case, `ktls-tuner "
        "diagnose` the next step"},
    ExitCodeRow{ExitCode::Unsupported, "unsupported",
                "a required setting or path is unsupported or blocked here, or has no subject (no "
                "such NIC, driver, node)",
                "the column `why` names what is missing; or mark the setting `need: preferred`"},
    ExitCodeRow{ExitCode::Usage, "usage", "the command line is wrong", "`ktls-tuner VERB --help`"},
    ExitCodeRow{ExitCode::DataUnusable, "data-unusable",
                "a recorded machine, a saved report or a file to import cannot be used",
                "record the machine again with scripts/capture-host; the error says what is wrong "
                "with a file"},
    ExitCodeRow{ExitCode::Bug, "bug", "a bug in this tool",
                "report it with the command and its output"},
    ExitCodeRow{ExitCode::Busy, "busy", "another run holds the lock or waits for confirmation",
                "try again, or use --wait; `ktls-tuner status` shows a pending run"},
    ExitCodeRow{ExitCode::NotPermitted, "not-permitted",
                "a capability is missing; the error names it",
                "run as root, or give the process that capability"},
    ExitCodeRow{ExitCode::ProfileInvalid, "profile-invalid",
                "the profile, or the tool's own settings file, has errors; nothing was written",
                "`ktls-tuner profile check FILE` shows all of them"},
};

// From the highest precedence to the lowest.
constexpr std::array kSeverity{ExitCode::ProfileInvalid, ExitCode::Bug,    ExitCode::Usage,
                               ExitCode::DataUnusable,   ExitCode::Busy,   ExitCode::NotPermitted,
                               ExitCode::Unsupported,    ExitCode::Failed, ExitCode::Drift,
                               ExitCode::PathNotTaken,   ExitCode::Ok};

}  // namespace

std::span<const ExitCodeRow> exit_codes() {
  return kRows;
}

// Not the larger number: a failure (1) outweighs a drift (2), because after it the drift is not
// known completely.
ExitCode worst(ExitCode a, ExitCode b) {
  return *std::ranges::find_if(kSeverity, [&](ExitCode code) { return code == a || code == b; });
}

ExitCode exit_code_of(Fault fault) {
  switch (fault) {
    case Fault::NotPermitted: return ExitCode::NotPermitted;
    case Fault::Busy: return ExitCode::Busy;
    case Fault::Unsupported: return ExitCode::Unsupported;
    case Fault::Internal: return ExitCode::Bug;
    default: return ExitCode::Failed;
  }
}

}  // namespace tuner
