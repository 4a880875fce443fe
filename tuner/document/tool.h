// Documents about the tool itself: knobs, report, completion, runs.
#pragma once

#include "document/common.h"

namespace tuner::document {

struct Knob {
  std::string name;
  std::string phase;
  std::string doc;
  std::string in_profile;
  std::string reads;
  std::string writes;
  std::string capability;
};

void describe(auto& keys, Exactly<Knob> auto& knob) {
  keys.object("knob", "A setting family");
  keys.key({"name", {}, kFamily}, knob.name);
  keys.key({"phase", {}, kNotEmpty}, knob.phase);
  keys.key({"doc", {}, kNotEmpty}, knob.doc);
  keys.key({"in_profile", {}, kNotEmpty}, knob.in_profile);
  keys.key({"reads", {}, kNotEmpty}, knob.reads);
  keys.key({"writes", {}, kNotEmpty}, knob.writes);
  keys.key({"capability", "The capabilities that a write needs, separated by blanks"},
           knob.capability);
}

struct Knobs {
  std::vector<Knob> knobs;
};

void describe(auto& keys, Exactly<Knobs> auto& knobs) {
  keys.object("knobs", "The setting families");
  keys.key({"knobs", "In the order in which they are applied", kNotEmpty}, knobs.knobs);
}

struct Unusable {
  std::string file;
  std::string reason;
};

void describe(auto& keys, Exactly<Unusable> auto& unusable) {
  keys.object("unusable", "");
  keys.key({"file"}, unusable.file);
  keys.key({"reason", {}, kNotEmpty}, unusable.reason);
}

enum class ReportFormat { Text, Html, Junit, Nagios, Markdown, Csv };

}  // namespace tuner::document

namespace tuner {
template <>
inline constexpr auto kWords<document::ReportFormat> =
    std::to_array<Word<document::ReportFormat>>({{document::ReportFormat::Text, "text"},
                                                 {document::ReportFormat::Html, "html"},
                                                 {document::ReportFormat::Junit, "junit"},
                                                 {document::ReportFormat::Nagios, "nagios"},
                                                 {document::ReportFormat::Markdown, "markdown"},
                                                 {document::ReportFormat::Csv, "csv"}});
}  // namespace tuner

namespace tuner::document {

struct Report {
  ReportFormat format = ReportFormat::Text;
  std::size_t documents = 0;
  std::vector<Unusable> unusable;
  std::string report;
};

void describe(auto& keys, Exactly<Report> auto& report) {
  keys.object("report", "A report of saved documents");
  keys.key({"format"}, report.format);
  keys.key({"documents", "The number of documents in the report"}, report.documents);
  keys.key({"unusable"}, report.unusable);
  keys.key({"report", "The text of the report, as without --json", kNotEmpty}, report.report);
}

inline constexpr std::array<std::string_view, 3> kShells{"bash", "zsh", "fish"};

struct Completion {
  std::string shell;
  std::string script;
};

void describe(auto& keys, Exactly<Completion> auto& completion) {
  keys.object("completion", "A completion script");
  keys.key({"shell", {}, {.words = kShells}}, completion.shell);
  keys.key({"script", {}, kNotEmpty}, completion.script);
}

struct Runs {
  Texts runs;
};

void describe(auto& keys, Exactly<Runs> auto& runs) {
  keys.object("runs", "The runs of this boot, the last one first. Internal: for shell completion");
  keys.key({"runs"}, runs.runs);
}

// The body of a kind that prints only text.
struct Nothing {};

void describe(auto& keys, Exactly<Nothing> auto&) {
  keys.object("nothing", "Only the envelope");
}

}  // namespace tuner::document
