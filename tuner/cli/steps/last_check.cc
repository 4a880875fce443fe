#include "cli/steps/last_check.h"

#include "base/text.h"
#include "engine/drift_record.h"
#include "host/files/document_files.h"
#include "host/files/published_file.h"
#include "host/files/small_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace tuner {
namespace {

constexpr std::size_t kLargestMetrics = std::size_t{1} << 20U;

bool is_own_report(const std::string& file) {
  std::error_code error;
  return std::filesystem::weakly_canonical(file, error) == kCheckReportPath && !error;
}

std::optional<CheckBeat> beat_beside(const std::string& file) {
  if (file == "-") return std::nullopt;
  const std::string folder(file.find('/') == std::string::npos ? "." : parent_of(file));
  const auto text = read_document_file(fmt::format("{}/{}", folder, kMetricsName), kLargestMetrics);
  return text ? read_check_beat(*text) : std::nullopt;
}

// The job writes the report again when anything in it changes. So metrics of a later check with
// this profile and this result mean that nothing did.
bool confirms(const CheckBeat& beat, const SavedDocument& document) {
  const std::string profile =
      document.plan ? profile_labels(document.plan->profile, document.plan->digest) : std::string();
  return beat.exit_code == document.exit_code && beat.profile == profile;
}

}  // namespace

Result<std::optional<CheckBeat>> last_beat(const Host& host, const DriftRecord& record,
                                           bool recorded) {
  if (record.metrics.empty()) return std::optional<CheckBeat>();
  const auto text =
      TRY(recorded ? host.files().read(record.metrics) : read_published(record.metrics));
  auto beat = read_check_beat(text);
  if (!beat) {
    return fail(Fault::Invalid,
                fmt::format("{} does not hold the metrics of a check", record.metrics),
                "the next check job replaces it");
  }
  return beat;
}

Result<std::optional<CheckBeat>> last_beat(const Host& host, const StateStore& store,
                                           bool recorded) {
  return last_beat(host, TRY(load_drift(store)), recorded);
}

void confirm_programs(const Host& host, DriftRecord& record, bool recorded) {
  if (!record.programs) return;
  const auto beat = last_beat(host, record, recorded);
  if (!beat || !*beat || !(*beat)->programs_at) return;
  if (const auto at = system_time(*(*beat)->programs_at))
    record.programs->at = std::max(record.programs->at, *at);
}

UtcTime confirmed_at(const Host& host, const StateStore& store, const std::string& file,
                     const SavedDocument& document) {
  if (document.kind != "check") return document.started_at;
  auto beat = beat_beside(file);
  if (!beat && is_own_report(file))
    beat = last_beat(host, store, /*recorded=*/false).value_or(std::nullopt);
  if (!beat || !confirms(*beat, document)) return document.started_at;
  return std::max(document.started_at, beat->ran_at);
}

}  // namespace tuner
