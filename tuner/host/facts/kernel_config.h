// The configuration a kernel was built with.
#pragma once

#include "host/host.h"

#include <optional>
#include <string>
#include <string_view>

namespace tuner {

struct KernelConfig {
  std::string source;  // the file; empty: none there, or the first that is could not be read
  std::string text;
  std::optional<Error> unread = {};  // why it could not be read
};

// /boot/config-RELEASE (Debian, Ubuntu), then /lib/modules/RELEASE/config (Fedora), then
// /proc/config.gz (Arch, Alpine, and many who build their own), which a recording holds unpacked.
KernelConfig read_kernel_config(const FileTree& files, std::string_view release);

// "y", "m", a number or a quoted text; "n" for "# CONFIG_TLS is not set"; nothing when the file
// does not mention it.
std::optional<std::string> config_value(std::string_view config_text, std::string_view option);

}  // namespace tuner
