// Makes a profile of the files of other programs: sysctl.conf and sysctl.d, scripts that call
// sysctl, profiles of TuneD, and lists of interrupts. docs/profile.md has the rules.
//
// Pure: files come from ImportSource, nothing is run, and what a file says is data. Each line of
// each file becomes a setting, or a comment of the profile that says why it is none.
#pragma once

#include "base/result.h"
#include "profile/import/line.h"

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace tuner {

// Any user may have written a file: these bound what one costs. With all includes.
inline constexpr std::size_t kImportSizeLimit = 256UL << 10U;  // bytes of a file
inline constexpr std::size_t kImportLineLimit = 3000;
inline constexpr std::size_t kImportFileLimit = 32;
inline constexpr std::size_t kSettingsOfALineLimit = 64;

struct ImportSource {
  // The whole file. NotFound: no such file. Invalid: no regular file, or larger than max_bytes.
  std::function<Result<std::string>(const std::string& path, std::size_t max_bytes)> read;
  // The interface of each interrupt of this machine, by number. Asked only if a line has a number
  // without an interface. May be empty.
  std::function<std::map<int, std::string>()> nics_of_irqs;
};

enum class ImportKind { Lines, Tuned };
template <>
inline constexpr auto kWords<ImportKind> =
    std::to_array<Word<ImportKind>>({{ImportKind::Lines, "lines"}, {ImportKind::Tuned, "tuned"}});

struct ImportedFile {
  std::string path;
  ImportKind kind = ImportKind::Lines;
  std::size_t lines = 0;
};

struct Imported {
  std::string yaml;  // a valid profile, without hidden characters
  std::vector<ImportedFile> files;
  std::vector<importing::ImportedLine> lines;  // all lines of these files, in order
};

// The name of the profile that a file becomes: "99-web" of "/etc/sysctl.d/99-web.conf", "web" of
// "/etc/tuned/web/tuned.conf". Always a valid name.
std::string imported_name(std::string_view path);

// The files in this order: of two lines about one setting the later one counts, as for sysctl(8).
// Fails if a file cannot be read (its Fault), is no text, is too large or has not one line that
// this program understands (Invalid), or if the profile would be too large (TooLarge).
Result<Imported> import_profile(std::span<const std::string> paths, const std::string& name,
                                const ImportSource& source);

}  // namespace tuner
