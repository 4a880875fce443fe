// The tool's own files: journal and lock below /run/ktls-tuner, history below /var/lib/ktls-tuner.
// Apart from Host, because writing them is allowed where writing the machine is not, and because
// tests make them fail.
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
// The two places of a run's confirmation (engine/confirm_record.h).
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
  // The last `bytes` of it at most, from the beginning of a line on; the file may be of any size.
  // Empty: its last line is longer than that.
  virtual Result<std::string> read_end(std::string_view path, std::size_t bytes) const = 0;
  // In bytes; 0: it is not there.
  virtual Result<std::size_t> size(std::string_view path) const = 0;
  // Adds one line (the newline is added) with a single write(2) and makes it durable before
  // returning. Folders are made. Everything is readable by everybody (0755, 0644) but the lock
  // (0600).
  virtual Outcome append(std::string_view path, std::string_view line) = 0;
  // Temporary file, fsync, rename, fsync of the folder.
  virtual Outcome replace(std::string_view path, std::string_view text) = 0;
  // Takes the place of what is at `to`.
  virtual Outcome move(std::string_view from, std::string_view to) = 0;
  // Removing what is not there succeeds.
  virtual Outcome remove(std::string_view path) = 0;
  // flock(2) on kLockPath. Busy, with the holder (host/process/lock_holder.h) in the text, when not
  // had within `wait`.
  virtual Result<std::unique_ptr<Lock>> lock(std::chrono::milliseconds wait) = 0;
};

// ThisMachine: every file and folder must be root's alone, or this user's
// (host/files/trusted_path.h), or it is Refused: root undoes what stands there. Recorded: input for
// verbs that read, whoever owns it.
enum class StateOf { ThisMachine, Recorded };

// KeptOpen: a folder is walked to and judged once, for a process that only reads and ends soon. One
// that waits for others, as a guard does, has to see a folder that took the place of another.
enum class StateFolders { OpenedEachTime, KeptOpen };

// Files below `root` ("" for the machine itself), which no link on the way leads out of.
std::unique_ptr<StateStore> local_state_store(std::string root,
                                              StateOf whose = StateOf::ThisMachine,
                                              StateFolders folders = StateFolders::OpenedEachTime);

}  // namespace tuner
