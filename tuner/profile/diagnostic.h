// A problem in a profile, with its position. Text and JSON output are both made from it.
#pragma once

#include "base/words.h"
#include "model/profile.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct Diagnostic {
  enum class Severity { Error, Warning, Note };
  Severity severity = Severity::Error;
  std::string code;     // stable, kebab-case: "unknown-key", "duplicate-key", …; rows in
                        // profile/diagnostic_codes.h
  std::string message;  // one sentence
  std::string hint;     // what to write instead; may be empty
  Origin origin;
  std::string source_line;  // the line to show with a caret; empty: no caret
};

template <>
inline constexpr auto kWords<Diagnostic::Severity> =
    std::to_array<Word<Diagnostic::Severity>>({{Diagnostic::Severity::Error, "error"},
                                               {Diagnostic::Severity::Warning, "warning"},
                                               {Diagnostic::Severity::Note, "note"}});
std::string_view severity_name(Diagnostic::Severity severity);

// "file:line:column: error: message [code]", then the line with a caret, then the hint.
std::string to_text(const Diagnostic& diagnostic);

// Sets source_line of each diagnostic. All must be about the file with this text.
void add_source_lines(std::vector<Diagnostic>& diagnostics, std::string_view text);

bool has_errors(const std::vector<Diagnostic>& diagnostics);

}  // namespace tuner
