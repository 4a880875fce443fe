// Writes a tar archive (POSIX.1-2001, ustar with pax headers for long names): the same entries give
// the same bytes, since times, owners and modes are not those of the machine.
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct TarEntry {
  enum class Kind { File, Link, Folder };
  std::string path;  // relative, without ".."; folders without a final slash
  Kind kind = Kind::File;
  std::string content;  // the text of a file, the target of a link
};

// In the given order, folders and files readable by all.
std::string tar_bytes(const std::vector<TarEntry>& entries);

// Creates the file with mode 0600 and writes it durably. Refused: something has that name, also a
// link (O_EXCL). A file that was not written completely is removed.
Outcome write_new_file(const std::string& path, std::string_view bytes);

}  // namespace tuner
