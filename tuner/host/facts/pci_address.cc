#include "host/facts/pci_address.h"

#include "base/text.h"

#include <algorithm>

namespace tuner {
namespace {

bool all_hex(std::string_view text, std::size_t least, std::size_t most) {
  return text.size() >= least && text.size() <= most &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

// 0000:81:00.0
// 10000:01:00.0   behind Intel VMD, where domains have five digits
bool is_pci_address(std::string_view text) {
  const auto parts = split(text, ':');
  if (parts.size() != 3) return false;
  const auto device = split(parts[2], '.');
  return all_hex(parts[0], 4, 8) && all_hex(parts[1], 2, 2) && device.size() == 2 &&
         all_hex(device[0], 2, 2) && all_hex(device[1], 1, 1);
}

// /sys/devices/pci0000:80/0000:80:02.0/0000:81:00.0/virtio3
//
// Bridges come before the function, and a bus below it (virtio) behind it. The last address in the
// path is the function.
std::string nearest_pci_address(std::string_view path) {
  auto parts = split(path, '/');
  std::ranges::reverse(parts);
  const auto found = std::ranges::find_if(parts, is_pci_address);
  return found == parts.end() ? std::string() : std::string(*found);
}

}  // namespace tuner
