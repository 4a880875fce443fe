// PCI addresses in sysfs paths.
#pragma once

#include <string>
#include <string_view>

namespace tuner {

// "0000:81:00.0", or with a domain of up to eight digits, as Intel VMD and Azure have.
bool is_pci_address(std::string_view text);

// The last part of a sysfs path that is one: "/sys/devices/pci0000:00/0000:00:03.0/virtio0" gives
// "0000:00:03.0". Empty: not on PCI.
std::string nearest_pci_address(std::string_view path);

}  // namespace tuner
