// Profiles as files of this machine, and where they are looked for.
#pragma once

#include "profile/find_profile.h"

#include <memory>
#include <string>
#include <vector>

namespace tuner {

// Regular files only: a pipe or a device named on the command line would block, or never end.
std::unique_ptr<ProfileFiles> local_profile_files();

// /etc/ktls-tuner/profiles.d, then ../share/ktls-tuner/profiles from where the program lies:
// /usr/share for an installed one; a build folder has the same shape.
std::vector<std::string> profile_directories();

}  // namespace tuner
