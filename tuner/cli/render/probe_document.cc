#include "cli/render/documents.h"
#include "document/kernel_trials.h"
#include "document/key_update.h"
#include "document/probe.h"

namespace tuner {
namespace {

using document::or_null;
using document::word;

std::optional<document::Ulp> ulp_document(const std::optional<UlpInfo>& ulp) {
  if (!ulp) return std::nullopt;
  return document::Ulp{
      .version = ulp->version, .cipher = ulp->cipher, .txconf = ulp->txconf, .rxconf = ulp->rxconf};
}

// Which end is this host's, and the evidence of both ends.
document::Wire wire_document(const ProbeReport& report, const JudgedCell& judged) {
  const ProbeCell& cell = judged.cell();
  return {.own_end = report.mode == "connect" ? "client" : "server",
          .interface = or_null(cell.interface),
          .nics = cell.nics,
          .driver_counters = cell.driver_counters,
          .server_because = cell.server_because,
          .client = end_document(judged.calling_end())};
}

document::Cell cell_document(const JudgedCell& judged) {
  const ProbeCell& cell = judged.cell();
  // A cell has the paths of the serving end; those of the calling end are in `wire`.
  const ProbeEnd serving = judged.serving_end();
  return {.version = word(cell.version),
          .cipher = word(cell.cipher),
          .cipher_suite = cell.cipher_suite,
          .tx = word(serving.tx.path()),
          .rx = word(serving.rx.path()),
          .bytes = cell.bytes,
          .intact = cell.intact,
          .counters = cell.counters,
          .counters_by_others = cell.counters_by_others,
          .ulp = ulp_document(cell.ulp),
          .because = judged.because(),
          .expected = {.tx = word(judged.expected(TlsDirection::Tx)),
                       .rx = word(judged.expected(TlsDirection::Rx))},
          .result = word(judged.result()),
          .wire = {}};
}

std::optional<document::KeyUpdates> key_updates_document(const JudgedReport& report) {
  const auto& judged = report.key_updates();
  if (!judged) return std::nullopt;
  document::KeyUpdates updates{.cipher = word(judged->cipher),
                               .verdict = word(judged->safety),
                               .because = judged->because,
                               .expected_safe = report.expects_safe_key_updates(),
                               .cases = {}};
  for (const KeyUpdateTrial& trial : judged->trials) {
    updates.cases.push_back(
        {.number = trial.number,
         .what = std::string(key_update_case(trial.number)->what),
         .role = word(trial.role),
         .result = word(trial.result),
         .tx = word(trial.tx.path()),
         .rx = word(trial.rx.path()),
         .counters = trial.counters,
         .noticed = trial.noticed ? std::optional(word(*trial.noticed)) : std::nullopt,
         .because = trial.because});
  }
  return updates;
}

std::optional<document::KernelTrials> kernel_trials_document(const JudgedReport& report) {
  const auto& judged = report.kernel_trials();
  if (!judged) return std::nullopt;
  document::KernelTrials all{
      .result = word(judged->result), .because = judged->because, .trials = {}};
  for (const JudgedTrial& trial : judged->trials) {
    all.trials.push_back({.id = std::string(trial.key.row->id),
                          .what = std::string(trial.key.row->what),
                          .direction = word(trial.key.row->direction),
                          .version = word(trial.key.version),
                          .cipher = word(trial.key.cipher),
                          .result = word(trial.result),
                          .seen = trial.seen,
                          .because = trial.because});
  }
  return all;
}

}  // namespace

document::End end_document(const ProbeEnd& end) {
  return {.tx = word(end.tx.path()),
          .rx = word(end.rx.path()),
          .counters = end.counters,
          .counters_by_others = end.counters_by_others,
          .ulp = ulp_document(end.ulp),
          .interface = or_null(end.interface),
          .nics = end.nics,
          .driver_counters = end.driver_counters,
          .because = end.because};
}

document::Library library_document(const LibraryFacts& library) {
  document::Library all{.version = library.version,
                        .config_file = library.config_file,
                        .config_asks_for_ktls = library.config_asks,
                        .ktls = {}};
  for (const LibraryFacts::Ability& ability : library.abilities) {
    all.ktls.push_back({.version = word(ability.version),
                        .cipher = word(ability.cipher),
                        .tx = ability.tx,
                        .rx = ability.rx});
  }
  return all;
}

document::Probe probe_document(const JudgedReport& judged) {
  const ProbeReport& report = judged.report();
  document::Probe probe{.endpoint = {.mode = report.mode, .peer = or_null(report.peer)},
                        .own_namespace = report.own_namespace,
                        .counters_shared = !report.own_namespace,
                        .library = library_document(report.library),
                        .cells = {},
                        .key_updates = key_updates_document(judged),
                        .kernel_trials = kernel_trials_document(judged),
                        .verdict = word(judged.verdict()),
                        .warnings = report.warnings};
  for (const JudgedCell& cell : judged.cells()) {
    probe.cells.push_back(cell_document(cell));
    if (report.mode != "loopback") probe.cells.back().wire = wire_document(report, cell);
  }
  return probe;
}

}  // namespace tuner
