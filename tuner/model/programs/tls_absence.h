// Why the TLS of a connection is not in the kernel, as far as it can be told. Pure.
#pragma once

#include "base/words.h"
#include "model/programs/program_risk.h"

#include <optional>
#include <string>

namespace tuner {

enum class Confidence {
  Certain,
  Likely,   // what was read now says so; the program may have started with something else
  Guess,    // what was read suggests it
  Unknown,  // no cause can be told
};
template <>
inline constexpr auto kWords<Confidence> =
    std::to_array<Word<Confidence>>({{Confidence::Certain, "certain"},
                                     {Confidence::Likely, "likely"},
                                     {Confidence::Guess, "guess"},
                                     {Confidence::Unknown, "unknown"}});

struct TlsAbsence {
  std::string because;  // a clause; of Unknown what was not known
  Confidence confidence = Confidence::Unknown;
};

struct AbsenceEvidence {
  bool attached = false;  // the socket has the kernel's TLS without keys
  // Whether the kernel has TLS now (tcp_available_ulp); nullopt: not known.
  std::optional<bool> kernel_has_tls;
  std::optional<KtlsUse> use;  // of the program; nullopt: it was not looked at
};

TlsAbsence why_not_in_kernel(const AbsenceEvidence& evidence);

}  // namespace tuner
