// Where a recording looked. A file that is not in it proves that the machine had none only there;
// anywhere else it is not recorded.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// The list in the root of a recording (scripts/capture-host writes it).
inline constexpr std::string_view kLookedAtPath = "/looked-at";

class LookedAt {
 public:
  // One pattern a line, '*' and '?' as in a shell, but '*' matches slashes, too: "/sys/class/net*".
  // "!" before a pattern: there it could not look, whatever other lines say. '#' begins a comment.
  static LookedAt parse(std::string_view text);

  // What each recording looked at that has no such list: those of ktls-tuner 0.1.
  static LookedAt without_list();

  bool covers(std::string_view path) const;

 private:
  std::vector<std::string> looked_;
  std::vector<std::string> failed_;
};

}  // namespace tuner
