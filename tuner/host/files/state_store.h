// The tool's own files: journal and lock below /run/ktls-tuner, history below /var/lib/ktls-tuner.
// Not part of Host: they may be written where the machine may not, and tests make them fail.
#pragma once

#include "base/result.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace tuner {

inline constexpr std::string_view kJournalPath = "/run/ktls-tuner/journal";
// Count and digest of the journal's last line (engine/journal_chain.h).
inline constexpr std::string_view kJournalHeadPath = "/run/ktls-tuner/journal.head";
inline constexpr std::string_view kLockPath = "/run/ktls-tuner/lock";
// The two copies of the record of a run to be confirmed (engine/confirm_record.h).
inline constexpr std::string_view kConfirmPath = "/run/ktls-tuner/confirm";
inline constexpr std::string_view kLastingConfirmPath = "/var/lib/ktls-tuner/confirm";
// Profiles as they were applied (engine/approved.h).
inline constexpr std::string_view kApprovedPath = "/var/lib/ktls-tuner/approved";
inline constexpr std::string_view kHistoryPath = "/var/lib/ktls-tuner/history";
inline constexpr std::string_view kOlderHistoryPath = "/var/lib/ktls-tuner/history.1";

class StateStore {
 public:
  // Held until destroyed.
  class Lock {
   public:
    virtual ~Lock() = default;
  };

  virtual ~StateStore() = default;
  // NotFound: never written.
  virtual Result<std::string> read(std::string_view path) const = 0;
  // At most the last `bytes`, from the beginning of a line. The file may have any size. Empty: the
  // last line is longer than `bytes`.
  virtual Result<std::string> read_end(std::string_view path, std::size_t bytes) const = 0;
  // In bytes; 0 if the file does not exist.
  virtual Result<std::size_t> size(std::string_view path) const = 0;
  // Appends `line` and a newline with one write(2) and syncs before it returns. Creates folders.
  // Folders have mode 0755, files 0644, the lock 0600.
  virtual Outcome append(std::string_view path, std::string_view line) = 0;
  // Temporary file, fsync, rename, fsync of the folder.
  virtual Outcome replace(std::string_view path, std::string_view text) = 0;
  // Renames; replaces an existing file at `to`.
  virtual Outcome move(std::string_view from, std::string_view to) = 0;
  // Removing a missing file succeeds.
  virtual Outcome remove(std::string_view path) = 0;
  // flock(2) on kLockPath. Busy: not acquired within `wait`; the text names the holder
  // (host/process/lock_holder.h).
  virtual Result<std::unique_ptr<Lock>> lock(std::chrono::milliseconds wait) = 0;
};

// ThisMachine: only root or this user may own or write each file and folder
// (host/files/trusted_path.h); otherwise Refused, because root acts on these files. Recorded: input
// for verbs that read; any owner.
enum class StateOwner { ThisMachine, Recorded };

// KeptOpen: each folder is opened and checked once; for a short process that only reads.
// OpenedEachTime: for a process that runs long, such as the guard: it must notice that a folder was
// replaced.
enum class StateFolders { OpenedEachTime, KeptOpen };

// Files below `root` ("" for this machine). Links on the way cannot leave it.
std::unique_ptr<StateStore> local_state_store(std::string root,
                                              StateOwner whose = StateOwner::ThisMachine,
                                              StateFolders folders = StateFolders::OpenedEachTime);

}  // namespace tuner
