// Which TLS library a file is, by its name, and which version, by the text in it. Pure.
#pragma once

#include "base/words.h"

#include <optional>
#include <string>
#include <string_view>

namespace tuner {

enum class TlsLibrary {
  OpenSsl,  // libssl or libcrypto of OpenSSL, LibreSSL and their kin
  GnuTls,
  Nss,
  MbedTls,
  WolfSsl,
  S2n,
  Botan,
  BoringSsl,  // of its own file, or inside Netty's and Conscrypt's
  Java,       // the virtual machine: JSSE does TLS in it
  // In the program itself (model/programs/built_in_tls.h).
  Go,
  Rustls,
};
template <>
inline constexpr auto kWords<TlsLibrary> =
    std::to_array<Word<TlsLibrary>>({{TlsLibrary::OpenSsl, "openssl"},
                                     {TlsLibrary::GnuTls, "gnutls"},
                                     {TlsLibrary::Nss, "nss"},
                                     {TlsLibrary::MbedTls, "mbedtls"},
                                     {TlsLibrary::WolfSsl, "wolfssl"},
                                     {TlsLibrary::S2n, "s2n"},
                                     {TlsLibrary::Botan, "botan"},
                                     {TlsLibrary::BoringSsl, "boringssl"},
                                     {TlsLibrary::Java, "java"},
                                     {TlsLibrary::Go, "go"},
                                     {TlsLibrary::Rustls, "rustls"}});

// By the last part of the path: "libssl.so.3", "libssl-81ffa89e.so.1.1" as Python wheels bring it,
// "libgnutls.so.30". nullopt: no TLS library that this program knows. libssl3.so is NSS.
std::optional<TlsLibrary> tls_library(std::string_view file_name);

// "OpenSSL 3.0.19" or "LibreSSL 3.8.2" of the text that these libraries carry with their date
// (OPENSSL_VERSION_TEXT); "" if it is not in these bytes.
std::string tls_library_version(std::string_view bytes);

}  // namespace tuner
