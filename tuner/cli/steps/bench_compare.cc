#include "cli/steps/bench_compare.h"

#include "cli/render/bench/saved_bench_text.h"
#include "cli/steps/kept_bench.h"
#include "document/bench_comparison.h"
#include "document/envelope.h"
#include "document/read.h"
#include "host/files/document_files.h"
#include "report/bench_comparison.h"

#include <fmt/format.h>

namespace tuner {
namespace {

tl::unexpected<Error> unusable(const std::string& file, const Error& error) {
  return fail(Fault::Invalid, fmt::format("{} {}", file, error.text), error.hint);
}

Result<SavedDocument> read_bench(const std::string& file) {
  const auto text = read_document_file(file, document::kLargest);
  if (!text) return fail(text.error());
  auto read = read_document(*text, file);
  if (!read) return unusable(file, read.error());
  if (read->bench) return std::move(*read);
  return fail(Fault::Invalid,
              fmt::format("{} has no benchmark: it is a document of {}{}", file, read->kind,
                          read->errors.empty() ? "" : ", whose run ended early"),
              "ktls-tuner bench --json >FILE writes one");
}

Result<std::array<std::string, 2>> files_of(const Context& context, const BenchCompareTask& task) {
  if (task.files) return *task.files;
  return kept_benches(own_bench_folder(context));
}

Result<document::BenchComparison> compare(const Context& context, const BenchCompareTask& task) {
  const auto files = TRY(files_of(context, task));
  const SavedDocument before = TRY(read_bench(files[0]));
  return compare_benches(before, TRY(read_bench(files[1])));
}

}  // namespace

Answer run_bench_compare(Context& context, const BenchCompareTask& task) {
  const auto began = context.host.clock().now();
  auto comparison = compare(context, task);
  if (!comparison) return failure(ExitCode::DataUnusable, comparison.error());
  const std::string text = comparison_text(*comparison, context.terminal.display());
  Answer answer;
  *answer.body = document::ComparedBenches{.comparison = std::move(*comparison)};
  show_bench(context, task.output, text, bench_document_text(context, began, answer), answer);
  return answer;
}

}  // namespace tuner
