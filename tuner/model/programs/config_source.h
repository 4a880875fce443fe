// How the readers of configuration files get at files: given by the caller, so the readers are pure
// and serve a running machine, a recorded one and tests alike.
#pragma once

#include "base/result.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct ConfigSource {
  std::function<Result<std::string>(std::string_view path)> read;
  // The files that a path with '*' and '?' in its last part names, sorted; a path without them is
  // named whether or not it exists.
  std::function<std::vector<std::string>(std::string_view pattern)> match;
  // Whether a path is a folder. Empty: not known of any.
  std::function<bool(std::string_view path)> is_folder = {};
};

// A line of a file: "/etc/nginx/nginx.conf:14".
struct ConfigPlace {
  std::string file;
  int line = 0;
  bool operator==(const ConfigPlace&) const = default;
};
std::string to_text(const ConfigPlace& place);

// The limits of all readers: deeper or more files are not read, and the answer says so. A file may
// be of anyone: one that includes itself a million times must cost no more than one that is right.
inline constexpr int kDeepestInclude = 16;
inline constexpr int kMostConfigFiles = 1000;  // and as many includes

// Counts files, includes and doubts of one reading.
class ConfigLimits {
 public:
  explicit ConfigLimits(std::vector<std::string>& doubts) : doubts_(doubts) {}
  // Whether one more file, or one more include, may be read; a refusal is a doubt, once.
  bool takes_file(std::string_view path, int depth);
  bool takes_include(std::string_view path);
  // Keeps each doubt once, at most 20 of them, and of each the first kilobyte.
  void doubt(std::string text);

 private:
  bool refuse(std::string_view path);
  std::vector<std::string>& doubts_;
  int files_ = 0, includes_ = 0;
  bool refused_ = false;
};

}  // namespace tuner
