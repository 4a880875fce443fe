#include "cli/render/metrics.h"

#include "base/number.h"
#include "base/text.h"
#include "cli/request/version.h"
#include "model/programs/service_name.h"
#include "model/text_sinks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace tuner {
namespace {

// Also read back: read_check_beat().
constexpr std::string_view kProfileInfo = "ktls_tuner_profile_info";
constexpr std::string_view kLastRun = "ktls_tuner_check_last_run_timestamp_seconds";
constexpr std::string_view kLastSuccess = "ktls_tuner_check_last_success_timestamp_seconds";
constexpr std::string_view kExitCode = "ktls_tuner_check_exit_code";
constexpr std::string_view kProgramsLook = "ktls_tuner_programs_look_timestamp_seconds";

constexpr std::array kFamilies{
    MetricFamily{"ktls_tuner_build_info", "gauge", "version",
                 "Version of ktls-tuner that ran the last check, always 1"},
    MetricFamily{kProfileInfo, "gauge", "profile, digest", "Profile of the last check, always 1"},
    MetricFamily{kLastRun, "gauge", "", "When the last drift check ended"},
    MetricFamily{kLastSuccess, "gauge", "",
                 "When the last drift check ended that reached a verdict (exit code 0, 2, 3 or 4)"},
    MetricFamily{"ktls_tuner_check_duration_seconds", "gauge", "",
                 "Duration of the last drift check"},
    MetricFamily{
        kExitCode, "gauge", "",
        "Exit code of the last drift check: 0 in sync, 2 drift, 4 unsupported on this machine"},
    MetricFamily{"ktls_tuner_journal_damaged", "gauge", "",
                 "1 if the journal of this boot is damaged: apply refuses until it is moved aside"},
    MetricFamily{"ktls_tuner_confirm_waits", "gauge", "",
                 "1 if a run waits for confirmation or, unconfirmed, for its rollback"},
    MetricFamily{"ktls_tuner_confirm_deadline_timestamp_seconds", "gauge", "",
                 "Deadline for confirming that run; in the past: the run is overdue for rollback"},
    MetricFamily{"ktls_tuner_settings", "gauge", "knob, state",
                 "Settings of the profile by family and status; state change is drift"},
    MetricFamily{"ktls_tuner_drift_oldest_timestamp_seconds", "gauge", "knob",
                 "When the oldest drift of this family was first seen"},
    MetricFamily{"ktls_tuner_check_repaired_settings_total", "counter", "",
                 "Settings that drift checks with --repair have re-applied"},
    MetricFamily{"ktls_tuner_probe_timestamp_seconds", "gauge", "",
                 "When the last TLS probe under this kernel started"},
    MetricFamily{"ktls_tuner_probe_success", "gauge", "direction, path",
                 "1 if every cell of the last probe took this path where the profile expects it"},
    MetricFamily{"ktls_tuner_probe_cells", "gauge", "direction, path",
                 "Cells of the last probe by the path that TLS took"},
    MetricFamily{"ktls_tuner_look_complete", "gauge", "of",
                 "1 if the drift job saw all programs, or all TLS sessions; 0 if samples may be "
                 "missing; absent if it did not look"},
    MetricFamily{kProgramsLook, "gauge", "", "When the drift job last looked at programs"},
    MetricFamily{"ktls_tuner_program_at_risk", "gauge", "service, risk, accepted",
                 "Programs whose connections kernel TLS breaks (breaks), or a peer can break "
                 "(key-update), or may (key-update-unknown)"},
    MetricFamily{"ktls_tuner_service_sessions", "gauge", "service, path",
                 "TLS sessions now open, by the service and by where they are encrypted"},
    MetricFamily{"ktls_tuner_service_session_bytes", "gauge", "service, path",
                 "Bytes that these sessions have sent and received so far, by direction"},
    MetricFamily{"ktls_tuner_tls_stat_sessions", "gauge", "direction, path",
                 "TLS sessions now open in the kernel or a NIC"},
    MetricFamily{"ktls_tuner_tls_stat_sessions_opened_total", "counter", "direction, path",
                 "TLS sessions handed to the kernel or a NIC"},
    MetricFamily{"ktls_tuner_tls_stat_decrypt_errors_total", "counter", "",
                 "Records that the kernel failed to decrypt"},
    MetricFamily{"ktls_tuner_tls_stat_decrypt_retries_total", "counter", "",
                 "Records decrypted again because TLS_RX_EXPECT_NO_PAD mispredicted them"},
    MetricFamily{"ktls_tuner_tls_stat_no_pad_violations_total", "counter", "",
                 "TLS 1.3 data records with padding despite TLS_RX_EXPECT_NO_PAD"},
    MetricFamily{"ktls_tuner_tls_stat_device_resyncs_total", "counter", "",
                 "Resyncs of receive offload sent to NICs"},
    MetricFamily{"ktls_tuner_tls_stat_rekeys_total", "counter", "direction, result",
                 "TLS 1.3 key updates in the kernel"},
    MetricFamily{"ktls_tuner_tls_stat_rekeys_received_total", "counter", "",
                 "TLS 1.3 KeyUpdate messages received from peers"},
};

// The kernel's counters, by their names in /proc/net/tls_stat. A counter that the kernel does not
// have gets no sample; a counter that is not listed here is not exported.
struct TlsCounter {
  std::string_view kernel;
  std::string_view family;
  std::string_view labels;
};
constexpr std::array kTlsCounters{
    TlsCounter{"TlsCurrTxSw", "sessions", R"({direction="tx",path="kernel"})"},
    TlsCounter{"TlsCurrRxSw", "sessions", R"({direction="rx",path="kernel"})"},
    TlsCounter{"TlsCurrTxDevice", "sessions", R"({direction="tx",path="device"})"},
    TlsCounter{"TlsCurrRxDevice", "sessions", R"({direction="rx",path="device"})"},
    TlsCounter{"TlsTxSw", "sessions_opened_total", R"({direction="tx",path="kernel"})"},
    TlsCounter{"TlsRxSw", "sessions_opened_total", R"({direction="rx",path="kernel"})"},
    TlsCounter{"TlsTxDevice", "sessions_opened_total", R"({direction="tx",path="device"})"},
    TlsCounter{"TlsRxDevice", "sessions_opened_total", R"({direction="rx",path="device"})"},
    TlsCounter{"TlsDecryptError", "decrypt_errors_total", ""},
    TlsCounter{"TlsDecryptRetry", "decrypt_retries_total", ""},
    TlsCounter{"TlsRxNoPadViolation", "no_pad_violations_total", ""},
    TlsCounter{"TlsRxDeviceResync", "device_resyncs_total", ""},
    TlsCounter{"TlsTxRekeyOk", "rekeys_total", R"({direction="tx",result="ok"})"},
    TlsCounter{"TlsTxRekeyError", "rekeys_total", R"({direction="tx",result="error"})"},
    TlsCounter{"TlsRxRekeyOk", "rekeys_total", R"({direction="rx",result="ok"})"},
    TlsCounter{"TlsRxRekeyError", "rekeys_total", R"({direction="rx",result="error"})"},
    TlsCounter{"TlsRxRekeyReceived", "rekeys_received_total", ""},
};

using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

std::string labels_text(const Labels& labels) {
  std::string text;
  for (const auto& [name, value] : labels)
    text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", name, for_prometheus_label(value));
  return text.empty() ? text : "{" + text + "}";
}

// Samples by family. A family without samples is not written.
class Samples {
 public:
  template <typename Number>
  void add(std::string_view family, const std::string& labels, Number value) {
    samples_[family] += fmt::format("{}{} {}\n", family, labels, value);
  }

  // All samples of one family stand together behind its HELP and TYPE, as the text format demands.
  std::string text() const {
    std::string all;
    for (const MetricFamily& family : kFamilies) {
      const auto found = samples_.find(family.name);
      if (found == samples_.end()) continue;
      all += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{3}", family.name, family.help,
                         family.type, found->second);
    }
    return all;
  }

 private:
  std::map<std::string_view, std::string> samples_;
};

// Seconds, the base unit of Prometheus; rules compare them with time().
std::int64_t seconds(UtcTime time) {
  return time.time_since_epoch().count();
}

// What is unknown has no sample. A 0 in its place would be an answer, and an alert would rely on
// it.
void add_check(const CheckMetrics& check, Samples& samples) {
  samples.add("ktls_tuner_build_info", labels_text({{"version", kVersion}}), 1);
  samples.add(kLastRun, "", seconds(utc_time(check.ran_at)));
  if (check.record.last_success)
    samples.add(kLastSuccess, "", seconds(utc_time(*check.record.last_success)));
  samples.add("ktls_tuner_check_duration_seconds", "",
              fmt::format("{:.3f}", std::chrono::duration<double>(check.duration).count()));
  samples.add(kExitCode, "", static_cast<int>(check.exit_code));
  if (check.journal_damaged)
    samples.add("ktls_tuner_journal_damaged", "", *check.journal_damaged ? 1 : 0);
  if (check.waits) samples.add("ktls_tuner_confirm_waits", "", *check.waits ? 1 : 0);
  if (check.deadline)
    samples.add("ktls_tuner_confirm_deadline_timestamp_seconds", "",
                seconds(utc_time(*check.deadline)));
  samples.add("ktls_tuner_check_repaired_settings_total", "", check.record.repaired);
}

// Each family that the profile mentions has a sample for every state, so that alert rules can rely
// on a 0.
void add_settings(const Plan& plan, Samples& samples) {
  constexpr std::array kStatuses{Status::InSync,      Status::Change,    Status::Done,
                                 Status::Unsupported, Status::NoSubject, Status::Unreadable,
                                 Status::Blocked,     Status::Deferred,  Status::Failed};
  std::map<std::string_view, std::map<Status, int>> counts;
  std::map<std::string_view, std::int64_t> oldest;
  for (const Step& step : plan.steps) {
    const std::string_view knob = step.desired.subject.knob;
    ++counts[knob][step.status];
    if (!step.drift || step.status == Status::NoSubject) continue;
    const std::int64_t since = seconds(utc_time(step.drift->first_seen));
    oldest[knob] = std::min(oldest.try_emplace(knob, since).first->second, since);
  }
  samples.add(kProfileInfo, profile_labels(plan.profile, plan.digest), 1);
  for (auto& [knob, by_status] : counts) {
    for (const Status status : kStatuses)
      samples.add("ktls_tuner_settings",
                  labels_text({{"knob", knob}, {"state", status_name(status)}}), by_status[status]);
  }
  for (const auto& [knob, since] : oldest)
    samples.add("ktls_tuner_drift_oldest_timestamp_seconds", labels_text({{"knob", knob}}), since);
}

// One cell that took another path makes the sample 0: an average of cells would hide it.
void add_probe(const LastProbe& probe, Samples& samples) {
  std::map<std::pair<std::string_view, std::string_view>, bool> success;
  std::map<std::pair<std::string_view, std::string_view>, int> cells;
  for (const LastProbe::Way& way : probe.ways) {
    ++cells[{way.direction, way.taken}];
    const auto held = as_expected(way);
    if (!held) continue;
    bool& all = success.try_emplace({way.direction, way.expected}, true).first->second;
    all = all && *held;
  }
  samples.add("ktls_tuner_probe_timestamp_seconds", "", seconds(probe.at));
  for (const auto& [way, held] : success)
    samples.add("ktls_tuner_probe_success",
                labels_text({{"direction", way.first}, {"path", way.second}}), held ? 1 : 0);
  for (const auto& [way, count] : cells)
    samples.add("ktls_tuner_probe_cells",
                labels_text({{"direction", way.first}, {"path", way.second}}), count);
}

// As many as services have sessions: a series for each service that ever was would never end.
std::map<std::string, int> bounded(const std::map<std::string, int>& by_service) {
  std::map<std::string, int> kept;
  for (const auto& [service, count] : by_service) {
    const bool fits = kept.size() < kMostServices;
    kept[fits ? service : std::string(kOtherServices)] += count;
  }
  return kept;
}

void add_programs(const ProgramScan& scan, bool is_recorded, Samples& samples) {
  samples.add("ktls_tuner_look_complete", labels_text({{"of", "programs"}}),
              scan.not_looked_at.empty() ? 1 : 0);
  if (is_recorded) samples.add(kProgramsLook, "", seconds(utc_time(scan.at)));
  std::map<std::pair<std::string_view, std::string_view>, std::map<std::string, int>> counts;
  for (const ProgramAtRisk& program : scan.at_risk) {
    const std::string_view accepted = program.accepted ? "yes" : "no";
    ++counts[{word_of(program.risk.kind), accepted}][service_series(program.risk.service)];
  }
  for (const auto& [labels, by_service] : counts) {
    for (const auto& [service, count] : bounded(by_service))
      samples.add(
          "ktls_tuner_program_at_risk",
          labels_text({{"service", service}, {"risk", labels.first}, {"accepted", labels.second}}),
          count);
  }
}

// A path whose sessions are not known has no sample, and "unknown" only one that is not 0: it is
// the word of a later kernel.
void add_sessions(const SessionScan& scan, Samples& samples) {
  samples.add("ktls_tuner_look_complete", labels_text({{"of", "sessions"}}),
              scan.complete() ? 1 : 0);
  for (const ServiceSessions& row : scan.services) {
    for (const auto& [path, word] : kWords<SessionPath>) {
      const PathCount& count = row.of(path);
      if (!scan.knows(path) || (path == SessionPath::Unknown && count.sessions == 0)) continue;
      const std::string labels = labels_text({{"service", row.service}, {"path", word}});
      samples.add("ktls_tuner_service_sessions", labels, count.sessions);
      if (row.bytes_reported) samples.add("ktls_tuner_service_session_bytes", labels, count.bytes);
    }
  }
}

// By name: the kernel's file grew from 10 lines (5.10) to 17 (6.14), and a later one has unknown
// names.
void add_tls_stat(const std::map<std::string, std::uint64_t>& tls_stat, Samples& samples) {
  for (const TlsCounter& counter : kTlsCounters) {
    const auto found = tls_stat.find(std::string(counter.kernel));
    if (found == tls_stat.end()) continue;
    const auto* family = std::ranges::find_if(kFamilies, [&](const MetricFamily& one) {
      return one.name.starts_with("ktls_tuner_tls_stat_") && one.name.substr(20) == counter.family;
    });
    samples.add(family->name, std::string(counter.labels), found->second);
  }
}

// The value behind `name` and a blank at the start of a line.
std::optional<std::int64_t> sample(std::string_view line, std::string_view name) {
  if (!line.starts_with(name) || !line.substr(name.size()).starts_with(' ')) return std::nullopt;
  return parse_integer(line.substr(name.size() + 1));
}

// Seconds that have a place in a document: the years 1970 to 9999.
std::optional<UtcTime> time_of(std::optional<std::int64_t> seconds) {
  constexpr std::int64_t kYear10000 = 253402300800;
  if (!seconds || *seconds < 0 || *seconds >= kYear10000) return std::nullopt;
  return UtcTime(std::chrono::seconds(*seconds));
}

}  // namespace

std::string profile_labels(std::string_view profile, std::string_view digest) {
  return labels_text({{"profile", profile}, {"digest", digest}});
}

std::optional<CheckBeat> read_check_beat(std::string_view text) {
  std::optional<std::int64_t> ran_at;
  std::optional<std::int64_t> exit_code;
  CheckBeat beat;
  for (const std::string_view line : lines(text)) {
    if (const auto value = sample(line, kLastRun)) ran_at = value;
    if (const auto value = sample(line, kExitCode)) exit_code = value;
    if (const auto value = sample(line, kLastSuccess)) beat.last_success = time_of(value);
    if (const auto value = sample(line, kProgramsLook)) beat.programs_at = time_of(value);
    // The labels stay a text, which is compared with profile_labels().
    if (line.starts_with(kProfileInfo) && line.ends_with(" 1"))
      beat.profile = line.substr(kProfileInfo.size(), line.size() - kProfileInfo.size() - 2);
  }
  const auto at = time_of(ran_at);
  if (!at || !exit_code || *exit_code < 0 || *exit_code > 255) return std::nullopt;
  beat.ran_at = *at;
  beat.exit_code = static_cast<int>(*exit_code);
  return beat;
}

std::span<const MetricFamily> metric_families() {
  return kFamilies;
}

std::string metrics_text(const CheckMetrics& check) {
  Samples samples;
  add_check(check, samples);
  if (check.plan != nullptr) add_settings(*check.plan, samples);
  if (check.probe) add_probe(*check.probe, samples);
  if (check.scan.programs) add_programs(*check.scan.programs, check.scan_is_recorded, samples);
  if (check.scan.sessions) add_sessions(*check.scan.sessions, samples);
  if (check.tls_stat) add_tls_stat(*check.tls_stat, samples);
  return samples.text();
}

}  // namespace tuner
