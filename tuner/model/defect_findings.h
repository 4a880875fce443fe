// Which known defects (defects.h) a host has, and whether what they need is in use there. Pure.
#pragma once

#include "model/defects.h"
#include "model/facts.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// Whether this host has what a defect needs to matter. Unknown also where only a program decides,
// as with splice(2).
enum class DefectUse { Yes, No, Unknown };
template <>
inline constexpr auto kWords<DefectUse> = std::to_array<Word<DefectUse>>(
    {{DefectUse::Yes, "yes"}, {DefectUse::No, "no"}, {DefectUse::Unknown, "unknown"}});

struct DefectFinding {
  const Defect* defect = nullptr;  // never null; a row of known_defects()
  std::string version;             // "6.1.192", "OpenSSL 3.0.19"; empty: not known
  DefectState state = DefectState::Unknown;
  DefectUse in_use = DefectUse::Unknown;
  std::string use_because;  // a clause; empty if in_use is Unknown
};

// What must be in use, as a noun: "splice() from a socket with kernel TLS".
std::string_view needed_use(Defect::Needs needs);

// "fixed in 6.1.189; until then switch splicing off in the proxy": the next step. Empty: it is
// fixed.
std::string next_step(const DefectFinding& finding);

// One for each defect of the kernel, in the order of known_defects(). `upstream`:
// upstream_kernel(), nullopt for a vendor's kernel. Of `facts`, NICs and crypto are looked at.
std::vector<DefectFinding> kernel_defects(const std::optional<ReleaseNumber>& upstream,
                                          const Facts& facts);

// One for each defect of OpenSSL. `version`: the text of the library, "OpenSSL 3.0.19 …".
std::vector<DefectFinding> openssl_defects(std::string_view version);

}  // namespace tuner
