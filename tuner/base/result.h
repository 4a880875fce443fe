// The return type of calls that can fail: a value or an Error.
//
// Result<T> is a class and not an alias of tl::expected, because only a class can be [[nodiscard]]:
// the compiler warns when an error is ignored. This project returns errors and throws none.
#pragma once

#include "base/words.h"

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace tuner {

// Error category. Callers branch on this; errno is for people.
enum class Fault {
  NotFound,      // the file, device or name does not exist
  NotRecorded,   // the recorded machine does not contain it: it was not read when it was recorded
  NotPermitted,  // a privilege is missing; the hint names the capability
  Unsupported,   // this machine or kernel does not support it
  Busy,          // in use by another process; may work later
  Invalid,       // the request or the input is wrong
  Refused,       // the tool declines, for the reason in the text
  NoSpace,       // disk full, or no interrupt vector left
  TooLarge,      // exceeds the reader's limit for this kind of file or folder
  TimedOut,
  Io,        // any other error of the kernel
  Internal,  // a bug in this program
};

template <>
inline constexpr auto kWords<Fault> =
    std::to_array<Word<Fault>>({{Fault::NotFound, "not-found"},
                                {Fault::NotRecorded, "not-recorded"},
                                {Fault::NotPermitted, "not-permitted"},
                                {Fault::Unsupported, "unsupported"},
                                {Fault::Busy, "busy"},
                                {Fault::Invalid, "invalid"},
                                {Fault::Refused, "refused"},
                                {Fault::NoSpace, "no-space"},
                                {Fault::TooLarge, "too-large"},
                                {Fault::TimedOut, "timed-out"},
                                {Fault::Io, "io"},
                                {Fault::Internal, "internal"}});
std::string_view fault_name(Fault fault);

struct Error {
  Fault fault = Fault::Internal;
  int errno_value = 0;  // 0: no system call failed
  std::string text;     // one sentence: the object, the operation, the kernel's error
  std::string hint;     // the next step, or empty
};

// "open /proc/x: Permission denied", with the Fault of errno_value (see errno_fault).
Error errno_error(int errno_value, std::string_view doing);

// Maps errno to Fault. result.cc has notes on kernel versions.
Fault errno_fault(int errno_value);

// Whether the error proves that the object does not exist: NotFound or Unsupported. All other
// errors leave it open.
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

// The value of a Result, for TRY.
template <typename T>
T value_of(Result<T>&& result) {
  return *std::move(result);
}
inline void value_of(Outcome&& /*result*/) {}

}  // namespace tuner

// The value of a Result. On an error the enclosing function, which returns a Result, returns it:
//   const auto fd = TRY(open(path, O_RDONLY));
//   TRY(check(path));
// A statement expression, which gcc and clang have. Not for nested use.
#define TRY(...)                                                \
  (__extension__({                                              \
    auto tried = (__VA_ARGS__);                                 \
    if (!tried) return ::tuner::fail(std::move(tried).error()); \
    ::tuner::value_of(std::move(tried));                        \
  }))
