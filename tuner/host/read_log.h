// What this process could not look at. Kept at the seam between the program and the machine, so
// that no reader above it can take a failed read for "there is none": each read of a Host passes
// through here before its caller sees the answer.
#pragma once

#include "base/result.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

class FileTree;
class NicPort;
class ServicePort;

class ReadLog {
 public:
  using Duration = std::chrono::steady_clock::duration;

  // How long all further reads may take together; nothing: without a limit. What waits for
  // something else, a lock or a peer, takes nothing of it.
  void limit(std::optional<std::chrono::seconds> limit) {
    limit_ = limit;
    spent_ = {};
  }
  void spend(Duration duration) { spent_ += duration; }
  // Of that time; nothing: there is no limit.
  std::optional<Duration> left() const {
    if (!limit_) return std::nullopt;
    return *limit_ > spent_ ? *limit_ - spent_ : Duration{};
  }
  // TimedOut: the time is over, and `what` is not to be read.
  std::optional<Error> late(std::string_view what) const;

  // A moment between two reads.
  struct Mark {
    std::size_t failed = 0;
    std::size_t unrecorded = 0;
  };

  // Takes what a read answered. An answer that proves absence (is_absent()) is not kept.
  void note(const Error& error);

  Mark mark() const { return {failed_, unrecorded_}; }
  // The last read that failed after `mark`; nothing: each one answered.
  std::optional<Error> failed_since(const Mark& mark) const;
  // The last one since that a recorded machine could not answer (Fault::NotRecorded).
  std::optional<Error> unrecorded_since(const Mark& mark) const;

  // Each failed read once, in order. After kMost of them they are counted and no longer kept.
  static constexpr std::size_t kMost = 1000;
  const std::vector<Error>& failures() const { return failures_; }
  std::size_t not_kept() const { return not_kept_; }

 private:
  std::optional<std::chrono::seconds> limit_;
  Duration spent_{};
  std::size_t failed_ = 0;
  std::size_t unrecorded_ = 0;
  Error last_failed_;
  Error last_unrecorded_;
  std::vector<Error> failures_;
  std::set<std::string> known_;  // their texts
  std::size_t not_kept_ = 0;
};

// The same tree or port, with each failed read in `log`, which must outlive it. Writes are not
// noted: their outcome goes to the caller alone.
std::unique_ptr<FileTree> logged(std::unique_ptr<FileTree> files, ReadLog& log);
std::unique_ptr<NicPort> logged(std::unique_ptr<NicPort> nics, ReadLog& log);
std::unique_ptr<ServicePort> logged(std::unique_ptr<ServicePort> services, ReadLog& log);

}  // namespace tuner
