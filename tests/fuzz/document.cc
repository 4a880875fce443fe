// Saved documents, which come from other hosts: reads them and renders them in every format.
#include "report/document.h"

#include "fuzz/fuzz.h"
#include "model/utf8.h"
#include "report/fleet.h"
#include "report/reports.h"

#include <algorithm>

namespace {

using namespace tuner;
using fuzz::demand;

bool without_controls(std::string_view text) {
  return std::ranges::none_of(text, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7F;
  });
}

std::size_t count_of(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1))
    ++count;
  return count;
}

FUZZ_TARGET(document) {
  fuzz::Input input(data, size);
  const std::string_view text = input.rest();
  const auto read = read_document(text, "host.json");
  fuzz::demand_reason(read);
  if (!read) return 0;
  const UtcTime now{std::chrono::seconds(1795521600)};
  Saved saved{.documents = {*read},
              .texts = {std::string(text)},
              .unusable = {},
              .now = now,
              .max_age = std::chrono::hours(24)};
  const std::string page = documents_html(saved, "0");
  demand(without_controls(page), "a page has no control characters");
  demand(count_of(page, "</html>") == 1, "a document cannot end its page");
  demand(count_of(page, "<script") == count_of(page, "</script"), "a document cannot add a script");
  demand(without_controls(documents_markdown(saved)), "Markdown has no control characters");
  demand(without_controls(documents_junit(saved)), "XML has no control characters");
  demand(count_of(documents_junit(saved), "</testsuites>") == 1, "a document cannot end its XML");
  const PluginLine line = plugin_line(saved);
  demand(std::ranges::count(line.line, '\n') <= 1, "a plugin prints one line");
  if (read->exit_code != 0)
    demand(line.state != PluginLine::State::Ok, "a failed document is not OK");
  FleetBuilder builder;
  builder.add(*read);
  const Fleet fleet = builder.finish(now, std::chrono::hours(24));
  demand(fleet.hosts.size() == 1, "one document is one host");
  const FleetCounts counts = count(fleet);
  demand(counts.in_sync + counts.drift + counts.cannot + counts.failed + counts.unknown == 1,
         "a host is counted once");
  if (read->exit_code != 0)
    demand(counts.in_sync == 0, "a document with another exit code than 0 is not in sync");
  demand(without_controls(fleet_html(fleet, "0")), "the fleet's page has no control characters");
  (void)fleet_markdown(fleet);
  (void)fleet_junit(fleet);
  (void)fleet_data(fleet);
  return 0;
}

}  // namespace
