// What the fuzz targets share. Each is a function of bytes that must not only survive them: it
// demands what is always true of a parser's answer.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace tuner::fuzz {

// Ends the process, which is what a fuzzer takes for a finding.
inline void demand(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: does not hold: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

// A refusal says why. An Error without words would be shown as an empty line.
template <typename T>
void demand_reason(const Result<T>& result) {
  if (!result) demand(!result.error().text.empty(), "an error has words");
}

// The first byte chooses among the parsers of a target; a letter, so that a corpus can be read.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size)
      : text_(reinterpret_cast<const char*>(data), size) {}

  char kind() {
    if (text_.empty()) return '\0';
    const char kind = text_.front();
    text_.remove_prefix(1);
    return kind;
  }
  // Up to the next line of "%%", for inputs of several files.
  std::string_view part() {
    constexpr std::string_view kBetween = "\n%%\n";
    const std::size_t end = text_.find(kBetween);
    const std::string_view part = text_.substr(0, end);
    text_.remove_prefix(end == std::string_view::npos ? text_.size() : end + kBetween.size());
    return part;
  }
  std::string_view rest() const { return text_; }
  std::span<const std::byte> bytes() const { return std::as_bytes(std::span(text_)); }

 private:
  std::string_view text_;
};

using Target = int (*)(const std::uint8_t* data, std::size_t size);

// The targets of this program, by name.
inline std::map<std::string_view, Target>& targets() {
  static std::map<std::string_view, Target> all;
  return all;
}

struct AddTarget {
  AddTarget(std::string_view name, Target target) { targets().emplace(name, target); }
};

}  // namespace tuner::fuzz

// FUZZ_TARGET(name) { … return 0; } is a function of `data` and `size`. A program of libFuzzer has
// one target; run-corpus has all.
#define FUZZ_TARGET(name)                                      \
  int fuzz_##name(const std::uint8_t* data, std::size_t size); \
  const tuner::fuzz::AddTarget add_##name(#name, fuzz_##name); \
  int fuzz_##name(const std::uint8_t* data, std::size_t size)
