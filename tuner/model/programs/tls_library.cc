#include "model/programs/tls_library.h"

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

// Whether the text begins with "27 Jan 2026", after blanks or the name of a vendor's edition
// ("FIPS"). A sentence about a release has no date.
bool has_date(std::string_view text) {
  constexpr std::string_view kForm = "d Mmm dddd";
  for (std::size_t at = 0; at < 12 && at + kForm.size() <= text.size(); ++at) {
    const auto is_form = [&](std::size_t i) {
      const auto c = static_cast<unsigned char>(text[at + i]);
      switch (kForm[i]) {
        case 'd': return std::isdigit(c) != 0;
        case 'M': return std::isupper(c) != 0;
        case 'm': return std::islower(c) != 0;
        default: return c == ' ';
      }
    };
    std::size_t i = 0;
    while (i < kForm.size() && is_form(i)) ++i;
    if (i == kForm.size()) return true;
  }
  return false;
}

// The words of "3.0.19 27 Jan 2026" at the front of the text up to the release; "" if it is
// another. LibreSSL's text has no date.
std::string_view stated_release(std::string_view text, bool dated) {
  const auto space = text.find(' ');
  if (space == std::string_view::npos || space == 0 || space > 24) return {};
  const std::string_view release = text.substr(0, space);
  const bool plain = std::ranges::all_of(release, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '+';
  });
  if (!plain || !is_digit(release.front()) || release.find('.') == std::string_view::npos)
    return {};
  return !dated || has_date(text.substr(space)) ? release : std::string_view();
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
      const std::string_view release =
          stated_release(bytes.substr(at + name.size(), 64), name.starts_with("Open"));
      if (!release.empty()) return std::string(name).append(release);
    }
  }
  return {};
}

}  // namespace tuner
