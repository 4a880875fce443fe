#include "host/access/module_port.h"

#include "base/handle.h"
#include "model/module_name.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <libkmod.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <string>

namespace tuner {
namespace {

// The functions of libkmod.so.2 that are used here, bound by name.
//
// dlopen(3) at the first use: only apply and rollback load modules, and a container image without
// libkmod can still plan and check.
class Kmod {
 public:
  static Result<Kmod> open() {
    Kmod kmod;
    kmod.library_.reset(::dlopen("libkmod.so.2", RTLD_NOW | RTLD_LOCAL));
    if (!kmod.library_)
      return fail(Fault::Unsupported, fmt::format("load a module: {}", ::dlerror()),
                  "install libkmod (Debian: libkmod2)");
    const bool bound = kmod.bind("kmod_new", kmod.make) && kmod.bind("kmod_unref", kmod.unref) &&
                       kmod.bind("kmod_set_log_priority", kmod.set_log_priority) &&
                       kmod.bind("kmod_module_new_from_lookup", kmod.lookup) &&
                       kmod.bind("kmod_module_new_from_name", kmod.from_name) &&
                       kmod.bind("kmod_module_get_module", kmod.get_module) &&
                       kmod.bind("kmod_module_unref", kmod.module_unref) &&
                       kmod.bind("kmod_module_unref_list", kmod.unref_list) &&
                       kmod.bind("kmod_module_get_initstate", kmod.get_initstate) &&
                       kmod.bind("kmod_module_probe_insert_module", kmod.probe_insert) &&
                       kmod.bind("kmod_module_remove_module", kmod.remove);
    if (!bound) return fail(Fault::Unsupported, "load a module: libkmod.so.2 lacks a function");
    return kmod;
  }

  decltype(&kmod_new) make = nullptr;
  decltype(&kmod_unref) unref = nullptr;
  decltype(&kmod_set_log_priority) set_log_priority = nullptr;
  decltype(&kmod_module_new_from_lookup) lookup = nullptr;
  decltype(&kmod_module_new_from_name) from_name = nullptr;
  decltype(&kmod_module_get_module) get_module = nullptr;
  decltype(&kmod_module_unref) module_unref = nullptr;
  decltype(&kmod_module_unref_list) unref_list = nullptr;
  decltype(&kmod_module_get_initstate) get_initstate = nullptr;
  decltype(&kmod_module_probe_insert_module) probe_insert = nullptr;
  decltype(&kmod_module_remove_module) remove = nullptr;

 private:
  template <typename Function>
  bool bind(const char* name, Function& function) {
    function = reinterpret_cast<Function>(::dlsym(library_.get(), name));
    return function != nullptr;
  }

  Handle<void, ::dlclose> library_;
};

using Context = std::unique_ptr<kmod_ctx, decltype(&kmod_unref)>;
using Module = std::unique_ptr<kmod_module, decltype(&kmod_module_unref)>;
using ModuleList = std::unique_ptr<kmod_list, decltype(&kmod_module_unref_list)>;

Outcome check_name(std::string_view module) {
  if (is_module_name(module)) return {};
  return fail(Fault::Invalid, fmt::format("'{}' is not a module name", module),
              "a name consists of letters, digits, '_' and '-'");
}

class KmodPort : public ModulePort {
 public:
  Outcome load(std::string_view module) override {
    TRY(prepare(module));
    const std::string name(module);
    kmod_list* found = nullptr;
    const int error = kmod_->lookup(context(), name.c_str(), &found);
    const ModuleList modules(found, kmod_->unref_list);
    if (error < 0) return fail(load_error(-error, module));
    if (!modules) return fail(load_error(ENOENT, module));
    const Module first(kmod_->get_module(modules.get()), kmod_->module_unref);
    // `modprobe NAME` ignores `blacklist NAME`. Here the administrator's denial counts.
    const int answer = kmod_->probe_insert(first.get(), KMOD_PROBE_APPLY_BLACKLIST, nullptr,
                                           nullptr, nullptr, nullptr);
    if (answer == KMOD_PROBE_APPLY_BLACKLIST)
      return fail(Fault::Refused, fmt::format("load module {}: modprobe.d denies it", module),
                  "remove that line from modprobe.d to allow it");
    // EEXIST: another process loaded it meanwhile.
    if (answer < 0 && answer != -EEXIST) return fail(load_error(-answer, module));
    return {};
  }

  Outcome unload(std::string_view module) override {
    TRY(prepare(module));
    const std::string name(module);
    kmod_module* found = nullptr;
    // By name and not by lookup, which follows aliases: never unload another module than the one
    // that was loaded.
    const int error = kmod_->from_name(context(), name.c_str(), &found);
    const Module owner(found, kmod_->module_unref);
    if (error < 0) return fail(unload_error(-error, module));
    const int state = kmod_->get_initstate(found);
    if (state == KMOD_MODULE_BUILTIN)
      return fail(Fault::Unsupported, fmt::format("unload module {}: it is built in", module));
    if (state == -ENOENT) return {};
    // Without KMOD_REMOVE_FORCE a module that is in use stays.
    const int answer = kmod_->remove(found, 0);
    if (answer < 0 && answer != -ENOENT) return fail(unload_error(-answer, module));
    return {};
  }

 private:
  Outcome prepare(std::string_view module) {
    TRY(check_name(module));
    if (!kmod_) {
      auto opened = TRY(Kmod::open());
      kmod_ = std::move(opened);
    }
    return {};
  }

  // A new context for each call, because a context caches which modules are loaded.
  kmod_ctx* context() {
    context_ = Context(kmod_->make(nullptr, nullptr), kmod_->unref);
    if (context_) kmod_->set_log_priority(context_.get(), 0);  // errors are returned, not printed
    return context_.get();
  }

  std::optional<Kmod> kmod_;
  Context context_{nullptr, nullptr};  // after kmod_, so that it is destroyed first
};

}  // namespace

std::unique_ptr<ModulePort> kmod_port() {
  return std::make_unique<KmodPort>();
}

Error load_error(int errno_value, std::string_view module) {
  Error error = errno_error(errno_value, fmt::format("load module {}", module));
  switch (errno_value) {
    case ENOENT:
      error.hint = "it is not installed for this kernel; its module package may be missing";
      break;
    // Signature checks, since Linux 3.7. Which errno depends on whether the kernel knows a key of
    // that name.
    case EKEYREJECTED:
    case ENOKEY:
      error.fault = Fault::Unsupported;
      error.hint = "this kernel loads only modules signed with a key it trusts";
      break;
    case EPERM:
      error.hint =
          "needs CAP_SYS_MODULE; if root cannot either, kernel.modules_disabled, lockdown "
          "(/sys/kernel/security/lockdown) or module_blacklist= forbids it";
      break;
    case ENOEXEC:
      error.fault = Fault::Unsupported;
      error.hint = "the module file was built for another kernel";
      break;
    default: break;
  }
  return error;
}

Error unload_error(int errno_value, std::string_view module) {
  Error error = errno_error(errno_value, fmt::format("unload module {}", module));
  if (errno_value == EPERM) error.hint = "needs CAP_SYS_MODULE";
  if (error.fault == Fault::Busy) {
    error.text = fmt::format("unload module {}: it is in use", module);
    error.hint = fmt::format("see /sys/module/{}/refcnt and holders", module);
  }
  return error;
}

}  // namespace tuner
