// The codes of findings: what `diagnose` can find on a host. Programs match the words, so a word
// never changes.
#pragma once

#include "base/words.h"

namespace tuner {

enum class FindingSeverity {
  Unsafe,   // TLS breaks, or a peer can break it
  OffPath,  // TLS that could be in the kernel or the NIC is not
  Advice,   // it costs speed, or fails later
  Note,     // worth to know; nothing is wrong
};
template <>
inline constexpr auto kWords<FindingSeverity> =
    std::to_array<Word<FindingSeverity>>({{FindingSeverity::Unsafe, "unsafe"},
                                          {FindingSeverity::OffPath, "off-path"},
                                          {FindingSeverity::Advice, "advice"},
                                          {FindingSeverity::Note, "note"}});

enum class FindingCode {
  KernelWithoutTls,
  ModuleMissing,
  ModuleNotLoaded,
  ModuleDenyListed,
  ModuleLocked,
};
template <>
inline constexpr auto kWords<FindingCode> =
    std::to_array<Word<FindingCode>>({{FindingCode::KernelWithoutTls, "kernel-without-tls"},
                                      {FindingCode::ModuleMissing, "module-missing"},
                                      {FindingCode::ModuleNotLoaded, "module-not-loaded"},
                                      {FindingCode::ModuleDenyListed, "module-deny-listed"},
                                      {FindingCode::ModuleLocked, "module-locked"}});

}  // namespace tuner
