// What is wrong with a profile, and where. Text and JSON are made from this one object.
#pragma once

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
  std::string hint;     // what to write instead, or empty
  Origin origin;
  std::string source_line;  // the line the caret stands under; empty: no caret
};

std::string_view severity_name(Diagnostic::Severity severity);

// "file:line:column: error: message [code]", then the line with a caret, then the hint.
std::string to_text(const Diagnostic& diagnostic);

// Fills source_line of each from the text of the file that all of them are about.
void add_source_lines(std::vector<Diagnostic>& diagnostics, std::string_view text);

bool has_errors(const std::vector<Diagnostic>& diagnostics);

}  // namespace tuner
