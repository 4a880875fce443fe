#include "model/programs/library_ability.h"

#include "model/programs/program_risk.h"
#include "model/release.h"

namespace tuner {

std::string library_ability(std::string_view version) {
  constexpr ReleaseNumber kFirstReceivingTls13{3, 2, 0};
  const auto release = parse_release(version);
  if (!release || !version.starts_with("OpenSSL ") || lacks_ktls(version)) return {};
  // ssl/ktls.c of 3.0 leaves out CCM with TLS 1.3, because kernels 5.x had it wrong.
  return *release < kFirstReceivingTls13
             ? "TLS 1.2 both ways with AES-GCM, AES-128-CCM and CHACHA20-POLY1305; TLS 1.3 "
               "sending with AES-GCM and CHACHA20-POLY1305"
             : "TLS 1.2 and 1.3 both ways with AES-GCM, AES-128-CCM and CHACHA20-POLY1305";
}

}  // namespace tuner
