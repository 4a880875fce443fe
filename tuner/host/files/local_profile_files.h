// Profile files on this machine, and their search path.
#pragma once

#include "profile/find_profile.h"

#include <memory>
#include <string>
#include <vector>

namespace tuner {

// Reads regular files only: reading a pipe or device could block or never end.
std::unique_ptr<ProfileFiles> local_profile_files();

// /etc/ktls-tuner/profiles.d, then ../share/ktls-tuner/profiles relative to the program's folder:
// /usr/share when installed. A build folder has the same layout.
std::vector<std::string> profile_directories();

}  // namespace tuner
