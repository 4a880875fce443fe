// Log of the reads that failed. Each read of a Host is logged here before its caller gets the
// result, so that no caller can mistake a failed read for absence.
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

  // Limits the total time of all further reads; nullopt: no limit. Time spent waiting for anything
  // else (a lock, a peer) does not count.
  void limit(std::optional<std::chrono::seconds> limit) {
    limit_ = limit;
    spent_ = {};
  }
  // Counts `duration` against the limit.
  void spend(Duration duration) { spent_ += duration; }
  // Time left of the limit; nullopt: there is no limit.
  std::optional<Duration> left() const {
    if (!limit_) return std::nullopt;
    return *limit_ > spent_ ? *limit_ - spent_ : Duration{};
  }
  // A TimedOut error, which names `what`, if no time is left. The caller must not read then.
  std::optional<Error> late(std::string_view what) const;

  // A position in the log.
  struct Mark {
    std::size_t failed = 0;
    std::size_t unrecorded = 0;
  };

  // Logs the error of a read. Ignores errors that prove absence (is_absent()).
  void note(const Error& error);

  Mark mark() const { return {failed_, unrecorded_}; }
  // The error of the last read that failed after `mark`; nullopt: none failed.
  std::optional<Error> failed_since(const Mark& mark) const;
  // The error of the last read after `mark` that a recording does not cover (Fault::NotRecorded).
  std::optional<Error> unrecorded_since(const Mark& mark) const;

  // Failed reads, in order, without duplicates. At most kMost are kept; not_kept() counts the rest.
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
  std::set<std::string> known_;  // texts of failures_
  std::size_t not_kept_ = 0;
};

// Wraps a tree or port so that each failed read is logged in `log`, which must outlive the wrapper.
// Writes are not logged: only the caller gets their outcome.
std::unique_ptr<FileTree> logged(std::unique_ptr<FileTree> files, ReadLog& log);
std::unique_ptr<NicPort> logged(std::unique_ptr<NicPort> nics, ReadLog& log);
std::unique_ptr<ServicePort> logged(std::unique_ptr<ServicePort> services, ReadLog& log);

}  // namespace tuner
