#include "host/read_log.h"

#include "base/duration.h"
#include "host/host.h"

#include <fmt/format.h>

#include <cerrno>

namespace tuner {
namespace {

// Performs one read unless the time limit has expired, and logs its error.
template <typename Read>
auto logged_read(ReadLog& log, std::string_view what, const Read& read) -> decltype(read()) {
  // Once the time is spent, each further read fails at once. A machine with 64 hanging NICs then
  // costs the limit and not 64 timeouts.
  if (auto late = log.late(what)) {
    log.note(*late);
    return fail(std::move(*late));
  }
  const auto began = std::chrono::steady_clock::now();
  auto answer = read();
  log.spend(std::chrono::steady_clock::now() - began);
  if (!answer) log.note(answer.error());
  return answer;
}

class LoggedTree : public FileTree {
 public:
  LoggedTree(std::unique_ptr<FileTree> files, ReadLog& log) : files_(std::move(files)), log_(log) {}

  Result<std::string> read(std::string_view path) const override {
    return logged_read(log_, path, [&] { return files_->read(path); });
  }
  Result<FileBytes> bytes(std::string_view path) const override {
    return logged_read(log_, path, [&] { return files_->bytes(path); });
  }
  Result<std::vector<std::string>> list(std::string_view path) const override {
    return logged_read(log_, path, [&] { return files_->list(path); });
  }
  Result<std::string> resolve(std::string_view path) const override {
    return logged_read(log_, path, [&] { return files_->resolve(path); });
  }
  Result<std::string> identity(std::string_view path) const override {
    return logged_read(log_, path, [&] { return files_->identity(path); });
  }
  Result<bool> gives_rights(std::string_view path) const override {
    return files_->gives_rights(path);
  }
  Result<bool> is_there(std::string_view path) const override {
    return logged_read(log_, path, [&] { return files_->is_there(path); });
  }
  Outcome write(std::string_view path, std::string_view text) override {
    return files_->write(path, text);
  }
  Outcome create(std::string_view path, std::string_view text) override {
    return files_->create(path, text);
  }
  Outcome remove(std::string_view path) override { return files_->remove(path); }

 private:
  std::unique_ptr<FileTree> files_;
  ReadLog& log_;
};

class LoggedNics : public NicPort {
 public:
  LoggedNics(std::unique_ptr<NicPort> nics, ReadLog& log) : nics_(std::move(nics)), log_(log) {}

  Result<NicFeatures> features(std::string_view nic) const override {
    return logged_read(log_, nic, [&] { return limited().features(nic); });
  }
  Result<std::string> permanent_address(std::string_view nic) const override {
    return logged_read(log_, nic, [&] { return limited().permanent_address(nic); });
  }
  Result<NicParameters> shape(NicShape which, std::string_view nic) const override {
    return logged_read(log_, nic, [&] { return limited().shape(which, nic); });
  }
  Result<KernelQueues> kernel_queues(std::string_view nic) const override {
    return logged_read(log_, nic, [&] { return limited().kernel_queues(nic); });
  }
  Outcome set_shape(NicShape which, std::string_view nic,
                    std::span<const ParameterChange> changes) override {
    return unlimited().set_shape(which, nic, changes);
  }
  Result<std::set<std::string>> interfaces_to_peer(std::string_view local,
                                                   std::string_view peer) const override {
    return logged_read(log_, "the routes",
                       [&] { return limited().interfaces_to_peer(local, peer); });
  }
  Result<std::string> network_namespace() const override {
    return logged_read(log_, "the network namespace", [&] { return nics_->network_namespace(); });
  }
  Outcome set_features(std::string_view nic, std::span<const FeatureChange> changes) override {
    return unlimited().set_features(nic, changes);
  }

 private:
  // The timeout of one reply is the time left for all reads.
  NicPort& limited() const {
    nics_->set_reply_timeout(log_.left());
    return *nics_;
  }
  // Writes use the default timeout: the limit is for reads.
  NicPort& unlimited() {
    nics_->set_reply_timeout(std::nullopt);
    return *nics_;
  }

  std::unique_ptr<NicPort> nics_;
  ReadLog& log_;
};

class LoggedServices : public ServicePort {
 public:
  LoggedServices(std::unique_ptr<ServicePort> services, ReadLog& log)
      : services_(std::move(services)), log_(log) {}

  Result<UnitState> state(std::string_view unit) const override {
    return logged_read(log_, unit, [&] { return services_->state(unit); });
  }
  Outcome reload() override { return services_->reload(); }
  Outcome restart(std::string_view unit) override { return services_->restart(unit); }

 private:
  std::unique_ptr<ServicePort> services_;
  ReadLog& log_;
};

}  // namespace

void ReadLog::note(const Error& error) {
  if (is_absent(error)) return;
  if (error.fault == Fault::NotRecorded) {
    ++unrecorded_;
    last_unrecorded_ = error;
    return;
  }
  // Counted even if the text is known or not kept: a ReadWindow compares counts, so a failure that
  // was seen before must still make its part unread.
  ++failed_;
  last_failed_ = error;
  if (failures_.size() >= kMost) {
    ++not_kept_;
  } else if (known_.insert(error.text).second) {
    failures_.push_back(error);
  }
}

std::optional<Error> ReadLog::late(std::string_view what) const {
  if (!limit_ || spent_ < *limit_) return std::nullopt;
  return Error{.fault = Fault::TimedOut,
               .errno_value = ETIMEDOUT,
               .text = fmt::format("read {}: time limit for reads ({}) exceeded", what,
                                   duration_text(*limit_)),
               .hint = "raise --timeout, or find out which file is slow to read"};
}

std::optional<Error> ReadLog::failed_since(const Mark& mark) const {
  if (failed_ == mark.failed) return std::nullopt;
  return last_failed_;
}

std::optional<Error> ReadLog::unrecorded_since(const Mark& mark) const {
  if (unrecorded_ == mark.unrecorded) return std::nullopt;
  return last_unrecorded_;
}

std::unique_ptr<FileTree> logged(std::unique_ptr<FileTree> files, ReadLog& log) {
  return std::make_unique<LoggedTree>(std::move(files), log);
}

std::unique_ptr<NicPort> logged(std::unique_ptr<NicPort> nics, ReadLog& log) {
  return std::make_unique<LoggedNics>(std::move(nics), log);
}

std::unique_ptr<ServicePort> logged(std::unique_ptr<ServicePort> services, ReadLog& log) {
  return std::make_unique<LoggedServices>(std::move(services), log);
}

}  // namespace tuner
