#include "cli/steps/bench_output.h"

#include "base/rfc3339.h"
#include "cli/render/documents.h"
#include "cli/request/version.h"
#include "host/facts/collect.h"
#include "host/files/published_file.h"
#include "report/reports.h"

namespace tuner {
namespace {

void add_error(Answer& answer, Error error) {
  answer.errors.push_back(std::move(error));
  answer.exit_code = worst(answer.exit_code, ExitCode::Failed);
}

}  // namespace

Result<BenchOutput> bench_output(const Options& options) {
  if (int{options.json} + int{options.markdown} + int{options.csv} > 1)
    return fail(Fault::Invalid, "--json, --markdown and --csv contradict each other",
                "a saved document has all forms: ktls-tuner report --format markdown FILE");
  const BenchForm form = options.markdown ? BenchForm::Markdown
                         : options.csv    ? BenchForm::Csv
                                          : BenchForm::Text;
  return BenchOutput{.form = form, .html = options.html};
}

std::string bench_document_text(const Context& context, std::chrono::system_clock::time_point began,
                                const Answer& answer) {
  const Occasion occasion{.kind = "bench",
                          .host = collect_identity(context.host),
                          .started_at = began,
                          .duration = std::chrono::duration_cast<std::chrono::milliseconds>(
                              context.host.clock().now() - began)};
  return document_text(occasion, answer);
}

void show_bench(Context& context, const BenchOutput& output, std::string_view text,
                const std::string& document, Answer& answer) {
  if (output.form == BenchForm::Text && output.html.empty()) return context.terminal.result(text);
  // All other forms are made from the document, so that a saved one has the same.
  auto read = read_document(document, "(this run)");
  if (!read) return add_error(answer, read.error());  // a bug: the document is our own
  const Saved saved{.documents = {std::move(*read)},
                    .texts = {document},
                    .unusable = {},
                    .now = utc_time(context.host.clock().now())};
  if (!output.html.empty()) {
    if (const auto done = publish(output.html, documents_html(saved, kVersion)); !done)
      add_error(answer, done.error());
  }
  switch (output.form) {
    case BenchForm::Markdown: return context.terminal.result(documents_markdown(saved));
    case BenchForm::Csv: return context.terminal.result(documents_csv(saved));
    case BenchForm::Text: break;
  }
  context.terminal.result(text);
}

}  // namespace tuner
