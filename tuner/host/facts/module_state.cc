#include "host/facts/module_state.h"

#include "base/text.h"
#include "host/facts/deny_list.h"
#include "host/facts/kernel_config.h"
#include "host/files/small_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace tuner {
namespace {

constexpr std::string_view kAvailableUlp = "/proc/sys/net/ipv4/tcp_available_ulp";

// The configuration option of a module, for the modules that matter here.
struct ModuleOption {
  std::string_view module;
  std::string_view option;
};
constexpr std::array kOptions{
    ModuleOption{"tls", "CONFIG_TLS"},
    ModuleOption{"tcp_diag", "CONFIG_INET_TCP_DIAG"},
    ModuleOption{"inet_diag", "CONFIG_INET_DIAG"},
    ModuleOption{"tcp_bbr", "CONFIG_TCP_CONG_BBR"},
    ModuleOption{"sch_fq", "CONFIG_NET_SCH_FQ"},
    ModuleOption{"aesni_intel", "CONFIG_CRYPTO_AES_NI_INTEL"},
};

// The kernel's name of a module has no dashes (KBUILD_MODNAME); files and aliases may have.
std::string sysfs_name(std::string_view module) {
  std::string name(module);
  std::ranges::replace(name, '-', '_');
  return name;
}

// A built-in module has a folder only if it has parameters or a version, and no initstate file.
std::optional<ModuleFacts> from_sysfs(const FileTree& files, std::string_view module) {
  const std::string folder = "/sys/module/" + sysfs_name(module);
  const std::string state = read_word(files, folder + "/initstate");
  // refcnt alone tells a loaded module as well: a built-in one has none.
  if (state == "live" || (state.empty() && files.exists(folder + "/refcnt")))
    return ModuleFacts{ModuleState::Live, fmt::format("{} exists", folder)};
  if (!state.empty())
    return ModuleFacts{ModuleState::Unknown, fmt::format("{}/initstate is '{}'", folder, state)};
  if (files.exists(folder))
    return ModuleFacts{ModuleState::BuiltIn, fmt::format("{} has no initstate", folder)};
  return std::nullopt;
}

// "espintcp mptcp tls"
//
// Shows a built-in tls as well. That has no parameters, hence no folder in /sys/module, and
// modules.builtin may not be installed.
std::optional<ModuleFacts> from_ulp_list(const FileTree& files, std::string_view module) {
  if (module != "tls") return std::nullopt;
  const auto text = files.read(kAvailableUlp);
  if (!text || std::ranges::count(split_whitespace(*text), module) == 0) return std::nullopt;
  const auto loaded = from_sysfs(files, module);
  if (loaded && loaded->state == ModuleState::Live)
    return ModuleFacts{ModuleState::Live, fmt::format("listed in {}", kAvailableUlp)};
  return ModuleFacts{ModuleState::BuiltIn,
                     fmt::format("listed in {}, and not a loaded module", kAvailableUlp)};
}

// "kernel/net/tls/tls.ko.xz" → "tls"
std::string_view module_of(std::string_view file) {
  const std::string_view name = base_name(file);
  return name.substr(0, name.find(".ko"));
}

// modules.builtin: "kernel/net/tls/tls.ko"
// modules.dep:     "kernel/net/tls/tls.ko.xz: kernel/lib/x.ko.xz"
std::optional<std::string> module_file(std::string_view index, std::string_view module) {
  for (const std::string_view line : lines(index)) {
    const std::string_view file = line.substr(0, line.find(':'));
    if (same_module(module_of(file), module)) return std::string(file);
  }
  return std::nullopt;
}

// /lib is a link to /usr/lib on merged-/usr systems; others have only one of both.
std::string modules_folder(const FileTree& files, std::string_view release) {
  for (const char* place : {"/lib/modules", "/usr/lib/modules"}) {
    std::string folder = fmt::format("{}/{}", place, release);
    if (files.exists(folder)) return folder;
  }
  return {};
}

ModuleFacts installed_state(const FileTree& files, std::string_view module,
                            const std::string& file) {
  // modules_disabled cannot be set back to 0 (Documentation/admin-guide/sysctl/kernel.rst), so a
  // denial is named first: it is what an administrator can change.
  if (const auto denial = find_denial(files, module)) return {ModuleState::DenyListed, *denial};
  if (read_word(files, "/proc/sys/kernel/modules_disabled") == "1")
    return {ModuleState::Locked, "kernel.modules_disabled is 1 until the next boot"};
  return {ModuleState::Loadable, file};
}

std::string_view option_of(std::string_view module) {
  const auto found = std::ranges::find_if(
      kOptions, [&](const ModuleOption& row) { return same_module(row.module, module); });
  return found == kOptions.end() ? std::string_view() : found->option;
}

// For a module that is neither loaded, nor built in, nor installed: from the kernel's configuration
// whether it was built.
ModuleFacts not_installed_state(const FileTree& files, std::string_view module,
                                std::string_view release, const std::string& folder,
                                const KernelConfig* known) {
  const std::string where = folder.empty()
                                ? fmt::format("no module directory /lib/modules/{}", release)
                                : fmt::format("no {}.ko in {}/modules.dep", module, folder);
  const std::string_view option = option_of(module);
  const KernelConfig read = known == nullptr ? read_kernel_config(files, release) : KernelConfig{};
  const KernelConfig& config = known == nullptr ? read : *known;
  if (config.unread) return {ModuleState::Unknown, config.unread->text};
  // The three cases differ in what helps: another kernel, nothing, or the module package
  // (linux-modules-extra, kernel-modules).
  const auto value = option.empty() ? std::nullopt : config_value(config.text, option);
  if (value == "n")
    return {ModuleState::NotBuilt, fmt::format("{}: {} is not set", config.source, option)};
  if (value == "y") return {ModuleState::BuiltIn, fmt::format("{}: {}=y", config.source, option)};
  if (value == "m")
    return {ModuleState::Missing,
            fmt::format("{}: {}=m, but {}; the kernel's module package is not installed",
                        config.source, option, where)};
  if (files.exists("/proc/config.gz"))
    return {ModuleState::Missing,
            fmt::format("{}; `zgrep {} /proc/config.gz` shows whether this kernel has it", where,
                        option.empty() ? "CONFIG_" : option)};
  return {ModuleState::Missing,
          fmt::format("{}; this kernel was built without it, as many kernels for virtual machines, "
                      "or its module package is not installed",
                      where)};
}

// Reads a list of modules. Io: truncated. depmod and the kernel's build end the last line with a
// newline.
Result<std::string> read_index(const FileTree& files, const std::string& path) {
  auto text = files.read(path);
  if (text && !text->empty() && !text->ends_with('\n'))
    return fail(Fault::Io, fmt::format("{} is truncated", path));
  return text;
}

}  // namespace

ModuleFacts module_state(const FileTree& files, std::string_view module,
                         std::string_view kernel_release, const KernelConfig* config) {
  // What runs comes before what is installed: after a kernel upgrade /lib/modules of the running
  // kernel may already be removed.
  if (const auto known = from_ulp_list(files, module)) return *known;
  if (const auto known = from_sysfs(files, module)) return *known;
  const std::string folder = modules_folder(files, kernel_release);
  if (folder.empty()) return not_installed_state(files, module, kernel_release, folder, config);
  const auto built_in = files.read(folder + "/modules.builtin");
  if (built_in && module_file(*built_in, module))
    return {ModuleState::BuiltIn, fmt::format("listed in {}/modules.builtin", folder)};
  const auto index = files.read(folder + "/modules.dep");
  if (!index && index.error().fault != Fault::NotFound)
    return {ModuleState::Unknown, index.error().text};
  const auto file = index ? module_file(*index, module) : std::nullopt;
  if (!file) return not_installed_state(files, module, kernel_release, folder, config);
  return installed_state(files, module, fmt::format("{}/{}", folder, *file));
}

ModuleFacts installed_module(const FileTree& files, std::string_view module,
                             std::string_view kernel_release) {
  const std::string folder = modules_folder(files, kernel_release);
  if (folder.empty())
    return {ModuleState::Unknown, fmt::format("/lib/modules/{} does not exist", kernel_release)};
  const auto built_in = read_index(files, folder + "/modules.builtin");
  if (built_in && module_file(*built_in, module))
    return {ModuleState::BuiltIn, fmt::format("listed in {}/modules.builtin", folder)};
  const auto index = read_index(files, folder + "/modules.dep");
  if (!index) return {ModuleState::Unknown, index.error().text};
  // An empty modules.dep does not prove that the module is missing. A missing modules.builtin (a
  // recording may lack it) matters only if the module is not in modules.dep.
  if (index->empty()) return {ModuleState::Unknown, fmt::format("{}/modules.dep is empty", folder)};
  if (const auto file = module_file(*index, module))
    return installed_state(files, module, fmt::format("{}/{}", folder, *file));
  if (!built_in) return {ModuleState::Unknown, built_in.error().text};
  return {ModuleState::Missing, fmt::format("no {}.ko in {}/modules.dep", module, folder)};
}

}  // namespace tuner
