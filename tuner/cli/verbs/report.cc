#include "cli/render/report_text.h"
#include "cli/request/version.h"
#include "cli/steps/last_check.h"
#include "cli/verbs/verbs.h"
#include "document/read.h"
#include "host/files/document_files.h"
#include "model/json_bytes.h"
#include "report/reports.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

struct ReportRequest {
  ReportFormat format;
  std::chrono::seconds max_age;      // older documents are stale
  std::vector<std::string> files;    // "-" is stdin
  std::optional<std::string> fleet;  // a folder of documents, instead of files
};

Error unusable(const FleetFile& file, std::string hint) {
  return {.fault = Fault::Invalid,
          .text = fmt::format("{} {}", file.file, file.reason),
          .hint = std::move(hint)};
}

Result<ReportRequest> report_request(const Options& options) {
  ReportRequest request{
      .format = options.format,
      .max_age = options.max_age,
      .files = options.words,
      .fleet = options.fleet.empty() ? std::nullopt : std::optional(options.fleet)};
  if (request.fleet && !request.files.empty()) {
    return fail(Fault::Invalid, "report takes either files or --fleet, not both",
                "put the files into the folder, or omit --fleet");
  }
  if (!request.fleet && request.files.empty()) {
    return fail(Fault::Invalid, "report needs a saved document",
                "ktls-tuner report /var/lib/ktls-tuner/reports/check.json; '-' reads one from "
                "stdin; --fleet DIR reads a folder of many hosts");
  }
  if (request.fleet &&
      (request.format == ReportFormat::Text || request.format == ReportFormat::Nagios ||
       request.format == ReportFormat::Csv)) {
    return fail(Fault::Invalid,
                fmt::format("--fleet does not support --format {}", word_of(request.format)),
                "--format html, junit or markdown");
  }
  return request;
}

// The error's text without the file name, which the report puts in front.
std::string reason_of(const Error& error, const std::string& file) {
  for (const std::string& named : {"open " + file + ": ", "read " + file + ": ", file + " "}) {
    if (error.text.starts_with(named)) {
      const bool is_answer = named.ends_with(": ");
      return (is_answer ? "cannot be read: " : "") + error.text.substr(named.size());
    }
  }
  return error.text;
}

struct ReadFile {
  std::string text;
  Result<SavedDocument> document;
};

// `shown` is the file's name in the report.
// The text is kept beside the document: an HTML page embeds it as it was saved.
ReadFile read_file(const Context& context, const std::string& file, std::string_view shown) {
  auto text = read_document_file(file, document::kLargest);
  if (!text) return {{}, fail(text.error().fault, reason_of(text.error(), file))};
  auto document = read_document(*text, shown);
  if (document) document->started_at = confirmed_at(context.host, context.store, file, *document);
  return {std::move(*text), std::move(document)};
}

// A file that cannot be read is part of the report: a fleet page without it would call the fleet
// healthier than is known.
void note_unusable(const std::string& file, const Error& error, std::vector<FleetFile>& files,
                   Answer& answer) {
  files.push_back({as_utf8(file), as_utf8(error.text)});
  answer.errors.push_back(unusable(files.back(), error.hint));
  answer.exit_code = ExitCode::DataUnusable;
}

void print_report(Context& context, const ReportRequest& request, std::size_t documents,
                  const std::vector<FleetFile>& files, std::string report, Answer& answer) {
  context.terminal.result(report);
  document::Report body{.format = request.format,
                        .documents = documents,
                        .unusable = {},
                        .report = std::move(report)};
  for (const FleetFile& file : files)
    body.unusable.push_back({.file = file.file, .reason = file.reason});
  *answer.body = std::move(body);
}

std::string report_of(const Saved& saved, ReportFormat format, const Context& context) {
  switch (format) {
    case ReportFormat::Html: return documents_html(saved, kVersion);
    case ReportFormat::Junit: return documents_junit(saved);
    case ReportFormat::Markdown: return documents_markdown(saved);
    case ReportFormat::Csv: return documents_csv(saved);
    case ReportFormat::Text:
    case ReportFormat::Nagios: break;
  }
  return documents_text(saved, context);
}

Answer report_documents(Context& context, const ReportRequest& request) {
  Answer answer;
  Saved saved{.now = utc_time(context.host.clock().now()), .max_age = request.max_age};
  for (const std::string& file : request.files) {
    const std::string shown = file == "-" ? "(stdin)" : file;
    ReadFile read = read_file(context, file, shown);
    if (!read.document) {
      note_unusable(shown, read.document.error(), saved.unusable, answer);
      continue;
    }
    saved.documents.push_back(std::move(*read.document));
    saved.texts.push_back(std::move(read.text));
  }
  if (request.format == ReportFormat::Nagios) {
    // A monitoring plugin has its own exit codes, and its one line contains all errors.
    PluginLine line = plugin_line(saved);
    answer.errors.clear();
    answer.exit_code = static_cast<ExitCode>(line.state);
    print_report(context, request, saved.documents.size(), saved.unusable, std::move(line.line),
                 answer);
    return answer;
  }
  if (saved.documents.empty()) return answer;
  if (request.format == ReportFormat::Csv &&
      std::ranges::none_of(saved.documents,
                           [](const SavedDocument& one) { return one.bench.has_value(); })) {
    return failure(ExitCode::DataUnusable,
                   {.fault = Fault::Invalid,
                    .text = "none of the documents has a benchmark, of which alone there is CSV",
                    .hint = "--format markdown has the tables of other documents"});
  }
  print_report(context, request, saved.documents.size(), saved.unusable,
               report_of(saved, request.format, context), answer);
  return answer;
}

std::string report_of(const Fleet& fleet, ReportFormat format) {
  if (format == ReportFormat::Junit) return fleet_junit(fleet);
  if (format == ReportFormat::Markdown) return fleet_markdown(fleet);
  return fleet_html(fleet, kVersion);
}

// "hosts/web-1/check.json" in the folder "hosts": "web-1/check.json"
std::string_view within(std::string_view folder, std::string_view file) {
  if (!file.starts_with(folder)) return file;
  file.remove_prefix(folder.size());
  return file.substr(std::min(file.find_first_not_of('/'), file.size()));
}

// Documents are read one by one and given to the builder, which keeps of each only what is not in
// sync: a thousand hosts must fit into memory.
Answer report_fleet(Context& context, const ReportRequest& request) {
  const std::string& folder = *request.fleet;
  auto files = list_document_files(folder);
  if (!files) return failure(ExitCode::DataUnusable, files.error());
  Answer answer;
  FleetBuilder builder;
  std::size_t documents = 0;
  std::vector<FleetFile> bad;
  for (const std::string& file : *files) {
    const std::string_view shown = within(folder, file);
    ReadFile read = read_file(context, file, shown);
    if (read.document) {
      builder.add(std::move(*read.document));
      ++documents;
      continue;
    }
    note_unusable(file, read.document.error(), bad, answer);
    builder.add_unusable(as_utf8(shown), bad.back().reason);
  }
  if (documents == 0) {
    if (bad.empty()) {
      return failure(ExitCode::DataUnusable,
                     {.fault = Fault::NotFound,
                      .text = fmt::format("{} holds no saved document", folder),
                      .hint = "one *.json file per document, as --json or --report writes it"});
    }
    return answer;
  }
  print_report(context, request, documents, bad,
               report_of(builder.finish(utc_time(context.host.clock().now()), request.max_age),
                         request.format),
               answer);
  return answer;
}

Answer answer_report(Context& context, const ReportRequest& request) {
  return request.fleet ? report_fleet(context, request) : report_documents(context, request);
}

}  // namespace

Verb report_verb() {
  return {
      .name = "report",
      .summary =
          "renders saved documents of one host or many as text, HTML, JUnit, Markdown, CSV or a "
          "monitoring plugin's line",
      .words = "FILE…",
      .options =
          {{"--format", "FORMAT",
            "format of the report; nagios ends with the codes of a monitoring plugin, 0 to 3; csv: "
            "benchmarks alone",
            into<&Options::format>()},
           {"--fleet", "DIR", "one report of all hosts' documents in DIR: html, junit or markdown",
            into<&Options::fleet>()},
           {"--max-age", "TIME", "treat older documents as stale", into<&Options::max_age>()}},
      .help = {.takes = {"--verbose"},
               .examples = {{"ktls-tuner facts --json | ktls-tuner report -",
                             "show a document as text"},
                            {"ktls-tuner check --json | ktls-tuner report --format markdown -",
                             "a check for a ticket"}},
               .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Drift, ExitCode::PathNotTaken,
                         ExitCode::Usage, ExitCode::DataUnusable, ExitCode::Bug}},
      .prepare = with_request<report_request, answer_report>};
}

}  // namespace tuner
