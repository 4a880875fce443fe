// Benchmarks as comma-separated values: a line for each figure of each row, so that a workload with
// other figures needs no other columns.
#include "base/rfc3339.h"
#include "base/text.h"
#include "model/text_sinks.h"
#include "report/bench_view.h"
#include "report/reports.h"

#include <fmt/format.h>

namespace tuner {
namespace {

using Row = document::BenchRow;

constexpr std::string_view kHead =
    "host,kernel,library,started_at,workload,mode,version,cipher,asked,path,rounds,measure,unit,"
    "value,low,high,because,point\r\n";

// Numbers as in the document: a reader rounds them.
std::string number(const std::optional<double>& value) {
  return value ? fmt::format("{:.6g}", *value) : std::string();
}

std::string line_of(const SavedDocument& document, const Row& row, const BenchMeasure* measure) {
  std::vector<std::string> fields{document.hostname,
                                  document.kernel,
                                  document.bench->library,
                                  rfc3339(document.started_at),
                                  document.bench->workload.name,
                                  row.mode,
                                  row.version.value_or(""),
                                  row.cipher.value_or(""),
                                  std::string(asked_path(row).value_or("")),
                                  row.path.value_or(""),
                                  fmt::format("{}", row.rounds)};
  for (std::string& field : fields) field = for_csv(field);
  if (measure == nullptr) {
    fields.insert(fields.end(), 5, "");
  } else {
    const auto centre = centre_of(measure->rounds(row));
    fields.insert(fields.end(), {for_csv(measure->key), measure->unit, number(measure->value(row)),
                                 number(centre ? std::optional(centre->low) : std::nullopt),
                                 number(centre ? std::optional(centre->high) : std::nullopt)});
  }
  fields.push_back(for_csv(row.because));
  // The last one: readers of the columns before it need not change.
  fields.push_back(row.point ? fmt::format("{}", *row.point) : std::string());
  return join(fields, ",") + "\r\n";
}

}  // namespace

std::string documents_csv(const Saved& saved) {
  std::string text(kHead);
  for (const SavedDocument& document : saved.documents) {
    if (!document.bench) continue;
    const auto measures = measures_of(*document.bench);
    for (const Row& row : document.bench->rows) {
      bool any = false;
      for (const BenchMeasure& measure : measures) {
        if (!measure.value(row)) continue;
        text += line_of(document, row, &measure);
        any = true;
      }
      if (!any) text += line_of(document, row, nullptr);
    }
  }
  return text;
}

}  // namespace tuner
