#include "model/profile.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {

std::string to_text(const Origin& origin) {
  if (origin.line == 0) return origin.file;
  return fmt::format("{}:{}:{}", origin.file, origin.line, origin.column);
}

std::string_view need_name(Need need) {
  return need == Need::Required ? "required" : "preferred";
}

std::string_view tls_version_name(TlsVersion version) {
  return version == TlsVersion::Tls12 ? "TLSv1.2" : "TLSv1.3";
}

std::string_view tls_cipher_name(TlsCipher cipher) {
  switch (cipher) {
    case TlsCipher::Aes128Gcm: return "AES-128-GCM";
    case TlsCipher::Aes256Gcm: return "AES-256-GCM";
    case TlsCipher::Aes128Ccm: return "AES-128-CCM";
    case TlsCipher::Chacha20Poly1305: return "CHACHA20-POLY1305";
  }
  return "AES-128-GCM";
}

std::string_view expected_path_name(ExpectedPath path) {
  switch (path) {
    case ExpectedPath::Any: return "any";
    case ExpectedPath::Userspace: return "userspace";
    case ExpectedPath::Kernel: return "kernel";
    case ExpectedPath::Device: return "device";
  }
  return "any";
}

PathExpectation expectation_for(const Profile& profile, TlsVersion version, TlsCipher cipher) {
  PathExpectation found{.version = version, .ciphers = {cipher}};
  // The last matching entry counts, as everywhere in a profile.
  for (const PathExpectation& entry : profile.expect) {
    if (entry.version == version && std::ranges::count(entry.ciphers, cipher) > 0) found = entry;
  }
  return found;
}

}  // namespace tuner
