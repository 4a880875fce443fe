#include "cli/steps/bundle_programs.h"

#include "base/text.h"
#include "cli/render/documents.h"
#include "document/change_texts.h"
#include "document/envelope.h"
#include "document/programs.h"
#include "document/recorded_programs.h"
#include "model/programs/known_programs.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {

Result<BundlePrograms> recorded_programs(const Result<ProgramsLook>& look, const RekeyFacts& kernel,
                                         const HostIdentity& host,
                                         std::chrono::system_clock::time_point at,
                                         Scrubber& scrub) {
  if (!look) return fail(look.error().fault, scrub.text(look.error().text, Secrets::InSentence));
  const auto scrubbed = [&](const std::string& text) {
    return scrub.text(text, Secrets::InSentence);
  };
  document::RecordedPrograms recorded = recorded_programs_document(*look, kernel);
  document::change_texts(recorded, scrubbed);
  BundlePrograms result;
  for (const document::Program& program : recorded.programs.programs)
    result.names.push_back(program.service ? fmt::format("{} ({})", program.name, *program.service)
                                           : program.name);
  // Not std::ranges::unique: clang 14 does not compile it with this library.
  result.names.erase(std::unique(result.names.begin(), result.names.end()), result.names.end());
  Occasion occasion{.kind = document::kRecordedPrograms, .host = host, .started_at = at};
  occasion.host.hostname = "host";
  occasion.host.kernel = scrubbed(host.kernel);
  occasion.host.boot_id = scrubbed(host.boot_id);
  Answer answer;
  *answer.body = std::move(recorded);
  result.text = document_text(occasion, answer);
  if (result.text.size() > kLargestRecordedPrograms)
    return fail(Fault::TooLarge,
                fmt::format("they have {} bytes, more than a reader takes", result.text.size()));
  return result;
}

// Names decide what a program can do (model/programs/known_programs.h), and the folder where its
// library comes from.
bool is_word_of_programs(std::string_view host_name, const ProgramsLook& look) {
  Scrubber scrub(trim(host_name).substr(0, host_name.find('.')));
  const auto changes = [&](const std::string& text) {
    const std::size_t before = scrub.counts().host_names;
    static_cast<void>(scrub.text(text, Secrets::NoneHere));
    return scrub.counts().host_names != before;
  };
  return std::ranges::any_of(look.programs.all, [&](const Program& program) {
    const bool known = known_program(program.name) != nullptr || !tls_modules(program.name).empty();
    return (known && changes(program.name)) ||
           std::ranges::any_of(program.libraries, [&](const ProgramLibrary& library) {
             return library_origin(library) == LibraryOrigin::System && changes(library.path);
           });
  });
}

}  // namespace tuner
