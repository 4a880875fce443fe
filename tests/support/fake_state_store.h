// The tool's own files in memory. A WriteFuse makes the n-th write fail, or simulates the end of
// the process there.
#pragma once

#include "host/files/state_store.h"
#include "support/write_fuse.h"

#include <functional>
#include <map>
#include <set>
#include <string>

namespace tuner::testing {

class FakeStateStore : public StateStore {
 public:
  explicit FakeStateStore(std::shared_ptr<WriteFuse> fuse = std::make_shared<WriteFuse>())
      : fuse_(std::move(fuse)) {}

  Result<std::string> read(std::string_view path) const override {
    const auto found = files.find(std::string(path));
    if (found == files.end()) return fail(Fault::NotFound, std::string(path) + ": No such file");
    return found->second;
  }
  Result<std::string> read_end(std::string_view path, std::size_t bytes) const override {
    auto text = read(path);
    if (!text || text->size() <= bytes) return text;
    const std::string end = text->substr(text->size() - bytes);
    const auto line = end.find('\n');
    return line == std::string::npos ? std::string() : end.substr(line + 1);
  }
  Result<std::size_t> size(std::string_view path) const override {
    const auto found = files.find(std::string(path));
    return found == files.end() ? std::size_t{0} : found->second.size();
  }
  Outcome move(std::string_view from, std::string_view to) override {
    if (auto blown = fuse_->before_write(from); !blown) return blown;
    files[std::string(to)] = files.at(std::string(from));
    files.erase(std::string(from));
    return {};
  }
  Outcome append(std::string_view path, std::string_view line) override {
    if (auto blown = fuse_->before_write(path); !blown) return blown;
    files[std::string(path)] += std::string(line) + "\n";
    return {};
  }
  Outcome replace(std::string_view path, std::string_view text) override {
    if (read_only.contains(path))
      return fail(Fault::NotPermitted, std::string(path) + ": Read-only file system");
    if (auto blown = fuse_->before_write(path); !blown) return blown;
    files[std::string(path)] = std::string(text);
    return {};
  }
  Outcome remove(std::string_view path) override {
    if (auto blown = fuse_->before_write(path); !blown) return blown;
    files.erase(std::string(path));
    return {};
  }
  Result<std::unique_ptr<Lock>> lock(std::chrono::milliseconds /*wait*/) override {
    if (locked_by_other) return fail(Fault::Busy, "another run (pid 4711) holds the lock");
    if (on_lock) on_lock();
    return std::make_unique<Lock>();
  }

  std::map<std::string, std::string> files;
  std::set<std::string, std::less<>> read_only;  // cannot be replaced
  bool locked_by_other = false;
  std::function<void()> on_lock;  // called by lock(), for changes by another process; may be empty

 private:
  std::shared_ptr<WriteFuse> fuse_;
};

}  // namespace tuner::testing
