#include "host/programs/mappings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <tuple>

namespace tuner {
namespace {

// Removes the first word and the blanks after it.
std::string_view take_word(std::string_view& line) {
  const auto end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(line.find_first_not_of(' ', end), line.size()));
  return word;
}

template <typename T>
std::optional<T> number(std::string_view text, int base) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The kernel writes a newline in a path as \012 and leaves all other bytes (fs/proc/task_mmu.c).
std::string with_newlines(std::string_view path) {
  constexpr std::string_view kNewline = "\\012";
  std::string plain;
  for (auto at = path.find(kNewline); at != std::string_view::npos; at = path.find(kNewline)) {
    plain.append(path.substr(0, at)).push_back('\n');
    path.remove_prefix(at + kNewline.size());
  }
  return plain.append(path);
}

// "7f00-7f01 r-xp 00000000 08:01 1234    /usr/lib/libssl.so.3 (deleted)"
std::optional<MappedFile> parse(std::string_view line) {
  MappedFile file;
  file.range = take_word(line);
  take_word(line);  // rights
  take_word(line);  // offset
  const std::string_view device = take_word(line);
  const auto inode = number<std::uint64_t>(take_word(line), 10);
  const auto colon = device.find(':');
  // 0: no file, such as [heap], [vdso] and anonymous memory.
  if (!inode || *inode == 0 || colon == std::string_view::npos) return std::nullopt;
  const auto major = number<std::uint32_t>(device.substr(0, colon), 16);
  const auto minor = number<std::uint32_t>(device.substr(colon + 1), 16);
  // Some mappings have an inode and no path in a file system ("anon_inode:…").
  if (!major || !minor || !line.starts_with('/')) return std::nullopt;
  constexpr std::string_view kDeleted = " (deleted)";
  file.deleted = line.ends_with(kDeleted);
  if (file.deleted) line.remove_suffix(kDeleted.size());
  file.major = *major;
  file.minor = *minor;
  file.inode = *inode;
  file.path = with_newlines(line);
  return file;
}

}  // namespace

std::vector<MappedFile> mapped_files(std::string_view maps) {
  std::vector<MappedFile> files;
  std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint64_t>> seen;
  while (!maps.empty()) {
    const auto end = std::min(maps.find('\n'), maps.size());
    auto file = parse(maps.substr(0, end));
    maps.remove_prefix(std::min(end + 1, maps.size()));
    // A library has several mappings, one for each segment. The first of them counts.
    if (file && seen.emplace(file->major, file->minor, file->inode).second)
      files.push_back(std::move(*file));
  }
  return files;
}

}  // namespace tuner
