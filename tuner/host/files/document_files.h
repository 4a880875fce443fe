// Files of saved documents, of this host or of others.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <string>
#include <vector>

namespace tuner {

// Whole; "-" is the standard input. Invalid: longer than `longest`.
Result<std::string> read_document_file(const std::string& path, std::size_t longest);

// All *.json of a folder and the folders in it, by name; those with a leading dot are somebody's
// temporary files. Symbolic links to folders are not followed.
Result<std::vector<std::string>> list_document_files(const std::string& folder);

}  // namespace tuner
