// Parts of documents of several kinds.
#pragma once

#include "base/result.h"
#include "document/key.h"
#include "model/value.h"
#include "profile/diagnostic.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tuner::document {

using Texts = std::vector<std::string>;
using Counters = std::map<std::string, std::int64_t>;  // by the kernel's or the driver's own names

// Null says "none" in every document; an empty text would be a value.
inline std::optional<std::string> or_null(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

// The word of an enum, for a field that keeps words of later releases.
std::string word(auto value) {
  return std::string(word_of(value));
}

// A position in a file; lines and columns count from 1.
struct Place {
  std::string file;
  unsigned line = 0;
  unsigned column = 0;
};

void describe(auto& keys, Exactly<Place> auto& place) {
  keys.object("place", "");
  keys.key({"file"}, place.file);
  keys.key({"line"}, place.line);
  keys.key({"column"}, place.column);
}

struct Diagnostic {
  tuner::Diagnostic::Severity severity = tuner::Diagnostic::Severity::Error;
  std::string code;
  std::string message;
  std::string hint;
  Place place;
};

inline constexpr Rule kCode{.pattern = "^[a-z]+(-[a-z]+)*$"};

void describe(auto& keys, Exactly<Diagnostic> auto& diagnostic) {
  keys.object("diagnostic", "A problem in a profile (docs/errors.md)");
  keys.key({"severity"}, diagnostic.severity);
  keys.key({"code", {}, kCode}, diagnostic.code);
  keys.key({"message", {}, kNotEmpty}, diagnostic.message);
  keys.key({"hint", "The next step, or empty"}, diagnostic.hint);
  keys.key({"file"}, diagnostic.place.file);
  keys.key({"line"}, diagnostic.place.line);
  keys.key({"column"}, diagnostic.place.column);
}

// Only of an error in a profile.
struct ErrorPlace {
  std::string severity = "error";
  Place place;
};

inline constexpr std::array<std::string_view, 1> kErrorWord{"error"};

void describe(auto& keys, Exactly<ErrorPlace> auto& error) {
  keys.object("error_place", "");
  keys.key({"severity", {}, {.words = kErrorWord}}, error.severity);
  keys.key({"file"}, error.place.file);
  keys.key({"line"}, error.place.line);
  keys.key({"column"}, error.place.column);
}

struct Error {
  std::string code;
  std::string message;
  std::string hint;
  std::optional<ErrorPlace> place;
};

void describe(auto& keys, Exactly<Error> auto& error) {
  keys.object("error", "");
  keys.key({"code",
            "The category of the error, or the code of a profile's diagnostic "
            "(docs/errors.md)",
            kCode},
           error.code);
  keys.key({"message", {}, kNotEmpty}, error.message);
  keys.key({"hint", "The next step, or empty"}, error.hint);
  keys.together(error.place);
}

// An object whose keys stand in another schema, as JSON text: so the files that fill and read
// documents do without the JSON library, which costs a second of compile time each.
struct AnyObject {
  std::string json = "{}";
};

// Which profile, by name and content.
struct ProfileId {
  std::string name;
  std::string digest;
};

void describe(auto& keys, Exactly<ProfileId> auto& profile) {
  keys.object("profile_id", "");
  keys.key({"name", "Empty: no profile is active"}, profile.name);
  keys.key({"digest", {}, kDigest}, profile.digest);
}

void describe(auto& keys, Exactly<tuner::Goal> auto& goal) {
  keys.object("goal", "");
  keys.key({"op"}, goal.op);
  keys.key({"value"}, goal.value);
}

}  // namespace tuner::document
