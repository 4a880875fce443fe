#include "model/sysctl/sysctl_name.h"

#include "base/text.h"
#include "model/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace tuner {
namespace {

constexpr std::size_t kLongest = 512;
constexpr std::string_view kHint = "write it as sysctl -a prints it, such as net.core.rmem_max";

tl::unexpected<Error> refuse(std::string_view name, std::string_view why) {
  return fail(Fault::Invalid,
              fmt::format("{} is not the name of a sysctl: {}", in_quotes(name), why),
              std::string(kHint));
}

// net.ipv4.conf.eth0/100.rp_filter is net/ipv4/conf/eth0.100/rp_filter: a dot in an interface's
// name is a slash in the dotted form (sysctl.d(5)).
char swap_separator(char c) {
  if (c == '.') return '/';
  return c == '/' ? '.' : c;
}

std::string swap_separators(std::string text) {
  std::ranges::transform(text, text.begin(), swap_separator);
  return text;
}

// The path below /proc/sys, not yet checked. sysctl.d(5): the first separator decides.
std::string relative_path(std::string_view name) {
  const std::size_t first = name.find_first_of("./");
  const bool slashes = first != std::string_view::npos && name[first] == '/';
  return slashes ? std::string(name) : swap_separators(std::string(name));
}

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > ' ' && byte != 0x7F && byte < 0x80;
}

std::optional<std::string_view> fault_of(std::string_view part) {
  if (part.empty()) return "a part of it is empty";
  // A profile must not name a file outside /proc/sys.
  if (part == "." || part == "..") return "it leads out of its folder";
  if (!std::ranges::all_of(part, is_plain)) return "it has blanks, control or non-ASCII characters";
  if (part.find_first_of("*?[]{}\\'\"=") != std::string_view::npos)
    return "patterns and quotes are not supported here";
  return std::nullopt;
}

Result<std::string> checked_path(std::string_view name) {
  if (name.size() > kLongest) return refuse(name, "it is too long");
  if (name.starts_with('/')) return refuse(name, "it is an absolute path");
  if (name.starts_with('-')) {
    return fail(Fault::Invalid,
                in_quotes(name) + " is not the name of a sysctl: it starts with '-'",
                "instead of sysctl.d's '-' write need: preferred");
  }
  std::string path = relative_path(name);
  const std::vector<std::string_view> parts = split(path, '/');
  for (const std::string_view part : parts) {
    if (const auto why = fault_of(part)) return refuse(name, *why);
  }
  if (parts.size() < 2) return refuse(name, "it names no folder below /proc/sys");
  return path;
}

}  // namespace

Result<std::string> canonical_sysctl_name(std::string_view name) {
  auto path = checked_path(name);
  if (path) *path = swap_separators(std::move(*path));
  return path;
}

std::string dotted_sysctl_name(std::string_view name) {
  return swap_separators(relative_path(name));
}

// Each name of a profile is compared with all rows of several tables: the last characters tell
// nearly all of them apart.
bool sysctl_name_matches(std::string_view pattern, std::string_view canonical_name) {
  if (!pattern.ends_with('*') && !pattern.empty() && !canonical_name.ends_with(pattern.back()))
    return false;
  while (true) {
    const std::size_t dot = pattern.find('.');
    const std::size_t end = canonical_name.find('.');
    const std::string_view wanted = pattern.substr(0, dot);
    if (wanted != "*" && wanted != canonical_name.substr(0, end)) return false;
    const bool last = dot == std::string_view::npos;
    if (last || end == std::string_view::npos) return last && end == std::string_view::npos;
    pattern.remove_prefix(dot + 1);
    canonical_name.remove_prefix(end + 1);
  }
}

Result<std::string> sysctl_path(std::string_view name) {
  auto path = checked_path(name);
  if (path) path->insert(0, "/proc/sys/");
  return path;
}

}  // namespace tuner
