// The text of the system's configuration files that keep settings over a reboot. Pure.
//
// They hold modules and sysctls with an exact goal. An at-least goal would lower a newer kernel's
// better default at the next boot, and the system reads no file for interrupts, governors and other
// settings. ktls-tuner-apply.service sets those.
#pragma once

#include "model/profile.h"

#include <string>
#include <string_view>

namespace tuner {

inline constexpr std::string_view kModulesFile = "/etc/modules-load.d/ktls-tuner.conf";
inline constexpr std::string_view kSysctlFile = "/etc/sysctl.d/90-ktls-tuner.conf";

// Whole files, header included. Empty: the profile has nothing for this file, so it must not exist.
std::string modules_file(const Profile& profile);  // modules-load.d(5)
std::string sysctl_file(const Profile& profile);   // sysctl.d(5)

// A file of this program: a first line that says what it is for, advice, the seal, and the body.
// For origin_of(). `about` has no line end; each line of `advice` begins with '#' and has one.
std::string sealed_file(std::string_view about, std::string_view advice, std::string_view body);

enum class FileOrigin {
  Ours,        // written by this program, for any profile, and unchanged
  Edited,      // written by this program and changed since
  SomeoneElse  // not written by this program
};
FileOrigin origin_of(std::string_view text);

}  // namespace tuner
