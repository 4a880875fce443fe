#include "host/facts/kernel_config.h"

#include "host/facts/gunzip.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_set>

namespace tuner {
namespace {

// The rest of the first line that begins with `start`.
std::optional<std::string_view> rest_of_line(std::string_view text, std::string_view start) {
  // find() instead of a split into lines: a configuration has some 10,000 lines, and several
  // options are looked up in it.
  for (std::size_t at = text.find(start); at != std::string_view::npos;
       at = text.find(start, at + 1)) {
    if (at > 0 && text[at - 1] != '\n') continue;
    const std::size_t from = at + start.size();
    return text.substr(from, text.find('\n', from) - from);
  }
  return std::nullopt;
}

constexpr std::string_view kPacked = "/proc/config.gz";
constexpr std::size_t kLimit = std::size_t{4} << 20U;  // of distributions: 0.3 MB

KernelConfig read_packed(const FileTree& files) {
  auto text = files.read(kPacked);
  // A recording has the lines unpacked under the same name (scripts/capture-host).
  if (text && is_gzip(*text)) text = gunzip(*text, kLimit);
  if (!text && !is_absent(text.error())) return {.source = {}, .text = {}, .unread = text.error()};
  if (!text || text->find("CONFIG_") == std::string::npos) return {};
  return {.source = std::string(kPacked), .text = std::move(*text)};
}

}  // namespace

KernelConfig read_kernel_config(const FileTree& files, std::string_view release) {
  // Distributions install the first or the others; a plain file is cheaper to read than the packed
  // one is to unpack.
  const std::array places{
      fmt::format("/boot/config-{}", release),
      fmt::format("/lib/modules/{}/config", release),
      fmt::format("/usr/lib/modules/{}/config", release),
  };
  for (const std::string& place : places) {
    auto text = files.read(place);
    if (text) return {.source = place, .text = std::move(*text)};
    // A failed open is no missing file. It once turned "not built" into "missing", whose hint is to
    // install a package.
    if (!is_absent(text.error())) return {.source = {}, .text = {}, .unread = text.error()};
  }
  return read_packed(files);
}

// CONFIG_TLS=m
// # CONFIG_TLS_TOE is not set
std::optional<std::string> config_value(std::string_view config_text, std::string_view option) {
  if (const auto value = rest_of_line(config_text, fmt::format("{}=", option)))
    return std::string(*value);
  if (rest_of_line(config_text, fmt::format("# {} is not set", option))) return "n";
  return std::nullopt;
}

std::map<std::string, std::string> config_values(std::string_view text,
                                                 std::span<const std::string_view> options) {
  constexpr std::string_view kUnset = " is not set";
  const std::unordered_set<std::string_view> wanted(options.begin(), options.end());
  std::map<std::string, std::string> set;
  std::map<std::string, std::string> unset;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.starts_with("CONFIG_")) {
      const std::string_view name = line.substr(0, line.find('='));
      if (name.size() < line.size() && wanted.contains(name))
        set.emplace(name, line.substr(name.size() + 1));
    } else if (line.starts_with("# CONFIG_")) {
      const std::string_view name = line.substr(2, line.find(kUnset) - 2);
      if (wanted.contains(name)) unset.emplace(name, "n");
    }
  }
  // merge() keeps an existing key: a value counts before "is not set".
  set.merge(unset);
  return set;
}

}  // namespace tuner
