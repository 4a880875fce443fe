// Writes each hostile name in each format. The text contains no hidden character and has the same
// shape as with an ordinary name, so no name adds a line, a cell, a tag, an attribute or a sample.
#include "support/hostile_names.h"

#include "base/json_text.h"
#include "cli/output/text_sink.h"
#include "cli/render/bench/bench.h"
#include "cli/render/feature_lines.h"
#include "cli/render/findings.h"
#include "cli/render/log_lines.h"
#include "cli/render/metrics.h"
#include "cli/render/sockets.h"
#include "cli/render/text.h"
#include "cli/sample_plan.h"
#include "model/json_bytes.h"
#include "model/utf8.h"
#include "report/saved_documents.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace tuner {
namespace {

using testing::check_json;
using testing::first_hidden;
using testing::hostile_names;
using testing::Json;
using testing::Printing;
using testing::probe_json;
using testing::sample_step;
using testing::step_json;

constexpr std::string_view kOrdinary = "eth0";

// The number of each of `marks` in a text; if `backslash_escapes`, without escaped ones.
using Shape = std::map<char, std::size_t>;
Shape shape_of(std::string_view text, std::string_view marks, bool backslash_escapes) {
  Shape shape;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (backslash_escapes && text[i] == '\\')
      ++i;
    else if (marks.find(text[i]) != std::string_view::npos)
      ++shape[text[i]];
  }
  return shape;
}

struct Format {
  std::string_view name;
  std::string (*write)(const std::string& word);
  std::string_view marks;  // characters with a meaning in this format, except the line end
  bool backslash_escapes = false;
};

Plan plan_with(const std::string& word) {
  Step step = sample_step("nic_features", word, Status::Failed);
  step.because = step.cause = step.desired.owner = step.observed.hint = step.desired.detail = word;
  step.desired.setting.why = step.observed.reason = word;
  step.desired.setting.origin.file = word;
  step.observed.value = word;
  return {.profile = word, .digest = word, .steps = {step}, .notes = {word}};
}

std::string as_plan(const std::string& word) {
  Printing printing;
  printing.options.explain = true;
  return plan_text(plan_with(word), Rows::All, printing.context());
}

std::string as_step_line(const std::string& word) {
  Printing printing;
  return step_line(plan_with(word).steps.front(), printing.context());
}

std::string as_error(const std::string& word) {
  return error_text({.text = word, .hint = word}) + warning_text(word);
}

std::string as_diagnostic(const std::string& word) {
  const Diagnostic diagnostic{.severity = Diagnostic::Severity::Error,
                              .code = "bad-value",
                              .message = word,
                              .hint = word,
                              .origin = {.file = word, .line = 1, .column = 1},
                              .source_line = "a: b"};
  return to_text(diagnostic);
}

std::string as_log(const std::string& word) {
  Plan plan = plan_with(word);
  return log_lines(plan);
}

std::string as_metrics(const std::string& word) {
  const Plan plan = plan_with(word);
  return metrics_text({.plan = &plan,
                       .ran_at = {},
                       .record = {},
                       .journal_damaged = {},
                       .tls_stat = {},
                       .probe = {}});
}

std::string as_features(const std::string& word) {
  const Facts facts;
  return feature_lines({.facts = facts, .probe = {}, .in_sync = {}, .profile = word});
}

// The names of processes and units, and what their files say.
std::string as_sockets(const std::string& word) {
  TlsSockets all;
  all.spaces.push_back({.name = word, .error = {}});
  all.processes.push_back({.pid = 1, .name = word, .control_group = word});
  Program program;
  program.libraries.push_back({.path = word, .version = word});
  all.tls.push_back({.program = program, .error = {}});
  TlsSocket& socket = all.sockets.emplace_back();
  socket.process = 0;
  socket.holder.holder = SocketHolder::Process;
  socket.service = socket.nic = word;
  socket.nic_lookup = NicLookup::Found;
  socket.absence = TlsAbsence{.because = word, .confidence = Confidence::Likely};
  all.listeners.push_back(socket);
  return sockets_text(all, SocketsBy::Socket, {}) + sockets_text(all, SocketsBy::Service, {});
}

std::string as_bench(const std::string& word) {
  BenchResult result;
  result.start.library = result.because = word;
  result.start.limits_refused.push_back({.because = word});
  result.start.counts_refused.push_back({.because = word});
  BenchRow row{.variant = {.mode = BenchMode::Ktls}, .because = word};
  row.path = PathFinding::unknown(word);
  row.rounds = 1;
  row.counters[word] = 1;
  result.rows.push_back(row);
  result.not_comparable.push_back({.because = word});
  return bench_text(result, {});
}

// The name of a NIC, a file of sysctls, and what could not be read.
std::string as_findings(const std::string& word) {
  Diagnosis diagnosis;
  diagnosis.findings.push_back({.code = FindingCode::NicOffloadOff,
                                .subject = word,
                                .words = {{"because", word}},
                                .evidence = {word},
                                .place = {.file = word, .line = 1}});
  diagnosis.doubts.push_back({.because = word, .next = word, .hides = {}});
  return diagnosis_text(diagnosis, {.sentence = word, .evidence = {word}}, true, {});
}

Json document_with(const std::string& word) {
  Json step = step_json(word, word, "change");
  for (const char* key : {"because", "cause", "owner", "hint", "observed"}) step[key] = word;
  Json json = check_json(word, 2, {step});
  json["profile"] = {{"name", word}, {"digest", word}};
  json["host"]["kernel"] = word;
  json["errors"] = {{{"code", "io"}, {"message", word}, {"hint", word}}};
  json["notes"] = {word};
  return json;
}

// The reader of documents refuses text that is not UTF-8, so escape it.
std::string as_text(const std::string& word) {
  return find_invalid_utf8(word) == std::string_view::npos ? word : escaped_line(word);
}

Saved saved_with(const std::string& word) {
  Saved saved = testing::saved_at_noon({document_with(as_text(word))});
  saved.unusable.push_back({.file = word, .reason = word});
  return saved;
}

Fleet fleet_with(const std::string& word) {
  FleetBuilder builder;
  builder.add(testing::saved(document_with(as_text(word)), word));
  builder.add_unusable(word, word);
  return builder.finish(testing::kNoon, std::chrono::hours(3));
}

// The page without its data, which are JSON in a script element at its end.
std::string page(const std::string& html) {
  return html.substr(0, html.find("<script"));
}

const Format kFormats[] = {
    {"plan", as_plan, ""},
    {"step", as_step_line, ""},
    {"error", as_error, ""},
    {"diagnostic", [](const std::string& word) { return as_diagnostic(word); }, ""},
    {"log", as_log, "\"", true},
    {"metrics", as_metrics, "\"", true},
    {"features", as_features, ""},
    {"sockets", as_sockets, ""},
    {"bench", as_bench, ""},
    {"findings", as_findings, ""},
    {"html", [](const std::string& word) { return page(documents_html(saved_with(word), "1")); },
     "<>\"'"},
    {"fleet html", [](const std::string& word) { return page(fleet_html(fleet_with(word), "1")); },
     "<>\"'"},
    {"markdown", [](const std::string& word) { return documents_markdown(saved_with(word)); },
     "|`*_[]<>#!~$", true},
    {"fleet markdown", [](const std::string& word) { return fleet_markdown(fleet_with(word)); },
     "|`*_[]<>#!~$", true},
    {"junit", [](const std::string& word) { return documents_junit(saved_with(word)); }, "<>\""},
    {"fleet junit", [](const std::string& word) { return fleet_junit(fleet_with(word)); }, "<>\""},
    {"plugin", [](const std::string& word) { return plugin_line(saved_with(word)).line; }, "|"},
};

std::size_t lines_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

TEST(HostileNames, TheCorpusIsRead) {
  const auto names = hostile_names();
  EXPECT_GT(names.size(), 60U);
  EXPECT_EQ(std::ranges::count(names,
                               "\xe2\x80\xae"
                               "0hte"),
            1);
  EXPECT_EQ(first_hidden("a\n\tb"), "");
  EXPECT_EQ(first_hidden("a\x1b"), "\\x1b");
}

// The ordinary name to compare with. A log quotes only names that need it, so it is compared with
// one that is quoted.
std::string ordinary_name(const Format& format) {
  return format.name == "log" ? "eth 0" : std::string(kOrdinary);
}

TEST(HostileNames, AddNoLineMarkupOrHiddenCharacterInAnyFormat) {
  for (const Format& format : kFormats) {
    const std::string plain = format.write(ordinary_name(format));
    const Shape shape = shape_of(plain, format.marks, format.backslash_escapes);
    for (const std::string& name : hostile_names()) {
      SCOPED_TRACE(std::string(format.name) + " of " + escaped_line(name));
      const std::string text = format.write(name);
      EXPECT_EQ(first_hidden(text), "");
      EXPECT_EQ(lines_of(text), lines_of(plain)) << text;
      if (format.name == "log") continue;
      EXPECT_EQ(shape_of(text, format.marks, format.backslash_escapes), shape) << text;
    }
  }
}

// A value in a log is a bare word or one JSON string, so the keys and their order never change.
TEST(HostileNames, AddNoPairToALogLine) {
  for (const std::string& name : hostile_names()) {
    std::string line = log_lines(plan_with(name));
    line = line.substr(0, line.find('\n'));
    std::string keys;
    for (std::size_t at = 3; at < line.size();) {
      const std::size_t equals = line.find('=', at);
      ASSERT_NE(equals, std::string::npos) << line;
      keys += line.substr(at, equals - at) + " ";
      at = equals + 1;
      if (line[at] == '"') {
        ++at;
        while (at < line.size() && line[at] != '"') at += line[at] == '\\' ? 2 : 1;
        ++at;
      } else {
        at = std::min(line.find(' ', at), line.size());
      }
      ++at;
    }
    EXPECT_EQ(keys, "profile status knob subject observed goal because cause owner hint ") << line;
  }
}

TEST(HostileNames, RoundTripInJsonAndCannotEndAScript) {
  for (const std::string& name : hostile_names()) {
    const std::string text = printed(nlohmann::json(name));
    EXPECT_EQ(first_hidden(text), "");
    const std::string html = fleet_html(fleet_with(name), "1");
    EXPECT_EQ(first_hidden(html), "") << escaped_line(name);
    const std::string_view data = std::string_view(html).substr(html.find("<script"));
    EXPECT_EQ(std::ranges::count(data, '<'), 4) << data;
    if (find_invalid_utf8(name) != std::string_view::npos) continue;
    EXPECT_EQ(parse_json(text), name);
  }
}

TEST(HostileNames, ReachATerminalOnlyAsText) {
  for (const std::string& name : hostile_names()) {
    EXPECT_EQ(first_hidden(for_terminal(name, false)), "") << escaped_line(name);
    EXPECT_EQ(std::ranges::count(text_line("a {} b", name), '\n'), 1) << escaped_line(name);
  }
}

}  // namespace
}  // namespace tuner
