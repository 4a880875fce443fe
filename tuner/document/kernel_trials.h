// What the probe tried of the kernel's TLS without a TLS library, in its document.
#pragma once

#include "document/common.h"
#include "probe/kernel_trials.h"

namespace tuner::document {

struct KernelTrial {
  std::string id;
  std::string what;
  std::string direction;
  std::string version;
  std::string cipher;
  std::string result;
  Counters seen;
  std::string because;
};

void describe(auto& keys, Exactly<KernelTrial> auto& one) {
  keys.object("kernel_trial", "One trial on a connection of its own");
  keys.key({"id", "Stable", kNotEmpty}, one.id);
  keys.key({"what", {}, kNotEmpty}, one.what);
  keys.key({"direction", "Of the kernel's records", {.words = words_of<TrialDirection>()}},
           one.direction);
  keys.key({"version", {}, {.words = words_of<TlsVersion>()}}, one.version);
  keys.key({"cipher", {}, {.words = words_of<RecordCipher>()}}, one.cipher);
  keys.key({"result",
            "passed: each required number was measured and is right; not_applicable: the kernel "
            "refuses the cipher or the option; unknown: not done, or a number is missing",
            {.words = words_of<TrialResult>()}},
           one.result);
  keys.key({"seen", "What was measured: counts, errno"}, one.seen);
  keys.key({"because", "What differed, what the kernel refused, or why it was not done"},
           one.because);
}

struct KernelTrials {
  std::string result;
  std::string because;
  std::vector<KernelTrial> trials;
};

void describe(auto& keys, Exactly<KernelTrials> auto& all) {
  keys.object("kernel_trials",
              "The kernel's own TLS, with OpenSSL's ciphers alone at the other end");
  keys.key({"result",
            "passed: no trial failed; unknown concerns only ciphers that OpenSSL does not hand to "
            "the kernel",
            {.words = words_of<TrialResult>()}},
           all.result);
  keys.key({"because", "The counts, and the first trial that failed or is unknown", kNotEmpty},
           all.because);
  keys.key({"trials", {}, kNotEmpty}, all.trials);
}

}  // namespace tuner::document
