// Where a result of bench goes: stdout in one of its forms, and a page.
#pragma once

#include "cli/request/verb.h"

#include <chrono>
#include <string>
#include <string_view>

namespace tuner {

// The form of the result on stdout, if that is no document (--json).
enum class BenchForm { Text, Markdown, Csv };

struct BenchOutput {
  BenchForm form = BenchForm::Text;
  std::string html = {};  // a page in this file; empty: none
};

// --markdown, --csv and --html. Invalid: two forms of stdout at once.
Result<BenchOutput> bench_output(const Options& options);

// The document of this answer. `began`: when the verb started.
std::string bench_document_text(const Context& context, std::chrono::system_clock::time_point began,
                                const Answer& answer);

// Prints the result and writes the page. Both are of `document`, as `report` would show it; `text`
// is the result as text. A page that cannot be written is an error of the answer.
void show_bench(Context& context, const BenchOutput& output, std::string_view text,
                const std::string& document, Answer& answer);

}  // namespace tuner
