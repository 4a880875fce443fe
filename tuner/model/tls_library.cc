#include "model/tls_library.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace tuner {
namespace {

struct Row {
  std::string_view stem;
  TlsLibrary library;
  bool exact = true;  // false: more letters may follow
};

constexpr auto kRows = std::to_array<Row>({{"libssl", TlsLibrary::OpenSsl},
                                           {"libcrypto", TlsLibrary::OpenSsl},
                                           {"libtls", TlsLibrary::OpenSsl},
                                           {"libgnutls", TlsLibrary::GnuTls},
                                           {"libssl3", TlsLibrary::Nss},
                                           {"libnss3", TlsLibrary::Nss},
                                           {"libmbedtls", TlsLibrary::MbedTls},
                                           {"libwolfssl", TlsLibrary::WolfSsl},
                                           {"libs2n", TlsLibrary::S2n},
                                           {"libbotan-", TlsLibrary::Botan, false},
                                           {"libboringssl", TlsLibrary::BoringSsl},
                                           {"libnetty_tcnative", TlsLibrary::BoringSsl, false},
                                           {"libconscrypt", TlsLibrary::BoringSsl, false},
                                           {"libjvm", TlsLibrary::Java}});

bool is_hexadecimal(char c) {
  return std::isxdigit(static_cast<unsigned char>(c)) != 0;
}
bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

// auditwheel renames what it copies into a wheel: "-" and at least 8 digits of a digest.
std::string_view without_digest(std::string_view stem) {
  const auto dash = stem.rfind('-');
  if (dash == std::string_view::npos) return stem;
  const std::string_view digest = stem.substr(dash + 1);
  return digest.size() >= 8 && std::ranges::all_of(digest, is_hexadecimal) ? stem.substr(0, dash)
                                                                           : stem;
}

// The words of "3.0.19 27 Jan 2026" at the front of the text up to the release; "" if it is
// another.
std::string_view dated_release(std::string_view text) {
  const auto space = text.find(' ');
  if (space == std::string_view::npos || space == 0 || space > 24) return {};
  const std::string_view release = text.substr(0, space);
  const bool plain = std::ranges::all_of(release, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '+';
  });
  if (!plain || !is_digit(release.front()) || release.find('.') == std::string_view::npos)
    return {};
  return release;
}

}  // namespace

std::optional<TlsLibrary> tls_library(std::string_view file_name) {
  const auto end = file_name.find(".so");
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view version = file_name.substr(end + 3);
  const bool numbers = std::ranges::all_of(version, [](char c) { return is_digit(c) || c == '.'; });
  if (!numbers || (!version.empty() && version.front() != '.')) return std::nullopt;
  const std::string_view stem = without_digest(file_name.substr(0, end));
  const auto row = std::ranges::find_if(kRows, [&](const Row& known) {
    return known.exact ? stem == known.stem : stem.starts_with(known.stem);
  });
  return row == kRows.end() ? std::nullopt : std::optional(row->library);
}

std::string tls_library_version(std::string_view bytes) {
  for (const std::string_view name :
       {std::string_view("OpenSSL "), std::string_view("LibreSSL ")}) {
    for (auto at = bytes.find(name); at != std::string_view::npos; at = bytes.find(name, at + 1)) {
      const std::string_view release = dated_release(bytes.substr(at + name.size(), 64));
      if (!release.empty()) return std::string(name).append(release);
    }
  }
  return {};
}

}  // namespace tuner
