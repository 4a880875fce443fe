// Opens a path folder by folder and checks who could have changed it. Root acts only on files that
// no other user could have written. Checking the file alone is not enough: another user might be
// able to replace a folder above it.
#pragma once

#include "base/handle.h"
#include "base/result.h"

#include <sys/types.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// A folder or symbolic link on the path.
struct PathPart {
  std::string path;
  uid_t owner = 0;
  gid_t group = 0;
  mode_t mode = 0;
};

struct WalkedPath {
  UniqueFd folder;            // the last folder, O_PATH, for openat(2) and renameat(2)
  std::string name;           // of the file in it
  std::vector<PathPart> way;  // from the root to `folder`, with the links that were followed
};

// Opens each folder of `path` relative to the one before it. `root` ("" for "/") confines absolute
// links and "..". Follows links in the folders; does not look at the last name. With `make_folders`
// it creates missing folders (0755 under any umask). A relative path starts at the working
// directory. Faults: as open(2); Invalid: the path does not end in a name.
Result<WalkedPath> open_path(std::string_view root, std::string_view path,
                             bool make_folders = false);

// root and the effective user of this process.
std::vector<uid_t> trusted_owners();

// Whether users other than its owner can replace files in this folder.
bool others_can_replace(const PathPart& folder);

// Refused: a user not in `owners` owns one of these folders or can write to it; the text says who.
// Sticky folders (/tmp) are allowed although all users can write to them: the files below them are
// checked as well.
Outcome path_is_trusted(const WalkedPath& path, std::span<const uid_t> owners);

// Refused: not a regular file.
Outcome file_is_regular(int fd, std::string_view path);

// Refused: the open file is not a regular file with a single hard link, or a user not in `owners`
// owns it or can write it.
Outcome file_is_trusted(int fd, std::string_view path, std::span<const uid_t> owners);

// Opens the path to a file that root is asked to act on. Also follows a link at its end. Fails as
// path_is_trusted() does for root, this user and the user who called sudo(8).
Result<WalkedPath> open_trusted_path(std::string_view path);

// Checks a file that root is asked to act on: a profile, the tool's settings. Follows links that no
// other user could have made. Allows several hard links, because package managers share files so.
// Refused: a user other than root, this user and the user who called sudo(8) could have written it.
// Other faults: the file cannot be opened.
Outcome input_is_trusted(std::string_view path);

// Of a path at which there is nothing: whether it stays so as far as those users decide. Refused:
// another user could create it, or one of its folders; or it is a link that leads to nothing. Other
// faults: a folder cannot be opened.
Outcome absence_is_trusted(std::string_view path);

}  // namespace tuner
