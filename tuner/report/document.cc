#include "report/document.h"

#include "document/read.h"
#include "model/json_bytes.h"
#include "report/saved_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace tuner {
namespace {

// What a report shows of a body.
struct Saver {
  SavedDocument& saved;

  void operator()(const document::Check& check) const {
    saved.plan = saved_plan(check);
    if (check.programs) saved.programs = saved_programs(*check.programs);
    if (check.sessions) saved.sessions = saved_sessions(*check.sessions);
  }
  void operator()(const document::Plan& plan) const { saved.plan = saved_plan(plan); }
  void operator()(const document::Apply& apply) const {
    saved.plan = saved_plan(apply);
    saved.undone = saved_steps(apply.undone);
  }
  void operator()(const document::Rollback& rollback) const {
    saved.plan = SavedPlan{.profile = {}, .digest = {}, .steps = saved_steps(rollback.steps)};
  }
  void operator()(const document::Probe& probe) const { saved.probe = saved_probe(probe); }
  void operator()(const document::Bench& bench) const { saved.bench = bench; }
  void operator()(const document::ComparedBenches& compared) const {
    saved.comparison = compared.comparison;
  }
  void operator()(const document::Facts& facts) const { saved.facts = saved_facts(facts); }
  // Of a tune the last part counts: check, or apply if it was rolled back.
  void operator()(const document::Tune& tune) const {
    saved.written = saved_plan(tune.apply);
    saved.plan = tune.check ? saved_plan(*tune.check) : saved.written;
    if (tune.probe) saved.probe = saved_probe(*tune.probe);
    saved.warnings = tune.warnings;
    if (tune.bench) saved.comparison = tune.bench->comparison;
  }
  void operator()(const auto&) const {}
};

constexpr std::array<std::string_view, 8> kKinds = {"check", "plan",  "apply", "rollback",
                                                    "tune",  "probe", "bench", "facts"};

Outcome check_kind(std::string_view kind) {
  if (std::ranges::count(kKinds, kind) > 0) return {};
  return fail(Fault::Invalid,
              fmt::format("is a document of '{}', for which there is no report", kind),
              "there are reports of check, plan, apply, rollback, tune, probe, bench and facts");
}

// The intervals of a row take time by the square of its rounds. A run of an hour has fewer.
constexpr std::size_t kMostRounds = 3600;
constexpr std::size_t kMostRoundsOfAll = 20'000;

Outcome check_rounds(const document::Bench& bench) {
  std::size_t all = 0;
  for (const document::BenchRow& row : bench.rows) {
    std::vector<std::size_t> sizes;
    if (row.figures) {
      sizes.push_back(row.figures->rounds.gbit_per_second.size());
      sizes.push_back(row.figures->rounds.cpu_seconds_per_gb.size());
    }
    for (const document::BenchLatency& step : row.latency) {
      sizes.push_back(step.p50_by_round.size());
      sizes.push_back(step.p99_by_round.size());
    }
    for (const document::BenchSum& sum :
         row.messages ? row.messages->sums : std::vector<document::BenchSum>())
      sizes.push_back(sum.p50_by_round.size());
    for (const std::size_t size : sizes) {
      all += size;
      if (size > kMostRounds || all > kMostRoundsOfAll)
        return fail(Fault::Invalid, "is damaged: rows: more rounds than a run can have");
    }
  }
  return {};
}

SavedDocument with_envelope(const document::Envelope& envelope, std::string_view file) {
  SavedDocument saved{.file = as_utf8(file),
                      .kind = envelope.kind,
                      .tool_version = envelope.tool.version,
                      .hostname = envelope.host.hostname,
                      .kernel = envelope.host.kernel,
                      .boot_id = envelope.host.boot_id,
                      .emulated = envelope.host.emulated,
                      .started_at = envelope.started_at,
                      .duration_ms = envelope.duration_ms,
                      .exit_code = envelope.exit_code};
  for (const document::Error& error : envelope.errors)
    saved.errors.push_back({.code = error.code, .message = error.message, .hint = error.hint});
  return saved;
}

}  // namespace

std::optional<std::uint64_t> SavedService::covered() const {
  const auto& kernel = sessions[static_cast<std::size_t>(SessionPath::Kernel)];
  const auto& device = sessions[static_cast<std::size_t>(SessionPath::Device)];
  if (!kernel || !device) return std::nullopt;
  return *kernel + *device;
}

std::optional<std::uint64_t> SavedService::eligible() const {
  const auto& none = sessions[static_cast<std::size_t>(SessionPath::None)];
  const auto in_kernel = covered();
  if (!none || !in_kernel) return std::nullopt;
  return *none + *in_kernel;
}

bool needs_action(const SavedProgram& program) {
  const auto kind = from_word<ProgramRisk::Kind>(program.risk);
  return kind && acceptance_of(*kind) && !program.accepted;
}

std::vector<std::string> services_that_need_action(const SavedDocument& document) {
  std::vector<std::string> services;
  if (!document.programs) return services;
  for (const SavedProgram& program : document.programs->at_risk) {
    if (needs_action(program) && std::ranges::count(services, program.service) == 0)
      services.push_back(program.service);
  }
  return services;
}

// A run that ended early has only errors.
Result<SavedDocument> read_document(std::string_view text, std::string_view file) {
  const document::Document read = TRY(document::read(text));
  TRY(check_kind(read.envelope.kind));
  if (read.body.get_if<document::ServerProbe>() != nullptr)
    return fail(Fault::Invalid, "is a probe of a server elsewhere, for which there is no report",
                "there are reports of probes over loopback and across the wire");
  SavedDocument saved = with_envelope(read.envelope, file);
  read.body.visit(Saver{saved});
  if (saved.bench) TRY(check_rounds(*saved.bench));
  if (saved.errors.empty() && !saved.plan && !saved.probe && !saved.bench && !saved.comparison &&
      !saved.facts)
    return fail(Fault::Invalid, "is damaged: errors: there is neither an error nor a result");
  return saved;
}

std::string_view state_words(const SavedDocument& document) {
  const bool looks = document.kind == "check" || document.kind == "plan";
  switch (document.exit_code) {
    case 0: return looks ? "in sync" : document.kind == "probe" ? "as expected" : "done";
    case 1: return "failed";
    case 2: return "drift";
    case 3: return "path not taken";
    case 4: return "cannot";
    case 75: return "busy";
    case 77: return "not permitted";
    case 78: return "profile invalid";
    default: return "failed";
  }
}

std::string number_words(const std::optional<std::uint64_t>& number) {
  return number ? fmt::format("{}", *number) : "not known";
}

// Only neighbours are merged: a plan lists the queues of one NIC one after the other, and a row
// must not hide what stands between its first and last subject.
std::vector<SavedStep> merge_equal(const std::vector<SavedStep>& steps) {
  const auto alike = [](const SavedStep& a, const SavedStep& b) {
    return a.knob == b.knob && a.status == b.status && a.need == b.need &&
           a.observed == b.observed && a.because == b.because && a.cause == b.cause &&
           a.owner == b.owner && a.hint == b.hint && a.first_seen == b.first_seen;
  };
  std::vector<SavedStep> merged;
  for (auto from = steps.begin(); from != steps.end();) {
    const auto end = std::find_if_not(from, steps.end(),
                                      [&](const SavedStep& step) { return alike(*from, step); });
    const SavedStep& last = *std::prev(end);
    // The names of sysctls have no common pattern, so a merged row would not name them.
    const bool by_queue = from->subject.find('/') != std::string::npos || from->knob != "sysctl";
    if (end - from < 3 || !by_queue) {
      merged.insert(merged.end(), from, end);
    } else {
      merged.push_back(*from);
      merged.back().subject = fmt::format("{} … {} ({})", from->subject, last.subject, end - from);
      if (from->goal != last.goal)
        merged.back().goal = fmt::format("{} … {}", from->goal, last.goal);
    }
    from = end;
  }
  return merged;
}

}  // namespace tuner
