// Files of saved documents, from this host or others.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <string>
#include <vector>

namespace tuner {

// Reads the whole file; "-" is standard input. Invalid: longer than `longest` bytes.
Result<std::string> read_document_file(const std::string& path, std::size_t longest);

// All *.json files in a folder and its subfolders, sorted by name. Skips names with a leading dot
// (temporary files). Does not follow symbolic links to folders.
Result<std::vector<std::string>> list_document_files(const std::string& folder);

}  // namespace tuner
