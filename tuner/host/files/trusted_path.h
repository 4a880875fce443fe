// The way to a file, folder by folder, and who could have changed what stands there. What root acts
// on is believed only where nobody but its owner could have written it: a check of the file alone
// says nothing while another user may swap a folder above it.
#pragma once

#include "base/handle.h"
#include "base/result.h"

#include <sys/types.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// A folder or symbolic link on the way.
struct FolderSeen {
  std::string path;
  uid_t owner = 0;
  gid_t group = 0;
  mode_t mode = 0;
};

struct WalkedPath {
  UniqueFd folder;              // the last folder, O_PATH: what is done in it is done there
  std::string name;             // of the file in it
  std::vector<FolderSeen> way;  // from the root to `folder`, followed links included
};

// Opens each folder of `path` in the one before it, below `root` ("" for "/"), where absolute links
// and ".." stay. Links are followed on the way and never at its end: the last name is not looked
// at. Missing folders are made (0755 whatever the umask) where `make_folders` says so. Faults: as
// open(2); Invalid: a path without a name at its end; a relative one begins at the working folder.
Result<WalkedPath> walk_to(std::string_view root, std::string_view path, bool make_folders = false);

// root, and the user that this process acts as.
std::vector<uid_t> trusted_owners();

// Whether others than its owner may put another thing in the place of what is in this folder.
bool lets_others_exchange(const FolderSeen& folder);

// Refused, with who it is: somebody else owns one of these folders or may write in it. A folder
// where everybody may write is fine on the way if it is sticky, for what is below it is looked at,
// too.
Outcome way_is_trusted(const WalkedPath& path, std::span<const uid_t> owners);

// Refused: it is a device, a pipe, a folder.
Outcome file_is_regular(int fd, std::string_view path);

// Refused: the open file is not a regular one with a single link, somebody else owns it, or may
// write it.
Outcome file_is_trusted(int fd, std::string_view path, std::span<const uid_t> owners);

// The way to a file that root is asked to act on, its last link followed, as trusted as
// way_is_trusted() says for root, this user and the one that called sudo(8).
Result<WalkedPath> walk_to_input(std::string_view path);

// A file that root is asked to act on: a profile, settings of the tool. Links are followed where
// nobody else could have made them; several links to it are no matter, for packages share files so.
// Refused: somebody else than root, this user and the one that called sudo(8) could have written
// it. Other faults: it cannot be looked at.
Outcome input_is_trusted(std::string_view path);

}  // namespace tuner
