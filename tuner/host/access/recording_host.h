// A host that keeps a record of what is read through it, for a bundle that replays with --root: the
// readers of facts decide what is looked at, so that no second list of files can differ.
#pragma once

#include "host/host.h"

#include <map>
#include <string>
#include <vector>

namespace tuner {

// What a look at a path gave.
struct LookedAt {
  enum class What {
    Absent,
    There,   // it exists; neither its text nor its names were asked for
    Folder,  // `names` were listed
    File,    // `text` was read
    Failed,  // `error`: that it is not in the bundle proves nothing
  };
  What what = What::Absent;
  std::string text = {};
  std::vector<std::string> names = {};
  Error error = {};
};

using MachineRecord = std::map<std::string, LookedAt>;  // by path, as it was asked for

// Reads of the result are reads of `host`, and are kept in `record`; of several looks at one path
// the one that says most. Parts of files (FileTree::bytes) are read, too, and not kept. Writes are
// refused. `host` and `record` must outlive it.
Host recording_host(const Host& host, MachineRecord& record);

}  // namespace tuner
