#include "model/profile.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {

std::string to_text(const Origin& origin) {
  if (origin.line == 0) return origin.file;
  return fmt::format("{}:{}:{}", origin.file, origin.line, origin.column);
}

std::string_view need_name(Need need) {
  return word_of(need);
}

std::string_view tls_version_name(TlsVersion version) {
  return word_of(version);
}

std::string_view tls_cipher_name(TlsCipher cipher) {
  return word_of(cipher);
}

std::string_view expected_path_name(ExpectedPath path) {
  return word_of(path);
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
