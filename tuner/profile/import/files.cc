#include "profile/import/files.h"

#include "base/text.h"
#include "profile/import/tuned.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner::importing {

Result<std::string> ImportFiles::checked_text(const std::string& path) const {
  auto text = TRY(source_.read(path, kImportSizeLimit));
  if (text.find('\0') != std::string::npos)
    return fail(Fault::Invalid, fmt::format("{}: not a text file, it has NUL bytes", path),
                "import takes sysctl.conf and sysctl.d files, tuned.conf and lists of interrupts");
  return text;
}

Result<std::string> ImportFiles::read(const std::string& path, ImportKind kind) {
  auto text = TRY(checked_text(path));
  const std::size_t count = tuner::lines(text).size();
  lines_ += count;
  if (files_.size() == kImportFileLimit || lines_ > kImportLineLimit)
    return fail(Fault::Invalid,
                fmt::format("{}: more than {} files or {} lines in all, includes counted", path,
                            kImportFileLimit, kImportLineLimit),
                "import fewer files at once");
  files_.push_back({.path = path, .kind = kind, .lines = count});
  return text;
}

Result<std::string> ImportFiles::read(const std::string& path) {
  auto text = TRY(read(path, ImportKind::Lines));
  if (is_tuned_profile(text)) files_.back().kind = ImportKind::Tuned;
  return text;
}

bool ImportFiles::was_read(std::string_view path) const {
  return std::ranges::count(files_, path, &ImportedFile::path) > 0;
}

bool ImportFiles::exists(const std::string& path) const {
  return source_.read(path, kImportSizeLimit).has_value();
}

}  // namespace tuner::importing
