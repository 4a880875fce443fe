// The build configuration of a kernel.
#pragma once

#include "host/host.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tuner {

struct KernelConfig {
  std::string source;  // the file; empty: none exists, or the first one could not be read
  std::string text;
  std::optional<Error> unread = {};  // why it could not be read
};

// Tries /boot/config-RELEASE (Debian, Ubuntu), /lib/modules/RELEASE/config (Fedora) and
// /proc/config.gz (Arch, Alpine, many custom kernels), which a recording has decompressed.
KernelConfig read_kernel_config(const FileTree& files, std::string_view release);

// "y", "m", a number or a quoted text; "n" for "# CONFIG_TLS is not set"; nullopt if the option is
// not in the text.
std::optional<std::string> config_value(std::string_view config_text, std::string_view option);

// The same for many options, in one pass; those in the text only.
std::map<std::string, std::string> config_values(std::string_view config_text,
                                                 std::span<const std::string_view> options);

}  // namespace tuner
