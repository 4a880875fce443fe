// The sysctl rules about security: names through which a profile could run a program or load code
// as root, and values that loosen a protection of the host against its own users. Included only by
// model/sysctl/sysctl_harm.cc.
#pragma once

#include "model/sysctl/sysctl_harm.h"

#include <array>

namespace tuner::doors {

using Class = SysctlHarm::Class;

constexpr std::string_view kKernel = "kernel.rst";
constexpr std::string_view kFs = "fs.rst";
constexpr std::string_view kVm = "vm.rst";
constexpr std::string_view kUmh = "kernel/umh.c, usermodehelper_table";
constexpr std::string_view kFirmware = "driver-api/firmware/fallback-mechanisms.rst";
constexpr std::string_view kAdmin = "remove it: the administrator sets it in /etc/sysctl.d";

// Refused with any value: it names a program, loads code, or cannot be undone.
constexpr SysctlHarm refused(std::string_view name, std::string_view why, std::string_view source) {
  return {.name = name, .harm = Class::Refused, .why = why, .instead = kAdmin, .source = source};
}

// A protection that is stricter with a higher number, and open up to `value`.
constexpr SysctlHarm open_up_to(std::string_view name, std::int64_t value, std::string_view why,
                                std::string_view instead, std::string_view source) {
  return {.name = name,
          .harm = Class::Loosens,
          .high = value,
          .why = why,
          .instead = instead,
          .source = source};
}

// A protection that is stricter with a lower number, and open from `value` on.
constexpr SysctlHarm open_from(std::string_view name, std::int64_t value, std::string_view why,
                               std::string_view instead, std::string_view source) {
  return {.name = name,
          .harm = Class::Loosens,
          .low = value,
          .why = why,
          .instead = instead,
          .source = source};
}

// A protection that is open from `low` to `high` only. Values on either side are safe, so a goal
// with at_least or at_most in this range may write an open value.
constexpr SysctlHarm open_within(std::string_view name, std::int64_t low, std::int64_t high,
                                 std::string_view why, std::string_view instead,
                                 std::string_view source) {
  return {.name = name,
          .harm = Class::Loosens,
          .low = low,
          .high = high,
          .why = why,
          .instead = instead,
          .source = source};
}

constexpr SysctlHarm warned(std::string_view name, std::int64_t low, std::int64_t high,
                            std::string_view why, std::string_view instead,
                            std::string_view source) {
  return {.name = name, .low = low, .high = high, .why = why, .instead = instead, .source = source};
}

constexpr std::int64_t kAny = SysctlHarm::kHighest;
constexpr std::string_view kPanics =
    "the machine then stops or reboots at a fault that it could survive";
constexpr std::string_view kOneWay = "no rollback can undo it, only a reboot";

constexpr std::array kRows = {
    open_from("dev.tty.ldisc_autoload", 1,
              "any user can then make the kernel load modules of line disciplines",
              "0, or remove it", "drivers/tty/Kconfig, LDISC_AUTOLOAD"),
    open_from(
        "dev.tty.legacy_tiocsti", 1,
        "a program can then insert input into the terminal that started it, even into a root shell",
        "0, or remove it", "drivers/tty/Kconfig, LEGACY_TIOCSTI"),
    refused("fs.binfmt_misc.*",
            "it names the program that runs files of a certain format, for root as well",
            "binfmt-misc.rst"),
    warned("fs.file-max", SysctlHarm::kLowest, 65535,
           "users can open no more files once this many are open, and logins fail",
           "remove it: the kernel computes it from memory", kFs),
    warned("fs.nr_open", SysctlHarm::kLowest, 1023,
           "services that raise their limit of open files then fail to start",
           "the kernel's default is 1048576", kFs),
    open_up_to("fs.protected_fifos", 0, "a FIFO planted in /tmp can then catch what root writes",
               "1 or 2, or remove it", kFs),
    open_up_to("fs.protected_hardlinks", 0,
               "users can then link to files of other users, including set-user-ID programs",
               "1, or remove it", kFs),
    open_up_to("fs.protected_regular", 0, "a file planted in /tmp can then catch what root writes",
               "1 or 2, or remove it", kFs),
    open_up_to("fs.protected_symlinks", 0,
               "a link planted in /tmp can then redirect root to any file", "1, or remove it", kFs),
    open_within(
        "fs.suid_dumpable", 1, 1,
        "set-user-ID programs then dump core as the user who started them, secrets included",
        "0 or 2, or remove it", kFs),
    open_up_to("fs.verity.require_signatures", 0, "files without a signature then pass fs-verity",
               "1, or remove it", "fsverity.rst"),
    open_up_to("kernel.apparmor_restrict_unprivileged_io_uring", 0,
               "programs that AppArmor does not confine then use io_uring", "1, or remove it",
               "security/apparmor/lsm.c, apparmor_sysctl_table (Ubuntu)"),
    open_up_to("kernel.apparmor_restrict_unprivileged_unconfined", 0,
               "users can then leave AppArmor's restrictions through an unconfined profile",
               "1, or remove it", "security/apparmor/lsm.c, apparmor_sysctl_table (Ubuntu)"),
    open_up_to(
        "kernel.apparmor_restrict_unprivileged_userns", 0,
        "any user can then create a user namespace, which exposes less tested parts of the kernel",
        "1, or remove it", "security/apparmor/lsm.c, apparmor_sysctl_table (Ubuntu)"),
    refused("kernel.core_pattern",
            "a value that starts with '|' is a program that the kernel runs as root at each crash",
            "kernel.rst; core(5)"),
    open_up_to("kernel.core_pipe_limit", 0,
               "the program that gets a core dump may then see another process with the PID of the "
               "crashed one",
               "16, as systemd-coredump has it, or remove it", kKernel),
    open_up_to("kernel.dmesg_restrict", 0,
               "any user can then read the kernel's log, which contains addresses",
               "1, or remove it", kKernel),
    refused("kernel.firmware_config.*", "it decides which program hands firmware to devices",
            kFirmware),
    warned("kernel.ftrace_enabled", 0, 0,
           "live patches and security programs that hook functions then fail", "remove it",
           kKernel),
    warned("kernel.hardlockup_panic", 1, kAny, kPanics, "remove it", kKernel),
    refused("kernel.hotplug",
            "it names a program that the kernel runs as root at each device event", kKernel),
    warned("kernel.hung_task_panic", 1, kAny, kPanics, "remove it", kKernel),
    open_up_to("kernel.io_uring_disabled", 0,
               "any user can then use io_uring, even if an administrator disabled it",
               "1 or 2, or remove it", kKernel),
    warned("kernel.kexec_load_disabled", 1, 1, kOneWay, "set it in /etc/sysctl.d", kKernel),
    open_up_to("kernel.kexec_load_disabled", 0, "another kernel may then be loaded and started",
               "1, or remove it", kKernel),
    warned("kernel.kexec_load_limit_panic", 0, kAny, kOneWay, "set it in /etc/sysctl.d", kKernel),
    open_up_to("kernel.kexec_load_limit_panic", -1,
               "another kernel may then be loaded any number of times", "0, or remove it", kKernel),
    warned("kernel.kexec_load_limit_reboot", 0, kAny, kOneWay, "set it in /etc/sysctl.d", kKernel),
    open_up_to("kernel.kexec_load_limit_reboot", -1,
               "another kernel may then be loaded any number of times", "0, or remove it", kKernel),
    open_up_to("kernel.kptr_restrict", 0,
               "programs then see addresses of the kernel, which attacks need",
               "1 or 2, or remove it", kKernel),
    open_up_to("kernel.loadpin.enabled", 0, "modules and firmware may then come from any disk",
               "1, or remove it", "LSM/LoadPin.rst"),
    open_up_to("kernel.loadpin.enforce", 0, "modules and firmware may then come from any disk",
               "1, or remove it", "LSM/LoadPin.rst"),
    refused("kernel.modprobe", "it names the program that the kernel runs as root to load a module",
            kKernel),
    refused(
        "kernel.modules_disabled",
        "no module can then be loaded before the next reboot, tls included, and no rollback can "
        "undo it",
        kKernel),
    warned("kernel.panic", 0, 0,
           "the machine then hangs after a panic instead of rebooting, until someone resets it",
           "10", kKernel),
    warned("kernel.panic_on_io_nmi", 1, kAny, kPanics, "remove it", kKernel),
    warned("kernel.panic_on_oops", 1, kAny, kPanics, "remove it", kKernel),
    warned("kernel.panic_on_rcu_stall", 1, kAny, kPanics, "remove it", kKernel),
    warned("kernel.panic_on_unrecovered_nmi", 1, kAny, kPanics, "remove it", kKernel),
    warned("kernel.panic_on_warn", 1, kAny,
           "each warning of the kernel then stops the machine, and users can provoke some",
           "remove it", kKernel),
    open_up_to("kernel.perf_event_paranoid", 1,
               "any user can then profile the kernel and other programs", "2 or more, or remove it",
               kKernel),
    refused("kernel.poweroff_cmd", "it names a program that the kernel runs as root", kKernel),
    open_up_to("kernel.randomize_va_space", 1,
               "programs, including root's, then have addresses that can be guessed",
               "2, or remove it", kKernel),
    refused("kernel.reboot-cmd", "it is passed to the boot loader (SPARC)", kKernel),
    warned("kernel.softlockup_panic", 1, kAny, kPanics, "remove it", kKernel),
    open_within("kernel.sysrq", 1, kAny - 1,
                "it is a mask of the commands that a console, or a serial line used as one, may "
                "send to the kernel: 1 permits all",
                "0, or remove it: the distribution's mask stays", "sysrq.rst"),
    open_up_to("kernel.unprivileged_bpf_disabled", 0, "any user can then load BPF programs",
               "2, or remove it", kKernel),
    warned("kernel.unprivileged_bpf_disabled", 1, 1, kOneWay, "2, which root can set back",
           kKernel),
    open_up_to("kernel.unprivileged_userns_apparmor_policy", 0,
               "user namespaces are then outside AppArmor's policies", "1, or remove it",
               "security/apparmor/lsm.c, apparmor_sysctl_table"),
    open_from(
        "kernel.unprivileged_userns_clone", 1,
        "any user can then create a user namespace, which exposes less tested parts of the kernel",
        "0, or remove it", "kernel/fork.c (Debian)"),
    refused("kernel.usermodehelper.*",
            "it decides which capabilities the programs have that the kernel starts", kUmh),
    warned("kernel.yama.ptrace_scope", 3, 3, kOneWay, "2, which root can set back", "LSM/Yama.rst"),
    open_up_to("kernel.yama.ptrace_scope", 0,
               "each program of a user can then read the memory of the others, including keys",
               "1 or 2, or remove it", "LSM/Yama.rst"),
    open_within("net.core.bpf_jit_enable", 2, 2,
                "compiled BPF programs are then written to the kernel's log, including addresses",
                "1, or remove it", "net.rst"),
    open_up_to("net.core.bpf_jit_harden", 0,
               "constants of users' BPF programs are then in executable kernel memory",
               "1 or 2, or remove it", "net.rst"),
    open_from("net.core.bpf_jit_kallsyms", 1,
              "addresses of compiled BPF programs are then in /proc/kallsyms", "0, or remove it",
              "net.rst"),
    warned("net.ipv4.conf.*.accept_source_route", 1, kAny,
           "a sender can then choose the route of its packets and bypass filters",
           "0, or remove it", "ip-sysctl.rst"),
    warned("net.ipv4.conf.*.route_localnet", 1, kAny,
           "services that listen only on 127.0.0.1 are then reachable from the network",
           "0, or remove it", "ip-sysctl.rst"),
    warned("net.ipv4.ip_unprivileged_port_start", SysctlHarm::kLowest, 1023,
           "any user can then take a service's port while the service is down",
           "give the service CAP_NET_BIND_SERVICE and remove it", "ip-sysctl.rst"),
    open_from("user.max_user_namespaces", 1,
              "it may permit user namespaces on a host that has disabled them",
              "at_most, which never raises it; or remove it", "user.rst"),
    warned("vm.compact_memory", SysctlHarm::kLowest, kAny,
           "it is a command, not a setting: each write compacts memory", "remove it", kVm),
    warned("vm.drop_caches", SysctlHarm::kLowest, kAny,
           "it is a command, not a setting: each write drops caches", "remove it", kVm),
    open_from("vm.legacy_va_layout", 1, "libraries then have addresses that can be guessed",
              "0, or remove it", kVm),
    open_up_to("vm.memfd_noexec", 0,
               "programs can then run from memory, which no noexec mount option prevents",
               "1 or 2, or remove it", "userspace-api/mfd_noexec.rst"),
    open_up_to("vm.mmap_min_addr", 32767,
               "a NULL pointer in the kernel can then point to a user's memory",
               "65536, or remove it", kVm),
    warned("vm.panic_on_oom", 1, kAny,
           "the machine then stops or reboots when memory runs out, instead of killing one program",
           "remove it", kVm),
    open_from("vm.unprivileged_userfaultfd", 1,
              "any user can then stall the kernel in the middle of a copy, which helps attacks",
              "0, or remove it", kVm),
};

}  // namespace tuner::doors
