// The files of the system's own that carry settings over a reboot, as text. Pure.
//
// What goes in: modules; sysctls with an exact goal. An at-least goal would lower a newer kernel's
// better default at the next boot, and interrupts, governors and the like have no file that the
// system reads; those are set by ktls-tuner-apply.service.
#pragma once

#include "model/profile.h"

#include <string>
#include <string_view>

namespace tuner {

inline constexpr std::string_view kModulesFile = "/etc/modules-load.d/ktls-tuner.conf";
inline constexpr std::string_view kSysctlFile = "/etc/sysctl.d/90-ktls-tuner.conf";

// Whole files, header included; empty: nothing of the profile goes there, so no file is wanted.
std::string modules_file(const Profile& profile);  // modules-load.d(5)
std::string sysctl_file(const Profile& profile);   // sysctl.d(5)

enum class FileOrigin {
  Ours,        // as it was written here, by any profile
  Edited,      // written here and changed since
  SomeoneElse  // never written here
};
FileOrigin origin_of(std::string_view text);

}  // namespace tuner
