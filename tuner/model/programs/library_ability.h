// What a release of OpenSSL can hand over to the kernel, by version, direction and cipher. Pure.
#pragma once

#include <string>
#include <string_view>

namespace tuner {

// `version`: as of tls_library_version(). "TLS 1.2 both ways with AES-GCM, …; TLS 1.3 sending with
// …"; empty: it has no kTLS, or which release it is is not known. A kernel may take less:
// AES-128-CCM since 5.2, CHACHA20-POLY1305 since 5.11.
std::string library_ability(std::string_view version);

}  // namespace tuner
