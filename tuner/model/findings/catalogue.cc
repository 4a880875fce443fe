// The catalogue of findings. docs/findings.md is made of it.
#include "model/findings/looks.h"

#include <array>

namespace tuner {
namespace {

using enum FindingCode;
using enum FindingSeverity;

constexpr std::array kRows{
    FindingRow{.code = KernelWithoutTls,
               .severity = OffPath,
               .sentence = "kernel {kernel} was built without TLS ({because})",
               .next = "boot a kernel with CONFIG_TLS; Debian's have it since 12",
               .command = "",
               .page = "No program can hand its TLS to this kernel, whatever it asks for. Kernels "
                       "for micro virtual machines and Debian 11's are built so.",
               .guide = "1B",
               .look = look_kernel_without_tls},
    FindingRow{.code = ModuleMissing,
               .severity = OffPath,
               .sentence = "module tls is not installed for kernel {kernel}: {because}",
               .next = "install the kernel's package of modules (Ubuntu: linux-modules-extra, "
                       "Fedora: kernel-modules), or boot the kernel that is installed",
               .command = "",
               .page = "The kernel supports TLS, and the file of its module is not there: the "
                       "package is not installed, or the kernel was upgraded and not yet booted.",
               .guide = "1A",
               .look = look_module_missing},
    FindingRow{.code = ModuleNotLoaded,
               .severity = OffPath,
               .sentence = "module tls is not loaded, so the kernel has no TLS",
               .next = "load it; ktls-tuner apply --persist does so at every boot",
               .command = "modprobe tls",
               .page = "The kernel loads it by itself only for a process with CAP_NET_ADMIN. A "
                       "worker without it gets ENOENT, libssl ignores that, and TLS stays in the "
                       "program. Connections that began before the module was loaded stay there.",
               .guide = "1A",
               .look = look_module_not_loaded},
    FindingRow{.code = ModuleDenyListed,
               .severity = OffPath,
               .sentence = "module tls is deny-listed ({because}), so the kernel has no TLS",
               .next = "if this host may use kernel TLS, disable that line and load the module",
               .command = "sed -i {line}'s/^/#/' {file} && modprobe tls",
               .page = "An administrator or a hardening guide denied the module. `blacklist` "
                       "prevents only that the kernel loads it by itself; `install tls /bin/false` "
                       "also stops modprobe.",
               .guide = "1A",
               .look = look_module_deny_listed},
    FindingRow{.code = ModuleLocked,
               .severity = OffPath,
               .sentence = "module tls is not loaded, and no module can be until the next boot: "
                           "{because}",
               .next = "let /etc/modules-load.d load tls at boot, before kernel.modules_disabled "
                       "is set, and reboot",
               .command = "",
               .page = "`kernel.modules_disabled` cannot be set back. What is to be used has to be "
                       "loaded before it is set.",
               .guide = "1A",
               .look = look_module_locked},
};

consteval bool is_in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].code) != i) return false;
  }
  return kRows.size() == kWords<FindingCode>.size();
}
static_assert(is_in_order(), "a code without a row, or rows in another order");

}  // namespace

std::span<const FindingRow> finding_rows() {
  return kRows;
}

}  // namespace tuner
