#include "host/access/recording_host.h"

#include "host/clock.h"

#include <fmt/format.h>

#include <utility>

namespace tuner {
namespace {

tl::unexpected<Error> refuse(std::string_view what) {
  return fail(Fault::Refused, fmt::format("{}: a machine is being recorded", what));
}

class RecordingTree : public FileTree {
 public:
  RecordingTree(const FileTree& files, MachineRecord& record) : files_(files), record_(record) {}

  Result<std::string> read(std::string_view path) const override {
    auto text = files_.read(path);
    if (!text) return failed(path, std::move(text));
    LookedAt& entry = record_[std::string(path)];
    entry.what = LookedAt::What::File;
    entry.text = *text;
    return text;
  }

  Result<FileBytes> bytes(std::string_view path) const override {
    auto bytes = files_.bytes(path);
    if (!bytes) return failed(path, std::move(bytes));
    // In the recording the file must not look absent.
    keep(path, {.what = LookedAt::What::Failed,
                .error = {.fault = Fault::NotRecorded,
                          .errno_value = 0,
                          .text = "a bundle has no parts of programs and libraries",
                          .hint = {}}});
    return bytes;
  }

  Result<std::vector<std::string>> list(std::string_view path) const override {
    auto names = files_.list(path);
    if (!names) return failed(path, std::move(names));
    LookedAt& entry = record_[std::string(path)];
    entry.what = LookedAt::What::Folder;
    entry.names = *names;
    return names;
  }

  Result<std::string> resolve(std::string_view path) const override {
    auto place = files_.resolve(path);
    if (!place) return failed(path, std::move(place));
    keep(path, {.what = LookedAt::What::There});
    return place;
  }

  Result<std::string> identity(std::string_view path) const override {
    auto identity = files_.identity(path);
    if (!identity) return failed(path, std::move(identity));
    keep(path, {.what = LookedAt::What::There});
    return identity;
  }

  Result<bool> is_there(std::string_view path) const override {
    auto there = files_.is_there(path);
    if (!there) return failed(path, std::move(there));
    keep(path, {.what = *there ? LookedAt::What::There : LookedAt::What::Absent});
    return there;
  }

  Outcome write(std::string_view path, std::string_view /*text*/) override { return refuse(path); }
  Outcome create(std::string_view path, std::string_view /*text*/) override { return refuse(path); }
  Outcome remove(std::string_view path) override { return refuse(path); }

 private:
  // Unless more is known of it.
  void keep(std::string_view path, const LookedAt& entry) const {
    record_.try_emplace(std::string(path), entry);
  }

  template <typename T>
  Result<T> failed(std::string_view path, Result<T> result) const {
    const bool absent = is_absent(result.error());
    keep(path, {.what = absent ? LookedAt::What::Absent : LookedAt::What::Failed,
                .error = result.error()});
    return result;
  }

  const FileTree& files_;
  MachineRecord& record_;
};

class ReadOnlyNics : public NicPort {
 public:
  explicit ReadOnlyNics(const NicPort& nics) : nics_(nics) {}

  Result<NicFeatures> features(std::string_view nic) const override { return nics_.features(nic); }
  Result<std::string> permanent_address(std::string_view nic) const override {
    return nics_.permanent_address(nic);
  }
  Result<NicParameters> shape(NicShape which, std::string_view nic) const override {
    return nics_.shape(which, nic);
  }
  Result<KernelQueues> kernel_queues(std::string_view nic) const override {
    return nics_.kernel_queues(nic);
  }
  Result<std::set<std::string>> interfaces_to_peer(std::string_view local,
                                                   std::string_view peer) const override {
    return nics_.interfaces_to_peer(local, peer);
  }
  Result<std::string> network_namespace() const override { return nics_.network_namespace(); }
  Outcome set_shape(NicShape /*which*/, std::string_view nic,
                    std::span<const ParameterChange> /*changes*/) override {
    return refuse(nic);
  }
  Outcome set_features(std::string_view nic, std::span<const FeatureChange> /*changes*/) override {
    return refuse(nic);
  }

 private:
  const NicPort& nics_;
};

class RefusingModules : public ModulePort {
 public:
  Outcome load(std::string_view module) override { return refuse(module); }
  Outcome unload(std::string_view module) override { return refuse(module); }
};

class ReadOnlyServices : public ServicePort {
 public:
  explicit ReadOnlyServices(const ServicePort& services) : services_(services) {}
  Result<UnitState> state(std::string_view unit) const override { return services_.state(unit); }
  Outcome reload() override { return refuse("reload unit files"); }
  Outcome restart(std::string_view unit) override { return refuse(unit); }

 private:
  const ServicePort& services_;
};

}  // namespace

Host recording_host(const Host& host, MachineRecord& record) {
  return Host(std::make_unique<RecordingTree>(host.files(), record),
              std::make_unique<ReadOnlyNics>(host.nics()), std::make_unique<RefusingModules>(),
              std::make_unique<ReadOnlyServices>(host.services()), system_clock());
}

}  // namespace tuner
