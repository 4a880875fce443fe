// Counts the writes to the machine and to the journal, and makes the n-th one fail: once (an
// error), or with all later ones (the end of the process: after a kill nothing is written any
// more).
#pragma once

#include "base/result.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tuner::testing {

class WriteFuse {
 public:
  enum class Kind { Never, ErrorOnce, EndOfProcess };

  void start_guard(Kind kind, int at) {
    kind_ = kind;
    at_ = at;
    count_ = 0;
    writes.clear();
  }
  void disarm() { start_guard(Kind::Never, 0); }

  // Called by the fakes before each write takes effect.
  Outcome before_write(std::string_view what) {
    const int n = count_++;
    const bool blows =
        kind_ == Kind::ErrorOnce ? n == at_ : kind_ == Kind::EndOfProcess && n >= at_;
    if (blows)
      return fail(Fault::Io,
                  "injected failure at write " + std::to_string(n) + ": " + std::string(what));
    writes.emplace_back(what);
    return {};
  }

  int count() const { return count_; }
  std::vector<std::string> writes;  // writes that took effect, in order

 private:
  Kind kind_ = Kind::Never;
  int at_ = 0;
  int count_ = 0;
};

}  // namespace tuner::testing
