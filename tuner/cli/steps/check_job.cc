#include "cli/steps/check_job.h"

#include "base/fnv.h"
#include "base/text.h"
#include "cli/render/documents.h"
#include "cli/render/failed_reads.h"
#include "cli/render/feature_lines.h"
#include "cli/render/metrics.h"
#include "engine/confirm.h"
#include "engine/drift_record.h"
#include "engine/journal.h"
#include "host/facts/collect.h"
#include "host/files/local_profile_files.h"
#include "host/files/published_file.h"
#include "host/files/small_files.h"
#include "host/files/trusted_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace tuner {
namespace {

// Textfile directories of Debian's package and of the common Ansible role for node_exporter.
constexpr std::array<std::string_view, 2> kTextfileDirectories{"/var/lib/prometheus/node-exporter",
                                                               "/var/lib/node_exporter"};

Outcome judge_options(const Options& options) {
  if (!options.root.empty() && (options.job || options.repair)) {
    return fail(Fault::Invalid,
                fmt::format("--{} works only on this machine, not with --root",
                            options.job ? "job" : "repair"),
                "check, --metrics and --report work on a recorded machine");
  }
  if (!options.settings.empty() && !options.job)
    return fail(Fault::Invalid, "--settings needs --job", "add --job or omit it");
  if (options.defer_repair && (!options.job || options.repair))
    return fail(Fault::Invalid, "--defer-repair needs --job and excludes --repair",
                "add --job, omit --repair");
  if (options.splay.of_settings && !options.job)
    return fail(Fault::Invalid, "--splay settings needs --job", "or give a time: --splay 30m");
  return {};
}

// Absent folders are no error: a host without node_exporter keeps the job's metrics beside its
// report, where they tell when the job ran.
std::string default_metrics(const FileTree& files, const ToolSettings& settings) {
  if (!settings.textfile_directory.empty())
    return fmt::format("{}/{}", settings.textfile_directory, kMetricsName);
  const auto* found = std::ranges::find_if(
      kTextfileDirectories, [&](std::string_view folder) { return files.exists(folder); });
  return found == kTextfileDirectories.end() ? std::string(kOwnMetricsPath)
                                             : fmt::format("{}/{}", *found, kMetricsName);
}

void add_error(Answer& answer, const Error& error) {
  answer.errors.push_back(error);
  answer.exit_code = worst(answer.exit_code, exit_code_of(error.fault));
}

// Results that describe the host. After any other code nothing was compared, and "last success"
// must not move.
bool reached_verdict(ExitCode code) {
  return code == ExitCode::Ok || code == ExitCode::Drift || code == ExitCode::PathNotTaken ||
         code == ExitCode::Unsupported;
}

// The record is not saved while nothing changes; the metrics of the job before this one then know
// the last success.
std::optional<DriftRecord::Time> last_success(const Context& context, const DriftRecord& record) {
  auto last = record.last_success;
  const auto beat = last_beat(context.host, context.store, !context.options.root.empty());
  if (!beat || !*beat || !(*beat)->last_success) return last;
  const auto told = system_time(*(*beat)->last_success);
  if (told && (!last || *last < *told)) last = told;
  return last;
}

DriftRecord record_for_metrics(const Context& context, const CheckResult& result) {
  if (result.record) return *result.record;
  auto record = load_drift(context.store).value_or(DriftRecord{});
  record.last_success = last_success(context, record);
  return record;
}

std::string metrics_of(const Context& context, std::chrono::system_clock::time_point began,
                       const CheckResult& result) {
  const Facts facts = collect_facts(context.host, FactNeed::TlsStat);
  const auto now = context.host.clock().now();
  const auto journal = Journal::load(context.store, facts.host.boot_id, facts.host.net_namespace);
  CheckMetrics check{
      .plan = result.plan ? &*result.plan : nullptr,
      .exit_code = result.answer.exit_code,
      .ran_at = now,
      .duration = std::chrono::duration_cast<std::chrono::milliseconds>(now - began),
      .record = record_for_metrics(context, result),
      .journal_damaged = journal ? std::optional(journal->damage().has_value()) : std::nullopt,
      .tls_stat = facts.tls_stat,
      .probe = last_probe(context.store, facts.host.kernel),
      .scan = result.scan,
      .scan_is_recorded = result.record_holds};
  if (reached_verdict(check.exit_code)) check.record.last_success = now;
  if (const auto pending = load_pending(context.store, facts.host.boot_id)) {
    const bool waits = *pending && state_of(context.host, **pending) != PendingState::Stale;
    check.waits = waits;
    if (waits) check.deadline = deadline_time(context.host, **pending);
  }
  return metrics_text(check);
}

std::string features_of(const Context& context, const CheckResult& result) {
  const Facts facts =
      collect_facts(context.host, FactNeed::Nics | FactNeed::NicFeatures | FactNeed::TlsModule);
  FeatureInput input{.facts = facts,
                     .probe = last_probe(context.store, facts.host.kernel),
                     .in_sync = {},
                     .profile = result.plan ? result.plan->profile : ""};
  if (result.plan && reached_verdict(result.answer.exit_code))
    input.in_sync = result.answer.exit_code == ExitCode::Ok;
  return feature_lines(input);
}

std::string report_of(const Context& context, std::chrono::system_clock::time_point began,
                      CheckResult& result) {
  const Occasion occasion{.kind = "check",
                          .host = collect_identity(context.host),
                          .started_at = began,
                          .duration = std::chrono::duration_cast<std::chrono::milliseconds>(
                              context.host.clock().now() - began)};
  add_failed_reads(context.host.reads(), result.answer);
  return document_text(occasion, result.answer);
}

// Files in the tool's own folder are in the state store, which creates it. publish() writes to any
// other place with the checks for a folder of another owner, and without fsync(2).
Outcome write_result(const Context& context, const std::string& path, const std::string& text) {
  if (path == kCheckReportPath) return context.store.replace(path, text);
  auto written = publish(path, text);
  const bool no_folder = !written && written.error().fault == Fault::NotFound;
  return no_folder && path == kOwnMetricsPath ? context.store.replace(path, text) : written;
}

// What differs each time that something is looked at: times, and the bytes of connections.
bool always_differs(std::string_view key) {
  constexpr std::array<std::string_view, 4> kTimes{"started_at", "duration_ms", "last_seen",
                                                   "looked_at"};
  return std::ranges::count(kTimes, key) > 0 || key.ends_with("_bytes");
}

// The name of `"name": value,`; empty for any other line.
std::string_view key_of(std::string_view line) {
  line = trim(line);
  const auto end = line.find("\": ");
  return line.starts_with('"') && end != std::string_view::npos ? line.substr(1, end - 1)
                                                                : std::string_view();
}

// "x_sessions": 17 as "x_sessions": some. A host with traffic would otherwise write its report each
// time; whether a service has sessions on a path is what the report is about.
std::string without_number(std::string_view line, std::string_view key) {
  const std::string_view value = line.substr(line.find(':'));
  const bool some = value.find_first_of("123456789") != std::string_view::npos;
  return fmt::format("{}: {}", key, some ? "some" : value);
}

// A document without what differs each time.
std::string lasting_part(std::string_view document) {
  std::string rest;
  for (const std::string_view line : lines(document)) {
    const std::string_view key = key_of(line);
    if (always_differs(key)) continue;
    if (key.ends_with("_sessions"))
      rest += without_number(line, key);
    else
      rest += line;
    rest += '\n';
  }
  return rest;
}

bool is_new(const Context& context, const CheckJob& job, const CheckResult& result,
            const std::string& report) {
  if (!job.beats || job.report != kCheckReportPath || result.answer.exit_code != ExitCode::Ok)
    return true;
  const auto saved = context.store.read(kCheckReportPath);
  return !saved || lasting_part(*saved) != lasting_part(report);
}

void save_record(const Context& context, CheckResult& result) {
  const auto kept = save_drift(context.store, *result.record);
  if (!kept) add_error(result.answer, kept.error());
  result.record_holds = kept.has_value();
}

}  // namespace

ReadSettings read_settings(const std::string& named) {
  const std::string path = named.empty() ? std::string(kToolSettingsPath) : named;
  const auto trusted = input_is_trusted(path);
  if (!trusted && trusted.error().fault == Fault::Refused)
    return {std::nullopt, failure(trusted.error())};
  auto loaded = load_tool_settings(*local_profile_files(), path);
  if (loaded.settings) return {std::move(loaded.settings), {}};
  Answer answer;
  answer.exit_code = ExitCode::ProfileInvalid;
  answer.diagnostics = std::move(loaded.diagnostics);
  return {std::nullopt, std::move(answer)};
}

// A job has its own options: it does nothing on a host without a profile, and waits for another run
// instead of failing each time one is in progress.
Result<CheckRequest> check_request(const Options& options) {
  TRY(judge_options(options));
  Options asked = options;
  asked.if_active = options.if_active || options.job;
  asked.wait = options.job;
  CheckRequest request{.session = TRY(session_request(asked)),
                       .write = write_request(asked),
                       .job = options.job,
                       .repair = options.repair,
                       .defer_repair = options.defer_repair,
                       .splay = options.splay,
                       .settings = options.settings,
                       .metrics = options.metrics,
                       .report = options.report};
  request.session.silent = options.job;
  return request;
}

DecidedJob decide_job(const Context& context, const CheckRequest& request) {
  ToolSettings settings;
  if (request.job) {
    auto read = read_settings(request.settings);
    if (!read.settings) return {std::nullopt, std::move(read.answer)};
    settings = std::move(*read.settings);
  }
  CheckJob job{.metrics = request.metrics,
               .report = request.report,
               .feature_file = settings.feature_file,
               .beats = request.job,
               .repair = request.repair || (settings.repair && !request.defer_repair),
               .defer_repair = settings.repair && request.defer_repair,
               .splay = request.splay.of_settings ? settings.splay : request.splay.limit};
  if (request.job && job.metrics.empty())
    job.metrics = default_metrics(context.host.files(), settings);
  if (request.job && job.report.empty()) job.report = kCheckReportPath;
  return {std::move(job), {}};
}

// A thousand hosts with the same timer must not start in the same second. The delay of a host is
// the same at each start, so the interval between two checks stays constant.
std::chrono::seconds start_delay(std::string_view machine_id, std::chrono::seconds limit) {
  if (limit.count() <= 0) return std::chrono::seconds(0);
  Fnv hash;
  hash.add("ktls-tuner check");
  hash.add(machine_id);
  return std::chrono::seconds(hash.value() % static_cast<std::uint64_t>(limit.count()));
}

void wait_start_delay(const Host& host, std::chrono::seconds limit) {
  if (limit.count() <= 0) return;
  std::string id = read_word(host.files(), "/etc/machine-id");
  if (id.empty()) id = collect_identity(host).hostname;
  host.clock().sleep(start_delay(id, limit));
}

// Only a check of the active profile is recorded: another profile's differences are a question and
// no drift.
void update_drift_times(const Context& context, const CheckJob& job, bool may_record,
                        CheckResult& result) {
  std::optional<Error> lost;
  auto loaded = may_record ? load_or_renew_drift(context.store, lost) : load_drift(context.store);
  if (lost) result.answer.errors.push_back(*lost);
  if (!loaded) {
    result.answer.errors.push_back(loaded.error());
    if (job.beats) result.known.emplace().programs = result.scan.programs;
    return;
  }
  DriftRecord& record = *loaded;
  if (may_record) {
    const DriftRecord before = record;
    const auto now = context.host.clock().now();
    if (result.plan && result.of_active) record_drift(record, *result.plan, now, result.is_whole);
    record.last_success =
        reached_verdict(result.answer.exit_code) ? now : last_success(context, record);
    record.repaired += static_cast<std::uint64_t>(result.repaired);
    if (job.beats) {
      record.metrics = job.metrics;
      record.programs = result.scan.programs;
    }
    result.record = record;
    const bool in_sync = job.beats && result.answer.exit_code == ExitCode::Ok && !lost;
    result.record_holds = in_sync && equal_but_for_times(before, record);
    if (!result.record_holds) save_record(context, result);
  }
  if (result.plan) fill_drift_times(*result.plan, record);
  if (job.beats) record.programs = result.scan.programs;
  result.known = std::move(record);
}

// Each file is written even if another one failed; the exit code tells it.
void write_results(const Context& context, const CheckJob& job,
                   std::chrono::system_clock::time_point began, CheckResult& result) {
  const auto write = [&](const std::string& path, const std::string& text) {
    auto left = write_result(context, path, text);
    if (!left) add_error(result.answer, left.error());
    return left.has_value();
  };
  const bool beats = !job.metrics.empty() && write(job.metrics, metrics_of(context, began, result));
  // Without new metrics, the record must not name the old ones as those of this check.
  if (job.beats && !beats && result.record) {
    result.record->metrics.clear();
    save_record(context, result);
  }
  if (!job.feature_file.empty()) {
    const std::string features = features_of(context, result);
    const auto saved = context.host.files().read(job.feature_file);
    if (!saved || *saved != features) write(job.feature_file, features);
  }
  if (job.report.empty()) return;
  const std::string report = report_of(context, began, result);
  if (!is_new(context, job, result, report) || write(job.report, report)) return;
  // These metrics would confirm the report of an earlier check.
  if (beats) write(job.metrics, metrics_of(context, began, result));
}

}  // namespace tuner
