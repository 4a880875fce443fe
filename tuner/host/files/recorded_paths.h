// The paths that a recording covers. A file missing from the recording was absent on the machine
// only if its path is covered; otherwise it is not recorded.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// The list of covered paths, in the root of a recording. scripts/capture-host writes it.
inline constexpr std::string_view kRecordedPathsFile = "/looked-at";

class RecordedPaths {
 public:
  // One pattern per line: '*' and '?' as in a shell, but '*' also matches slashes
  // ("/sys/class/net*"). "!" before a pattern: these paths could not be read; it overrides other
  // lines. '#' begins a comment.
  static RecordedPaths parse(std::string_view text);

  // The coverage of recordings without a list: those of ktls-tuner 0.1.
  static RecordedPaths without_list();

  bool covers(std::string_view path) const;

 private:
  std::vector<std::string> looked_;
  std::vector<std::string> failed_;
};

}  // namespace tuner
