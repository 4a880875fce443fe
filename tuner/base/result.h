// What a call gives back when the kernel, a file or the user may say no.
//
// Result<T> is a class of its own because a plain alias of tl::expected is not [[nodiscard]]: a
// dropped error must not compile quietly. Errors are values; this project throws none.
#pragma once

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace tuner {

// Error category. Callers branch on this; errno is for people.
enum class Fault {
  NotFound,      // the file, device or name is not there
  NotRecorded,   // the recorded machine does not tell: it was not looked at when it was recorded
  NotPermitted,  // a right is missing: the hint names the capability
  Unsupported,   // this machine or kernel cannot
  Busy,          // somebody holds it; may work later
  Invalid,       // the request itself is wrong
  Refused,       // we decline to do it, for the reason in the text
  NoSpace,       // disk full, or no interrupt vector left
  TooLarge,      // more than the reader takes of this kind of file or folder
  TimedOut,
  Io,        // any other answer of the kernel
  Internal,  // a bug of ours
};

std::string_view fault_name(Fault fault);

struct Error {
  Fault fault = Fault::Internal;
  int errno_value = 0;  // 0: the kernel was not asked
  std::string text;     // one sentence: the thing, the wish, the kernel's answer
  std::string hint;     // the next step, or empty
};

// "open /proc/x: Permission denied" with the Fault that errno_value means (see errno_fault).
Error errno_error(int errno_value, std::string_view doing);

// The one table from errno to meaning; notes on kernel versions are in result.cc.
Fault errno_fault(int errno_value);

// The answer proves that there is no such thing: NotFound, or Unsupported. Every other error leaves
// open whether there is one.
bool is_absent(const Error& error);

template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

using Outcome = Result<void>;

inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

inline tl::unexpected<Error> fail(Fault fault, std::string text, std::string hint = {}) {
  return fail(Error{.fault = fault, .text = std::move(text), .hint = std::move(hint)});
}

}  // namespace tuner
