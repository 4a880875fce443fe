// Runs a program of this package in libexec that does what the tuner itself must not: load OpenSSL,
// enter a network namespace. Its sockets, namespace and children end with it, also when it is
// killed.
#pragma once

#include "base/result.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

struct HelperCall {
  std::string_view program;  // "ktls-tuner-probe"
  std::string_view who;      // the caller, in messages: "the probe"
  std::vector<std::string> options;
  std::string_view input = {};             // its first message on stdin; empty: none
  std::chrono::seconds limit{60};          // in total; then it is killed
  std::size_t longest_output = 4U << 20U;  // bytes; a probe has about 2 KiB per cell
  std::string_view slow_hint =
      "increase --timeout: heavy load or an emulated CPU makes the probe slower";
};

// Takes the next part of the helper's output. An error ends the helper and is the call's result.
using TakeOutput = std::function<Outcome(std::string_view part)>;
// Asked several times a second. True: the helper is killed.
using StopHelper = std::function<bool()>;

enum class HelperEnd { ByItself, Stopped };

// Starts the helper, answers its questions about sockets (probe/socket_answers.h) and passes on
// what it prints, at most as much as the call allows. The helper inherits stderr: its messages
// there are for people. Faults: NotFound (not installed), Refused (find_own_program()), TimedOut,
// Internal (it failed, or printed too much).
Result<HelperEnd> run_helper(HelperCall call, const TakeOutput& take,
                             const StopHelper& stop = nullptr);

// The whole output of a helper that ends by itself.
Result<std::string> output_of_helper(HelperCall call);

}  // namespace tuner
