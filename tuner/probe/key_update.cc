#include "probe/key_update.h"

#include "probe/tls_stat.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace tuner {
namespace {

bool in_kernel(const PathFinding& path) {
  return path == TlsPath::Kernel || path == TlsPath::Device;
}

// A connection in user space proves nothing about kTLS, and one of which it is not known proves
// nothing good.
std::string doubt_about_place(const KeyUpdateTrial& trial) {
  if (in_kernel(trial.tx) || in_kernel(trial.rx)) return {};
  const bool unknown = trial.tx == TlsPath::Unknown || trial.rx == TlsPath::Unknown;
  if (!unknown) return "the connection was not in the kernel before the KeyUpdate";
  // Broken with kTLS and intact without it (the helper repeats the case): that is kTLS.
  if (trial.result == KeyUpdateResult::Broken) return {};
  const PathFinding& doubted = trial.tx == TlsPath::Unknown ? trial.tx : trial.rx;
  return fmt::format("it is not proved that the connection was in the kernel: {}", doubted.doubt());
}

// Records of a direction in the kernel cannot be intact after a KeyUpdate unless the kernel has
// accepted a new key for each, and it counts those.
std::string doubt_about_keys(const KeyUpdateRun& run, const KeyUpdateTrial& trial,
                             const PathFinding& path, int least, std::string_view counter) {
  if (least == 0 || !in_kernel(path)) return {};
  if (!run.kernel_counts) return fmt::format("reported as ok, but this kernel has no {}", counter);
  const std::int64_t accepted = moved(trial.counters, counter);
  if (accepted >= least) return {};
  return fmt::format("reported as ok, but {} moved by {} instead of {}", counter, accepted, least);
}

std::string doubt_about(const KeyUpdateRun& run, const KeyUpdateTrial& trial,
                        const KeyUpdateCase& what) {
  if (auto doubt = doubt_about_place(trial); !doubt.empty()) return doubt;
  if (trial.result != KeyUpdateResult::Ok) return {};
  auto doubt = doubt_about_keys(run, trial, trial.tx, what.least_tx_keys(), "TlsTxRekeyOk");
  if (!doubt.empty()) return doubt;
  return doubt_about_keys(run, trial, trial.rx, what.least_rx_keys(), "TlsRxRekeyOk");
}

KeyUpdateTrial not_done(KeyUpdateTrial trial, std::string because) {
  trial.result = KeyUpdateResult::NotDone;
  trial.noticed.reset();
  trial.because =
      trial.because.empty() ? std::move(because) : fmt::format("{} ({})", because, trial.because);
  return trial;
}

// The trials of a case in a role; a report with several is contradictory.
KeyUpdateTrial judged_trial(const KeyUpdateRun& run, const KeyUpdateCase& what, TlsRole role) {
  const auto fits = [&](const KeyUpdateTrial& trial) {
    return trial.number == what.number && trial.role == role;
  };
  const auto found = std::ranges::find_if(run.trials, fits);
  if (found == run.trials.end())
    return not_done({.number = what.number, .role = role}, "missing in the report");
  if (std::ranges::count_if(run.trials, fits) > 1)
    return not_done({.number = what.number, .role = role}, "reported more than once");
  if (found->result == KeyUpdateResult::NotDone) return *found;
  auto doubt = doubt_about(run, *found, what);
  return doubt.empty() ? *found : not_done(*found, std::move(doubt));
}

using Trials = std::vector<KeyUpdateTrial>;

template <typename Condition>
Trials chosen(const Trials& trials, Condition condition) {
  Trials some;
  std::ranges::copy_if(trials, std::back_inserter(some), condition);
  return some;
}

Trials with(const Trials& trials, KeyUpdateResult result) {
  return chosen(trials, [&](const KeyUpdateTrial& trial) { return trial.result == result; });
}

bool remote(const KeyUpdateTrial& trial) {
  const KeyUpdateCase* const what = key_update_case(trial.number);
  return what != nullptr && what->remote();
}

// "case 2 as server: the peer requests a KeyUpdate: receive: bad record mac", of the first one, and
// the numbers of the others.
std::string named(const Trials& trials) {
  const KeyUpdateTrial& first = trials.front();
  std::string text =
      fmt::format("case {} as {}, {}: {}", first.number, word_of(first.role),
                  key_update_case(first.number)->what,
                  first.because.empty() ? std::string("no reason given") : first.because);
  std::string others;
  for (std::size_t i = 1; i < trials.size(); ++i)
    others += fmt::format("{}{} as {}", others.empty() ? "" : ", ", trials[i].number,
                          word_of(trials[i].role));
  return others.empty() ? text : fmt::format("{}; also {}", text, others);
}

std::string unsafe_words(const Trials& broken) {
  constexpr std::string_view kAdvice =
      "Use kTLS with TLS 1.2 only, or leave it off where a KeyUpdate may be sent.";
  const Trials by_peer = chosen(broken, remote);
  if (!by_peer.empty()) {
    return fmt::format("a remote peer can break TLS 1.3 connections in the kernel ({}). {}",
                       named(by_peer), kAdvice);
  }
  return fmt::format(
      "a program of this host breaks its TLS 1.3 connections in the kernel if it sends a KeyUpdate "
      "({}); no KeyUpdate of a remote peer broke one. {}",
      named(broken), kAdvice);
}

}  // namespace

const KeyUpdateCase* key_update_case(int number) {
  const auto found = std::ranges::find(kKeyUpdateCases, number, &KeyUpdateCase::number);
  return found == kKeyUpdateCases.end() ? nullptr : &*found;
}

JudgedKeyUpdates judge_key_updates(const KeyUpdateRun& run) {
  JudgedKeyUpdates judged{.cipher = run.cipher};
  for (const KeyUpdateCase& what : kKeyUpdateCases) {
    for (const TlsRole role : kTlsRoles) judged.trials.push_back(judged_trial(run, what, role));
  }
  const Trials broken = with(judged.trials, KeyUpdateResult::Broken);
  const Trials missing = with(judged.trials, KeyUpdateResult::NotDone);
  if (!broken.empty()) {
    judged.safety = KeyUpdateSafety::Unsafe;
    judged.because = unsafe_words(broken);
  } else if (!missing.empty()) {
    judged.because =
        fmt::format("what a remote peer can do with a KeyUpdate is not known ({})", named(missing));
  } else {
    judged.safety = KeyUpdateSafety::Safe;
    judged.because =
        "TLS 1.3 connections in the kernel passed all six cases, as server and as client; a remote "
        "peer cannot break one with a KeyUpdate (cases 1 and 2)";
  }
  return judged;
}

}  // namespace tuner
