#include "base/rfc3339.h"
#include "base/text.h"
#include "report/bench_comparison_page.h"
#include "report/bench_page.h"
#include "report/fleet_sections.h"
#include "report/page_parts.h"
#include "report/reports.h"
#include "report/svg.h"

#include <fmt/format.h>

namespace tuner {
namespace {

Markup step_row(const SavedStep& step) {
  std::string status = status_words(step.status);
  if (step.need == Need::Preferred && step.status != Status::InSync) status += " (preferred)";
  return element(
      "tr",
      element("td", "nowrap", tag(class_of(step.status), status)) +
          element("td", "name", plain(step.subject) + element("div", "soft", plain(step.knob))) +
          cell("mono", step.observed) + cell("mono", step.goal) + element("td", "why", why(step)));
}

// Merged rows, as in the text: 64 queues with one reason are one row.
Markup steps_table(const std::vector<SavedStep>& steps) {
  Markup rows;
  for (const SavedStep& step : merge_equal(steps)) rows += step_row(step);
  return table_box(
      "steps", head_row({"Status", "Setting", "Now", "Wanted", "Why"}) + element("tbody", rows));
}

// What needs no attention is folded and not left out: the page is also a record.
Markup plan_section(std::string_view title, const SavedPlan& plan) {
  std::vector<SavedStep> trouble;
  std::vector<SavedStep> rest;
  for (const SavedStep& step : plan.steps) {
    const bool shown = is_problem(step.status, step.need) || step.status == Status::Done;
    (shown ? trouble : rest).push_back(step);
  }
  Markup section = element("h3", plain(title));
  if (!plan.profile.empty()) {
    section += element("p", "soft",
                       plain(fmt::format("Profile {}, digest {}. {} settings.", plan.profile,
                                         plan.digest, plan.steps.size())));
  }
  if (!trouble.empty()) section += steps_table(trouble);
  if (!rest.empty()) {
    const std::string summary =
        fmt::format("{} more: in sync, or preferred and not possible here", rest.size());
    section += details(plain(summary), steps_table(rest));
  }
  for (const std::string& note : plan.notes)
    section += element("p", "soft", plain("Note: " + note));
  return section;
}

Markup path_cell(const std::string& path, const std::string& expected) {
  Markup inner = tag(class_of_path(path), path);
  if (expected != "any") inner += element("div", "soft", plain("wanted: " + expected));
  return element("td", "nowrap", inner);
}

// Unsupported is no red: no setting of this host could change it.
std::string_view class_of_result(std::string_view result) {
  if (result == "pass") return "good";
  if (result == "fail") return "bad";
  return result == "unsupported" ? "cannot" : "wait";
}

Markup cell_row(const SavedCell& row) {
  return element("tr", element("td", "nowrap", tag(class_of_result(row.result), row.result)) +
                           cell("nowrap", row.version) + cell("nowrap", row.cipher) +
                           path_cell(row.tx, row.expected_tx) + path_cell(row.rx, row.expected_rx) +
                           cell("num", fmt::format("{}", row.bytes)) +
                           cell("nowrap", row.intact ? "yes" : "NO") + cell("why", row.because));
}

Markup warnings_list(const std::vector<std::string>& warnings) {
  Markup list;
  for (const std::string& warning : warnings)
    list += element("li", tag("drift", "warning") + ours(" ") + plain(warning));
  return list.html.empty() ? list : element("ul", "plain", list);
}

Markup probe_section(const SavedProbe& probe) {
  const std::string where = probe.mode == "loopback" ? std::string("over loopback")
                                                     : fmt::format("{} {}", probe.mode, probe.peer);
  Markup rows;
  for (const SavedCell& row : probe.cells) rows += cell_row(row);
  return element("h3", plain("Probe")) +
         element("p", "soft", plain(fmt::format("{}, {}.", probe.library, where))) +
         table_box("cells", head_row({"Result", "Version", "Cipher", "Transmit", "Receive", "Bytes",
                                      "Intact", "Why"}) +
                                element("tbody", rows)) +
         warnings_list(probe.warnings);
}

Markup nic_row(const SavedNic& nic) {
  const std::string_view on = nic.tls_tx && nic.tls_rx ? "transmit, receive"
                              : nic.tls_tx             ? "transmit"
                              : nic.tls_rx             ? "receive"
                                                       : "no";
  return element("tr", cell("name", nic.name) + cell("nowrap", nic.kind) +
                           cell("mono", nic.driver) + cell("mono", nic.pci_ids) +
                           element("td", "nowrap", tag(on == "no" ? "wait" : "good", on)) +
                           cell("why", join(nic.tls_because, "; ")));
}

Markup facts_section(const SavedFacts& facts) {
  Markup rows;
  for (const SavedNic& nic : facts.nics) rows += nic_row(nic);
  Markup section =
      element("h3", plain("Machine")) +
      element("p", plain(fmt::format("tls is {}: {}", facts.tls_state, facts.tls_because)));
  if (!facts.library.empty()) section += element("p", plain(facts.library));
  if (!facts.neighbours.empty())
    section += element("p", plain("Other sources of settings: " + join(facts.neighbours, ", ")));
  if (facts.nics.empty()) return section;
  return section + table_box("nics", head_row({"Interface", "Kind", "Driver", "Card", "TLS offload",
                                               "Why not"}) +
                                         element("tbody", rows));
}

Markup programs_section(const SavedPrograms& programs) {
  Markup list;
  for (const SavedProgram& program : programs.at_risk) {
    const std::string_view of_class = program.accepted        ? "wait"
                                      : needs_action(program) ? "bad"
                                                              : "drift";
    Markup item = tag(of_class, program.accepted ? "accepted: " + program.risk : program.risk) +
                  ours(" ") + plain(program.because);
    for (const std::string& way : program.ways_out)
      item += element("div", "soft", plain("Way out: " + way));
    list += element("li", item);
  }
  for (const std::string& missing : programs.not_looked_at)
    list += element("li", tag("wait", "not looked at") + ours(" ") + plain(missing));
  return element("h3", plain("Programs at risk by the kernel's TLS")) +
         element("p", "soft",
                 plain(fmt::format("{}, looked at {}.",
                                   programs.at_risk.empty() ? "None found" : "Found",
                                   rfc3339(programs.looked_at)))) +
         (list.html.empty() ? list : element("ul", "plain", list));
}

Markup sessions_section(const SavedSessions& sessions) {
  Markup rows;
  for (const SavedService& row : sessions.services) {
    Markup cells = cell("name", row.service);
    for (const SessionPath path :
         {SessionPath::None, SessionPath::Kernel, SessionPath::Device, SessionPath::Cannot})
      cells += cell("num", number_words(row.sessions[static_cast<std::size_t>(path)]));
    rows += element("tr", cells);
  }
  Markup notes;
  if (!sessions.unseen.empty())
    notes += element("li", tag("bad", "not seen") + ours(" ") + plain(sessions.unseen));
  for (const std::string& missing : sessions.not_looked_at)
    notes += element("li", tag("wait", "not looked at") + ours(" ") + plain(missing));
  return element("h3", plain("TLS sessions by service")) +
         element("p", "soft",
                 plain(fmt::format("{} services, looked at {}.", sessions.services.size(),
                                   rfc3339(sessions.looked_at)))) +
         (notes.html.empty() ? notes : element("ul", "plain", notes)) +
         (rows.html.empty()
              ? rows
              : table_box("sessions", head_row({"Service", "In the program", "In the kernel",
                                                "In the NIC", "Cannot be offloaded"}) +
                                          element("tbody", rows)));
}

Markup errors_list(const std::vector<SavedError>& errors) {
  Markup list;
  for (const SavedError& error : errors) {
    Markup item = tag("bad", error.code) + ours(" ") + plain(error.message);
    if (!error.hint.empty()) item += element("div", "soft", plain("Next: " + error.hint));
    list += element("li", item);
  }
  return list.html.empty() ? list : element("ul", "plain", list);
}

Markup document_section(const SavedDocument& document) {
  const std::string_view state = state_words(document);
  Markup section =
      element("h2", plain(document.hostname) + ours(" &middot; ") + plain(document.kind) +
                        ours(" ") + tag(class_of_state(state), state)) +
      element("p", "soft",
              plain(fmt::format("{}, kernel {}, took {} ms, exit code {}{}. File: {}",
                                rfc3339(document.started_at), document.kernel, document.duration_ms,
                                document.exit_code, document.emulated ? ", on an emulated CPU" : "",
                                document.file)));
  section += errors_list(document.errors);
  section += warnings_list(document.warnings);
  if (document.written) section += plan_section("Written settings", *document.written);
  if (document.plan && (!document.written || document.kind != "tune" || document.probe))
    section += plan_section("Settings", *document.plan);
  if (!document.undone.empty())
    section += plan_section("Rolled back", {.profile = {}, .digest = {}, .steps = document.undone});
  if (document.probe) section += probe_section(*document.probe);
  if (document.bench) section += bench_section(document);
  if (document.comparison) section += comparison_section(*document.comparison);
  if (document.facts) section += facts_section(*document.facts);
  if (document.programs) section += programs_section(*document.programs);
  if (document.sessions) section += sessions_section(*document.sessions);
  return element("section", section);
}

// Of several documents of a host: how they differ in time.
Markup history(const Saved& saved) {
  FleetBuilder builder;
  for (const SavedDocument& document : saved.documents) builder.add(document);
  return history_figure(builder.finish(saved.now, saved.max_age));
}

}  // namespace

std::string documents_html(const Saved& saved, std::string_view tool_version) {
  std::string title = "ktls-tuner report";
  if (saved.documents.size() == 1)
    title = fmt::format("{}: {}", saved.documents[0].hostname, saved.documents[0].kind);
  Markup body = element("h1", plain(title));
  Markup sections = history(saved);
  for (const SavedDocument& document : saved.documents) sections += document_section(document);
  // Once for the page, and only where a picture uses it.
  if (sections.html.find("<svg") != std::string::npos) body += hatching();
  body += sections;
  if (!saved.unusable.empty())
    body += element("h2", plain("Files that could not be used")) + file_list(saved.unusable);
  return to_html({.title = title,
                  .footer = fmt::format("Made by ktls-tuner {} at {}. The documents are embedded.",
                                        tool_version, rfc3339(saved.now)),
                  .body = std::move(body),
                  .data = "{\"documents\": [" + join(saved.texts, ",\n") + "]}"});
}

}  // namespace tuner
