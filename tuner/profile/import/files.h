// The files of one import: read within its limits, and counted.
#pragma once

#include "profile/import/import.h"

#include <string>
#include <string_view>
#include <vector>

namespace tuner::importing {

class ImportFiles {
 public:
  explicit ImportFiles(const ImportSource& source) : source_(source) {}

  // The text of a file, which counts as imported from here on. Errors as of import_profile().
  Result<std::string> read(const std::string& path, ImportKind kind);
  // As read(), for the kind that its text has.
  Result<std::string> read(const std::string& path);
  bool was_read(std::string_view path) const;
  bool exists(const std::string& path) const;

  std::vector<ImportedFile> take() { return std::move(files_); }

 private:
  Result<std::string> checked_text(const std::string& path) const;

  const ImportSource& source_;
  std::vector<ImportedFile> files_;
  std::size_t lines_ = 0;
};

}  // namespace tuner::importing
