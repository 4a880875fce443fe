#include "support/fake_host.h"

#include "base/cpu_set.h"
#include "base/text.h"
#include "support/kernel_manners.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace tuner::testing {
namespace {

constexpr std::string_view kUlpPath = "/proc/sys/net/ipv4/tcp_available_ulp";
constexpr int kMostLinks = 40;  // MAXSYMLINKS of the kernel

using State = std::shared_ptr<FakeState>;

bool is_below(std::string_view path, std::string_view folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

template <typename Map>
bool any_below(const Map& map, std::string_view folder) {
  const auto next = map.lower_bound(std::string(folder) + "/");
  if constexpr (requires { next->first; }) {
    return next != map.end() && is_below(next->first, folder);
  } else {
    return next != map.end() && is_below(*next, folder);
  }
}

bool is_folder(const FakeState& state, std::string_view path) {
  return path.empty() || state.folders.contains(path) || any_below(state.files, path) ||
         any_below(state.links, path) || any_below(state.folders, path);
}

// Pushes the parts of a path in reverse, so that the first part is popped first.
void push_parts(std::vector<std::string>& parts, std::string_view path) {
  const auto names = split(path, '/');
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    if (!name->empty() && *name != ".") parts.emplace_back(*name);
  }
}

// Resolves all links. nullopt: a part is missing, or a link loop.
std::optional<std::string> follow(const FakeState& state, std::string_view path) {
  std::vector<std::string> parts;
  push_parts(parts, path);
  std::string at;
  int links = 0;
  while (!parts.empty()) {
    const std::string name = parts.back();
    parts.pop_back();
    if (name == "..") {
      at.resize(at.rfind('/') == std::string::npos ? 0 : at.rfind('/'));
      continue;
    }
    const std::string next = at + "/" + name;
    if (const auto link = state.links.find(next); link != state.links.end()) {
      if (++links > kMostLinks) return std::nullopt;
      if (link->second.starts_with('/')) at.clear();
      push_parts(parts, link->second);
      continue;
    }
    if (!state.files.contains(next) && !is_folder(state, next)) return std::nullopt;
    at = next;
  }
  return at.empty() ? "/" : at;
}

// The error that the test injects into this read; nullopt: none.
template <typename T>
std::optional<Result<T>> failing(const FakeState& state, std::string_view doing) {
  const auto error = state.on_read ? state.on_read(doing) : std::nullopt;
  if (!error) return std::nullopt;
  return Result<T>(fail(answer(*error, doing)));
}

class FakeTree : public FileTree {
 public:
  FakeTree(State state, std::shared_ptr<WriteFuse> fuse)
      : state_(std::move(state)), fuse_(std::move(fuse)) {}

  Result<std::string> read(std::string_view path) const override {
    const auto real = follow(*state_, path);
    state_->reads.push_back(real.value_or(std::string(path)));
    const std::string doing = fmt::format("read {}", path);
    if (auto failed = failing<std::string>(*state_, doing)) return *failed;
    if (!real) return fail(answer(ENOENT, doing));
    if (state_->unreadable.contains(*real)) return fail(answer(EACCES, doing));
    const auto file = state_->files.find(*real);
    if (file == state_->files.end()) return fail(answer(EISDIR, doing));
    if (const auto error = state_->read_errors.find(*real); error != state_->read_errors.end())
      return fail(answer(error->second, doing));
    if (const auto hidden = kernel_read_error(*state_, *real)) return fail(answer(*hidden, doing));
    return file->second;
  }

  Result<FileBytes> bytes(std::string_view path) const override {
    const auto text = std::make_shared<std::string>(TRY(read(path)));
    return FileBytes{.size = text->size(),
                     .identity = TRY(identity(path)),
                     .read_at = [text](std::uint64_t at, std::span<std::byte> into) {
                       if (at > text->size() || text->size() - at < into.size()) return false;
                       std::memcpy(into.data(), text->data() + at, into.size());
                       return true;
                     }};
  }

  Result<std::vector<std::string>> list(std::string_view path) const override {
    const auto real = follow(*state_, path);
    state_->reads.push_back(real.value_or(std::string(path)));
    const std::string doing = fmt::format("list {}", path);
    if (auto failed = failing<std::vector<std::string>>(*state_, doing)) return *failed;
    if (!real) return fail(answer(ENOENT, doing));
    if (state_->unreadable.contains(*real)) return fail(answer(EACCES, doing));
    if (const auto error = state_->read_errors.find(*real); error != state_->read_errors.end())
      return fail(answer(error->second, doing));
    if (!is_folder(*state_, *real)) return fail(answer(ENOTDIR, doing));
    const std::string folder = *real == "/" ? "" : *real;
    std::set<std::string> names;
    add_names(names, state_->files, folder);
    add_names(names, state_->links, folder);
    add_names(names, state_->folders, folder);
    return std::vector<std::string>(names.begin(), names.end());
  }

  Result<bool> gives_rights(std::string_view path) const override {
    return state_->gives_rights.contains(path);
  }

  Result<std::string> resolve(std::string_view path) const override {
    const auto real = follow(*state_, path);
    const std::string doing = fmt::format("resolve {}", path);
    if (auto failed = failing<std::string>(*state_, doing)) return *failed;
    if (!real) return fail(answer(ENOENT, doing));
    if (const auto error = state_->read_errors.find(std::string(path));
        error != state_->read_errors.end())
      return fail(answer(error->second, doing));
    return *real;
  }

  // The resolved path, unless the test has set another identity.
  Result<std::string> identity(std::string_view path) const override {
    const std::string doing = fmt::format("stat {}", path);
    if (auto failed = failing<std::string>(*state_, doing)) return *failed;
    // A missing path is no error: FakeState has no folder after its last file is removed.
    const std::string real = follow(*state_, path).value_or(std::string(path));
    const auto other = state_->identities.find(real);
    return other == state_->identities.end() ? real : other->second;
  }

  Result<bool> is_there(std::string_view path) const override {
    if (auto failed = failing<bool>(*state_, fmt::format("open {}", path))) return *failed;
    const auto real = follow(*state_, path);
    if (!real) return false;
    const auto error = state_->read_errors.find(*real);
    if (error == state_->read_errors.end()) return true;
    return fail(answer(error->second, fmt::format("open {}", path)));
  }

  Outcome write(std::string_view path, std::string_view text) override {
    const std::string doing = fmt::format("{} = {}", path, trim(text));
    if (auto blown = fuse_->before_write(doing); !blown) return blown;
    const auto real = follow(*state_, path);
    const std::string writing = fmt::format("write {}", path);
    if (!real || !state_->files.contains(*real)) return fail(answer(ENOENT, writing));
    if (state_->read_only.contains(*real)) return fail(answer(EACCES, writing));
    const auto taken = kernel_write(*state_, *real, text);
    if (!taken) return fail(taken.error());
    state_->files[*real] = *taken;
    state_->writes.push_back(doing);
    return {};
  }

  Outcome create(std::string_view path, std::string_view text) override {
    const std::string doing = fmt::format("create {}", path);
    if (auto blown = fuse_->before_write(doing); !blown) return blown;
    if (state_->read_only.contains(path)) return fail(answer(EROFS, doing));
    state_->files[std::string(path)] = std::string(text);
    state_->writes.push_back(doing);
    return {};
  }

  Outcome remove(std::string_view path) override {
    const std::string doing = fmt::format("remove {}", path);
    if (auto blown = fuse_->before_write(doing); !blown) return blown;
    if (state_->read_only.contains(path)) return fail(answer(EROFS, doing));
    state_->files.erase(std::string(path));
    state_->writes.push_back(doing);
    return {};
  }

 private:
  template <typename Map>
  static void add_names(std::set<std::string>& names, const Map& map, const std::string& folder) {
    for (auto next = map.lower_bound(folder + "/"); next != map.end(); ++next) {
      const std::string& path = name_of(*next);
      if (!is_below(path, folder)) return;
      const std::string rest = path.substr(folder.size() + 1);
      names.insert(rest.substr(0, rest.find('/')));
    }
  }
  static const std::string& name_of(const std::string& folder) { return folder; }
  template <typename Text>
  static const std::string& name_of(const std::pair<const std::string, Text>& file) {
    return file.first;
  }

  State state_;
  std::shared_ptr<WriteFuse> fuse_;
};

class FakeNicPort : public NicPort {
 public:
  FakeNicPort(State state, std::shared_ptr<WriteFuse> fuse)
      : state_(std::move(state)), fuse_(std::move(fuse)) {}

  Result<NicFeatures> features(std::string_view nic) const override {
    if (auto failed = failing<NicFeatures>(*state_, fmt::format("features of {}", nic)))
      return *failed;
    const auto found = state_->nics.find(nic);
    if (found == state_->nics.end())
      return fail(answer(ENODEV, fmt::format("features of {}", nic)));
    if (found->second.features_error) return fail(*found->second.features_error);
    return found->second.features;
  }

  Result<std::string> permanent_address(std::string_view nic) const override {
    if (auto failed = failing<std::string>(*state_, fmt::format("permanent address of {}", nic)))
      return *failed;
    const auto found = state_->nics.find(nic);
    if (found == state_->nics.end() || !found->second.permanent_address)
      return fail(answer(ENODEV, fmt::format("permanent address of {}", nic)));
    return *found->second.permanent_address;
  }

  Result<NicParameters> shape(NicShape which, std::string_view nic) const override {
    const std::string doing = fmt::format("{} of {}", nic_shape_name(which), nic);
    if (auto failed = failing<NicParameters>(*state_, doing)) return *failed;
    const auto found = state_->nics.find(nic);
    if (found == state_->nics.end()) return fail(answer(ENODEV, doing));
    const auto shape = found->second.shapes.find(which);
    if (shape == found->second.shapes.end()) return fail(answer(EOPNOTSUPP, doing));
    return shape->second;
  }

  Result<KernelQueues> kernel_queues(std::string_view nic) const override {
    const std::string doing = fmt::format("queues of {}", nic);
    if (auto failed = failing<KernelQueues>(*state_, doing)) return *failed;
    const auto found = state_->nics.find(nic);
    if (found == state_->nics.end()) return fail(answer(ENODEV, doing));
    if (!found->second.kernel_queues) return fail(answer(EOPNOTSUPP, doing));
    return *found->second.kernel_queues;
  }

  Outcome set_shape(NicShape which, std::string_view nic,
                    std::span<const ParameterChange> changes) override {
    std::string doing = fmt::format("{} {}", nic, nic_shape_name(which));
    for (const ParameterChange& change : changes)
      doing += fmt::format(" {}={}", change.name, change.value);
    if (auto blown = fuse_->before_write(doing); !blown) return blown;
    if (auto taken = driver_set(*state_, nic, which, changes); !taken) return taken;
    state_->writes.push_back(doing);
    return {};
  }

  Result<std::string> network_namespace() const override {
    if (state_->net_namespace.empty()) return fail(answer(EIO, "read the network namespace"));
    return state_->net_namespace;
  }
  Result<std::set<std::string>> interfaces_to_peer(std::string_view local,
                                                   std::string_view /*peer*/) const override {
    std::set<std::string> names;
    for (const auto& [name, nic] : state_->nics) {
      if (nic.address == local) names.insert(name);
    }
    return names;
  }

  Outcome set_features(std::string_view nic, std::span<const FeatureChange> changes) override {
    std::string doing = fmt::format("{} features", nic);
    for (const FeatureChange& change : changes)
      doing += fmt::format(" {}={}", change.name, change.on ? "on" : "off");
    if (auto blown = fuse_->before_write(doing); !blown) return blown;
    const auto found = state_->nics.find(nic);
    if (found == state_->nics.end()) return fail(answer(ENODEV, doing));
    if (found->second.set_error) return fail(*found->second.set_error);
    NicFeatures& features = found->second.features;
    for (const FeatureChange& change : changes) {
      if (!features.contains(change.name)) return fail(answer(EOPNOTSUPP, doing));
    }
    // The kernel ignores fixed features (net/ethtool/features.c masks with hw_features).
    for (const FeatureChange& change : changes) {
      NicFeature& feature = features.find(change.name)->second;
      if (feature.supported && !feature.fixed) feature.requested = change.on;
    }
    settle(features);
    for (const std::string& name : found->second.dropped) features[name].active = false;
    state_->writes.push_back(doing);
    return {};
  }

 private:
  State state_;
  std::shared_ptr<WriteFuse> fuse_;
};

void set_ulp(FakeState& state, bool tls) {
  const auto file = state.files.find(kUlpPath);
  if (file == state.files.end()) return;
  std::vector<std::string> names;
  for (const std::string_view name : split_whitespace(file->second)) {
    if (name != "tls") names.emplace_back(name);
  }
  if (tls) names.emplace_back("tls");
  file->second = join(names, " ") + "\n";
}

constexpr std::string_view kTlsStat =
    "TlsCurrTxSw                     \t0\nTlsCurrRxSw                     \t0\n"
    "TlsCurrTxDevice                 \t0\nTlsCurrRxDevice                 \t0\n"
    "TlsTxSw                         \t0\nTlsRxSw                         \t0\n"
    "TlsTxDevice                     \t0\nTlsRxDevice                     \t0\n"
    "TlsDecryptError                 \t0\nTlsRxDeviceResync               \t0\n"
    "TlsDecryptRetry                 \t0\nTlsRxNoPadViolation             \t0\n";

void appear(FakeState& state, const std::string& module) {
  const std::string folder = "/sys/module/" + module;
  state.files[folder + "/initstate"] = "live\n";
  state.files[folder + "/refcnt"] = "0\n";
  if (module != "tls") return;
  state.files["/proc/net/tls_stat"] = kTlsStat;
  set_ulp(state, true);
}

void vanish(FakeState& state, const std::string& module) {
  const std::string folder = "/sys/module/" + module;
  std::erase_if(state.files, [&](const auto& file) { return is_below(file.first, folder); });
  if (module != "tls") return;
  state.files.erase("/proc/net/tls_stat");
  set_ulp(state, false);
}

class FakeModulePort : public ModulePort {
 public:
  FakeModulePort(State state, std::shared_ptr<WriteFuse> fuse)
      : state_(std::move(state)), fuse_(std::move(fuse)) {}

  Outcome load(std::string_view module) override {
    const std::string doing = fmt::format("load {}", module);
    if (auto blown = fuse_->before_write(doing); !blown) return blown;
    if (is_live(module)) return {};
    const auto found = state_->modules.find(module);
    if (found == state_->modules.end()) return fail(answer(ENOENT, doing));
    if (found->second.load_error) return fail(*found->second.load_error);
    appear(*state_, std::string(module));
    state_->writes.push_back(doing);
    return {};
  }

  Outcome unload(std::string_view module) override {
    const std::string doing = fmt::format("unload {}", module);
    if (auto blown = fuse_->before_write(doing); !blown) return blown;
    const auto found = state_->modules.find(module);
    if (!is_live(module)) return fail(answer(ENOENT, doing));
    if (found != state_->modules.end() && found->second.busy) return fail(answer(EBUSY, doing));
    vanish(*state_, std::string(module));
    state_->writes.push_back(doing);
    return {};
  }

 private:
  bool is_live(std::string_view module) const {
    return is_folder(*state_, fmt::format("/sys/module/{}", module));
  }
  State state_;
  std::shared_ptr<WriteFuse> fuse_;
};

class FakeServicePort : public ServicePort {
 public:
  FakeServicePort(State state, std::shared_ptr<WriteFuse> fuse)
      : state_(std::move(state)), fuse_(std::move(fuse)) {}

  Result<UnitState> state(std::string_view unit) const override {
    const auto found = state_->unit_states.find(unit);
    if (found == state_->unit_states.end())
      return fail(Fault::Unsupported, fmt::format("{}: systemd does not run here", unit));
    return found->second;
  }

  Outcome reload() override {
    if (auto blown = fuse_->before_write("reload"); !blown) return blown;
    state_->writes.emplace_back("reload");
    return {};
  }

  Outcome restart(std::string_view unit) override {
    const std::string doing = fmt::format("restart {}", unit);
    if (auto blown = fuse_->before_write(doing); !blown) return blown;
    const auto found = state_->units.find(unit);
    if (found == state_->units.end())
      return fail(Fault::Io, fmt::format("{}: Unit {} not found.", doing, unit));
    state_->writes.push_back(doing);
    return found->second(*state_);
  }

 private:
  State state_;
  std::shared_ptr<WriteFuse> fuse_;
};

class FakeClock : public Clock {
 public:
  explicit FakeClock(State state) : state_(std::move(state)) {}
  std::chrono::system_clock::time_point now() const override { return state_->now; }
  std::chrono::milliseconds since_boot() const override { return state_->since_boot; }
  void sleep(std::chrono::milliseconds duration) const override {
    state_->now += duration;
    state_->since_boot += duration;
    if (state_->on_sleep) state_->on_sleep();
  }

 private:
  State state_;
};

}  // namespace

Error answer(int errno_value, std::string_view doing) {
  return errno_error(errno_value, doing);
}

FakeMachine::FakeMachine()
    : fuse(std::make_shared<WriteFuse>()), state_(std::make_shared<FakeState>()) {}

Host FakeMachine::host() const {
  return Host(std::make_unique<FakeTree>(state_, fuse), std::make_unique<FakeNicPort>(state_, fuse),
              std::make_unique<FakeModulePort>(state_, fuse),
              std::make_unique<FakeServicePort>(state_, fuse), std::make_unique<FakeClock>(state_));
}

void FakeMachine::set(std::string_view path, std::string_view text) {
  state_->files[follow(*state_, path).value_or(std::string(path))] = with_newline(text);
}

void FakeMachine::link(std::string_view path, std::string_view target) {
  state_->links[std::string(path)] = std::string(target);
}

void FakeMachine::remove(std::string_view path) {
  const auto gone = [&](std::string_view p) { return p == path || is_below(p, path); };
  std::erase_if(state_->files, [&](const auto& file) { return gone(file.first); });
  std::erase_if(state_->links, [&](const auto& link) { return gone(link.first); });
  std::erase_if(state_->folders, [&](const auto& folder) { return gone(folder); });
}

std::string FakeMachine::text(std::string_view path) const {
  const auto real = follow(*state_, path);
  const auto file = real ? state_->files.find(*real) : state_->files.end();
  return file == state_->files.end() ? "(missing)" : std::string(trim(file->second));
}

void FakeMachine::interrupt(int irq) {
  const std::string folder = fmt::format("/proc/irq/{}", irq);
  const auto cpus = CpuSet::parse_list(text(folder + "/smp_affinity_list"));
  if (cpus && !cpus->empty())
    set(folder + "/effective_affinity_list", fmt::format("{}", cpus->first()));
}

std::map<std::string, std::string> FakeMachine::snapshot() const {
  std::map<std::string, std::string> all(state_->files.begin(), state_->files.end());
  for (const auto& [name, nic] : state_->nics) {
    for (const auto& [feature, state] : nic.features)
      all[fmt::format("feature:{}/{}", name, feature)] =
          fmt::format("requested={} active={}", state.requested, state.active);
    for (const auto& [which, parameters] : nic.shapes) {
      for (const auto& [parameter, state] : parameters)
        all[fmt::format("{}:{}/{}", nic_shape_name(which), name, parameter)] =
            fmt::format("{}", state.value);
    }
  }
  return all;
}

int FakeMachine::reads_below(std::string_view path) const {
  return static_cast<int>(std::ranges::count_if(state_->reads, [&](const std::string& read) {
    return read == path || is_below(read, path);
  }));
}

void FakeMachine::forget() {
  state_->reads.clear();
  state_->writes.clear();
}

}  // namespace tuner::testing
