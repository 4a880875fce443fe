#include "report/page_parts.h"

#include <fmt/format.h>

namespace tuner {
namespace {

void add_line(Markup& lines, std::string_view head, const std::string& text) {
  if (text.empty()) return;
  lines += element("div", "soft", plain(head) + plain(text));
}

}  // namespace

std::string_view class_of(Status status) {
  switch (status) {
    case Status::InSync:
    case Status::Done: return "good";
    case Status::Change: return "drift";
    case Status::Deferred: return "wait";
    case Status::Unsupported:
    case Status::NoSubject:
    case Status::Blocked: return "cannot";
    case Status::Unreadable:
    case Status::Failed: return "bad";
  }
  return "wait";
}

// The words are those of state_words() in document.cc; a word that is not here is red.
std::string_view class_of_state(std::string_view state) {
  if (state == "in sync" || state == "done" || state == "as expected") return "good";
  if (state == "drift" || state == "path not taken") return "drift";
  if (state == "cannot") return "cannot";
  return state == "busy" || state.empty() ? "wait" : "bad";
}

// User space is no fault of its own: a profile may want it.
std::string_view class_of_path(std::string_view path) {
  if (path == "device" || path == "kernel") return "good";
  return path == "failed" ? "bad" : "wait";
}

Markup tag(std::string_view of_class, std::string_view words) {
  return {fmt::format("<span class=\"tag {}\">{}</span>", of_class, plain(words).html)};
}

Markup cell(std::string_view of_class, std::string_view text) {
  return element("td", of_class, plain(text));
}

Markup number_cell(std::size_t number) {
  return cell("num", fmt::format("{}", number));
}

Markup why(const SavedStep& step) {
  Markup lines = plain(step.because);
  add_line(lines, "Cause: ", step.cause);
  add_line(lines, "Also set by ", step.owner);
  add_line(lines, "Next: ", step.hint);
  add_line(lines, "First seen ", step.first_seen);
  return lines;
}

Markup file_list(const std::vector<FleetFile>& files) {
  Markup rows;
  for (const FleetFile& file : files)
    rows += element("tr", element("td", "name mono", plain(file.file)) + cell("why", file.reason));
  return table_box("files", head_row({"File", "Reason"}) + element("tbody", rows));
}

}  // namespace tuner
