// Markdown for issues and merge requests of code forges.
#include "base/rfc3339.h"
#include "base/text.h"
#include "model/text_sinks.h"
#include "report/bench_markdown.h"
#include "report/fleet_services.h"
#include "report/markdown_parts.h"
#include "report/reports.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

constexpr std::size_t kRows = 20;
constexpr std::size_t kNames = 5;

std::string steps_table(const SavedPlan& plan) {
  std::string rows;
  std::size_t quiet = 0;
  std::vector<SavedStep> trouble;
  for (const SavedStep& step : plan.steps) {
    if (is_problem(step.status, step.need))
      trouble.push_back(step);
    else
      ++quiet;
  }
  for (const SavedStep& step : merge_equal(trouble)) {
    std::string reason = step.because;
    if (!step.cause.empty()) reason += "; cause: " + step.cause;
    if (!step.first_seen.empty()) reason += "; first seen " + step.first_seen;
    rows += markdown_row({status_words(step.status), for_markdown(step.knob),
                          for_markdown(step.subject), for_markdown(step.observed),
                          for_markdown(step.goal), for_markdown(reason)});
  }
  std::string text;
  if (!rows.empty())
    text = markdown_head({"status", "family", "setting", "now", "wanted", "why"}) + rows;
  return text + fmt::format("\n{} more in sync, or preferred and not possible here.\n\n", quiet);
}

std::string probe_table(const SavedProbe& probe) {
  std::string text = markdown_head({"result", "version", "cipher", "tx", "rx", "wanted", "why"});
  for (const SavedCell& cell : probe.cells) {
    text += markdown_row({for_markdown(cell.result), for_markdown(cell.version),
                          for_markdown(cell.cipher), for_markdown(cell.tx), for_markdown(cell.rx),
                          for_markdown(cell.expected_tx + ", " + cell.expected_rx),
                          for_markdown(cell.because)});
  }
  text += "\n";
  for (const std::string& warning : probe.warnings)
    text += "- warning: " + for_markdown(warning) + "\n";
  return text + "\n";
}

std::string nics_table(const SavedFacts& facts) {
  std::string text = fmt::format("tls is {}: {}\n\n", for_markdown(facts.tls_state),
                                 for_markdown(facts.tls_because)) +
                     markdown_head({"interface", "kind", "driver", "TLS offload", "why not"});
  for (const SavedNic& nic : facts.nics) {
    text += markdown_row(
        {for_markdown(nic.name), for_markdown(nic.kind), for_markdown(nic.driver),
         fmt::format("tx {}, rx {}", nic.tls_tx ? "on" : "off", nic.tls_rx ? "on" : "off"),
         for_markdown(join(nic.tls_because, "; "))});
  }
  return text + "\n";
}

std::string programs_list(const SavedPrograms& programs) {
  std::string text;
  for (const SavedProgram& program : programs.at_risk)
    text += fmt::format("- {}: {}: {}\n", program.accepted ? "accepted" : "warning",
                        for_markdown(program.risk), for_markdown(program.because));
  for (const std::string& missing : programs.not_looked_at)
    text += fmt::format("- {}\n", for_markdown(missing));
  return text.empty() ? text : "Programs and the kernel's TLS:\n\n" + text + "\n";
}

std::string sessions_table(const SavedSessions& sessions) {
  if (!sessions.unseen.empty())
    return fmt::format("- TLS sessions could not be seen: {}\n\n", for_markdown(sessions.unseen));
  if (sessions.services.empty()) return {};
  std::string text = markdown_head({"service", "eligible sessions", "in kernel or NIC"});
  for (const SavedService& service : sessions.services)
    text += markdown_row({for_markdown(service.service), number_words(service.eligible()),
                          number_words(service.covered())});
  return text + "\n";
}

std::string document_text(const SavedDocument& document) {
  std::string text =
      fmt::format("## {} · {}: {}\n\n{}, kernel {}, exit code {}", for_markdown(document.hostname),
                  document.kind, state_words(document), rfc3339(document.started_at),
                  for_markdown(document.kernel), document.exit_code);
  if (document.plan && !document.plan->profile.empty())
    text += fmt::format(", profile {} ({})", for_markdown(document.plan->profile),
                        for_markdown(document.plan->digest));
  text += "\n\n";
  for (const SavedError& error : document.errors)
    text += "- error: " + for_markdown(error.message) + "\n";
  if (!document.errors.empty()) text += "\n";
  if (document.plan) text += steps_table(*document.plan);
  if (document.probe) text += probe_table(*document.probe);
  if (document.bench) text += bench_markdown(document);
  if (document.comparison) text += comparison_markdown(*document.comparison);
  if (document.facts) text += nics_table(*document.facts);
  if (document.programs) text += programs_list(*document.programs);
  if (document.sessions) text += sessions_table(*document.sessions);
  return text;
}

std::string files_text(std::string_view title, const std::vector<FleetFile>& files) {
  if (files.empty()) return "";
  std::string text = fmt::format("## {}\n\n", title);
  for (const FleetFile& file : files)
    text += fmt::format("- {}: {}\n", for_markdown(file.file), for_markdown(file.reason));
  return text + "\n";
}

// Not more than a few names: a comment in a pull request has a limit, and a table cell no folding.
std::string names(const std::vector<const FleetHost*>& hosts) {
  std::string text;
  for (std::size_t i = 0; i < hosts.size() && i < kNames; ++i)
    text += (text.empty() ? "" : ", ") + for_markdown(hosts[i]->hostname);
  if (hosts.size() > kNames) text += fmt::format(" and {} more", hosts.size() - kNames);
  return text;
}

std::string tally_table(std::string_view title, const std::vector<std::string>& heads,
                        const std::vector<FleetTally>& tallies) {
  if (tallies.empty()) return "";
  std::string text = fmt::format("## {}\n\n", title) + markdown_head(heads);
  for (std::size_t i = 0; i < tallies.size() && i < kRows; ++i) {
    const FleetTally& tally = tallies[i];
    text += markdown_row({for_markdown(tally.what), for_markdown(tally.detail),
                          fmt::format("{}", tally.hosts.size()), names(tally.hosts)});
  }
  if (tallies.size() > kRows) text += fmt::format("\n{} more.\n", tallies.size() - kRows);
  return text + "\n";
}

// The status in words: a text page has no legend.
std::string_view sign(const FleetHost& host, std::uint32_t setting) {
  const FleetCell* cell = find_cell(host, setting);
  if (cell == nullptr) return has_setting(host, setting) ? "=" : "";
  return status_name(cell->worst.status);
}

std::string matrix_text(const Fleet& fleet, const FleetGroup& profile) {
  const FleetHost& first = *profile.hosts.front();
  auto settings = settings_in_trouble(fleet, profile.hosts);
  if (settings.size() > kRows) settings.resize(kRows);
  std::vector<std::string> heads = {"hosts", "state"};
  for (const std::uint32_t setting : settings)
    heads.push_back(for_markdown(fleet.settings[setting].name));
  std::string text = first.state.empty()
                         ? std::string("### Hosts without a settings document\n\n")
                         : fmt::format("### {} ({}): {} hosts\n\n", for_markdown(first.profile),
                                       for_markdown(first.digest), profile.hosts.size());
  text += markdown_head(heads);
  for (const FleetGroup& group : group_rows(profile.hosts, settings)) {
    const FleetHost& host = *group.hosts.front();
    std::vector<std::string> cells = {names(group.hosts), host.stale ? "stale" : host.state};
    for (const std::uint32_t setting : settings) cells.emplace_back(sign(host, setting));
    std::ranges::replace(cells[1], '_', ' ');
    text += markdown_row(cells);
  }
  return text + "\n";
}

std::string paths_text(const Fleet& fleet) {
  std::string text = "## Where TLS runs\n\n" + markdown_head({"paths", "hosts", "which"});
  for (const FleetGroup& group : path_groups(fleet)) {
    std::string paths;
    for (const FleetPath& path : group.hosts.front()->paths)
      paths += fmt::format("{}{}: tx {}, rx {}", paths.empty() ? "" : "; ", path.version, path.tx,
                           path.rx);
    text += markdown_row({paths.empty() ? "not probed" : for_markdown(paths),
                          fmt::format("{}", group.hosts.size()), names(group.hosts)});
  }
  return text + "\n";
}

std::string risks_text(const Fleet& fleet) {
  std::string rows;
  for (const FleetRisk& risk : risks_of(fleet))
    rows += markdown_row({for_markdown(risk.risk) + (risk.accepted ? ", accepted" : ""),
                          for_markdown(risk.service), for_markdown(risk.example.because),
                          fmt::format("{}", risk.hosts.size()), names(risk.hosts)});
  if (rows.empty()) return rows;
  return "## Programs at risk by the kernel's TLS\n\n" +
         markdown_head({"risk", "service", "why (first host)", "hosts", "which"}) + rows + "\n";
}

std::string services_text(const Fleet& fleet) {
  std::string rows;
  for (const FleetService& service : services_of(fleet)) {
    std::vector<const FleetHost*> open = service.not_offloaded;
    open.insert(open.end(), service.partly.begin(), service.partly.end());
    rows += markdown_row(
        {for_markdown(service.service), fmt::format("{}", service.eligible),
         fmt::format("{}", service.covered), fmt::format("{}", service.offloaded.size()),
         fmt::format("{}", open.size()), names(open), fmt::format("{}", service.unknown.size())});
  }
  if (rows.empty()) return rows;
  return "## Who is offloaded and who is not\n\n" +
         markdown_head({"service", "eligible sessions", "in kernel or NIC", "hosts offloaded",
                        "not or partly", "which", "not known"}) +
         rows + "\n";
}

}  // namespace

std::string documents_markdown(const Saved& saved) {
  std::string text = "# ktls-tuner report\n\n";
  for (const SavedDocument& document : saved.documents) text += document_text(document);
  return text + files_text("Files that could not be used", saved.unusable);
}

std::string fleet_markdown(const Fleet& fleet) {
  const FleetCounts counts = count(fleet);
  std::string text = fmt::format(
      "# Kernel TLS across the fleet\n\n{} hosts as of {}: {} in sync, {} drifted, {} cannot, {} "
      "failed, {} stale or not checked\n\n",
      counts.hosts, rfc3339(fleet.made_at), counts.in_sync, counts.drift, counts.cannot,
      counts.failed, counts.unknown);
  text += files_text("Files that could not be used", fleet.unusable);
  text += files_text("Stale", fleet.stale);
  if (fleet.hosts.empty()) return text;
  text += risks_text(fleet);
  text += "## Settings by host\n\n";
  for (const FleetGroup& profile : profile_groups(fleet)) text += matrix_text(fleet, profile);
  const std::vector<std::string> heads = {"what", "", "hosts", "which"};
  text += tally_table("Causes of drift", heads, causes_of(fleet));
  text += services_text(fleet);
  text += paths_text(fleet);
  text += tally_table("Settings that hosts cannot apply", heads, impossible_of(fleet));
  text += tally_table("Kernels", heads, kernels_of(fleet));
  text += tally_table("OpenSSL", heads, libraries_of(fleet));
  return text + tally_table("Network cards", heads, nics_of(fleet));
}

}  // namespace tuner
