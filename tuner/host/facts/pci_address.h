// PCI addresses in sysfs paths.
#pragma once

#include <string>
#include <string_view>

namespace tuner {

// Whether it has the form "0000:81:00.0". The domain has 4 to 8 digits; Intel VMD and Azure use
// more than 4.
bool is_pci_address(std::string_view text);

// The last PCI address in a sysfs path: "/sys/devices/pci0000:00/0000:00:03.0/virtio0" →
// "0000:00:03.0". Empty: not a PCI device.
std::string nearest_pci_address(std::string_view path);

}  // namespace tuner
