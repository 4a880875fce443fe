#include "host/access/recorded_host.h"

#include "host/access/recorded_nics.h"
#include "host/clock.h"
#include "host/files/file_tree.h"

#include <fmt/format.h>

namespace tuner {
namespace {

class RefusingModules : public ModulePort {
 public:
  Outcome load(std::string_view module) override { return refuse("load", module); }
  Outcome unload(std::string_view module) override { return refuse("unload", module); }

 private:
  static Outcome refuse(std::string_view desired, std::string_view module) {
    return fail(Fault::Refused,
                fmt::format("{} module {}: a recorded machine is read-only", desired, module),
                "omit --root to change this machine");
  }
};

class RefusingServices : public ServicePort {
 public:
  Result<UnitState> state(std::string_view unit) const override {
    return fail(Fault::Unsupported,
                fmt::format("state of {}: a recorded machine has no service manager", unit));
  }
  Outcome reload() override { return refuse("reload unit files"); }
  Outcome restart(std::string_view unit) override {
    return refuse(fmt::format("restart {}", unit));
  }

 private:
  static Outcome refuse(std::string_view desired) {
    return fail(Fault::Refused, fmt::format("{}: a recorded machine is read-only", desired),
                "omit --root to change this machine");
  }
};

tl::unexpected<Error> unusable(const std::string& directory, std::string_view why) {
  return fail(Fault::Invalid, fmt::format("{} is not a recorded machine: {}", directory, why),
              "record one with scripts/capture-host");
}

// Without nics.json no data of NICs was recorded: "{}" makes every query NotRecorded.
Result<std::unique_ptr<NicPort>> nics_of(const FileTree& files) {
  const auto text = files.read("/nics.json");
  const bool is_there =
      text || !(is_absent(text.error()) || text.error().fault == Fault::NotRecorded);
  if (!is_there) return recorded_nic_port("{}");
  if (!text) return fail(text.error());
  return recorded_nic_port(*text);
}

}  // namespace

Result<Host> recorded_host(const std::string& directory) {
  auto files = recorded_file_tree(directory);
  if (!files && files.error().fault == Fault::Unsupported) return fail(files.error());
  if (!files) return unusable(directory, files.error().text);
  // A mistyped --root is an ordinary folder. Read as a machine, it would lack everything.
  if (!(*files)->exists("/proc") && !(*files)->exists("/sys"))
    return unusable(directory, "it has neither proc/ nor sys/");
  auto nics = nics_of(**files);
  if (!nics) return unusable(directory, nics.error().text);
  return Host(std::move(*files), std::move(*nics), std::make_unique<RefusingModules>(),
              std::make_unique<RefusingServices>(), system_clock());
}

}  // namespace tuner
