#include "model/programs/tls_library.h"

#include <gtest/gtest.h>

namespace tuner {
namespace {

TEST(TlsLibrary, IsToldFromItsName) {
  struct Case {
    const char* name;
    std::optional<TlsLibrary> library;
  };
  for (const Case& c : {Case{"libssl.so.3", TlsLibrary::OpenSsl},
                        Case{"libssl.so.1.1", TlsLibrary::OpenSsl},
                        Case{"libcrypto.so", TlsLibrary::OpenSsl},
                        Case{"libssl-81ffa89e.so.1.1", TlsLibrary::OpenSsl},
                        Case{"libcrypto-0a1b2c3d4e5f6789.so.3", TlsLibrary::OpenSsl},
                        Case{"libssl3.so", TlsLibrary::Nss},
                        Case{"libnss3.so", TlsLibrary::Nss},
                        Case{"libgnutls.so.30", TlsLibrary::GnuTls},
                        Case{"libmbedtls.so.14", TlsLibrary::MbedTls},
                        Case{"libbotan-3.so.5", TlsLibrary::Botan},
                        Case{"libnetty_tcnative_linux_x86_64.so", TlsLibrary::BoringSsl},
                        Case{"libjvm.so", TlsLibrary::Java},
                        Case{"libssl-short.so.3", std::nullopt},
                        Case{"libssl-1234567.so.3", std::nullopt},
                        Case{"libssl.so.3.bak", std::nullopt},
                        Case{"libssl.so3", std::nullopt},
                        Case{"mylibssl.so.3", std::nullopt},
                        Case{"libssl", std::nullopt},
                        Case{"libssh.so.4", std::nullopt},
                        Case{"", std::nullopt}})
    EXPECT_EQ(tls_library(c.name), c.library) << c.name;
}

TEST(TlsLibrary, ItsVersionStandsInItsBytes) {
  const std::string bytes = std::string("\0OpenSSL RSA method\0OpenSSL 3.0.19 27 Jan 2026\0", 47);
  EXPECT_EQ(tls_library_version(bytes), "OpenSSL 3.0.19");
  EXPECT_EQ(tls_library_version("x LibreSSL 3.8.2 y"), "LibreSSL 3.8.2");
  EXPECT_EQ(tls_library_version("OpenSSL 1.1.1w  11 Sep 2023"), "OpenSSL 1.1.1w");
  EXPECT_EQ(tls_library_version("OpenSSL 1.1.1k  FIPS 25 Mar 2021"), "OpenSSL 1.1.1k");
  EXPECT_EQ(tls_library_version("OpenSSL 3.2.0-beta1 26 Oct 2023"), "OpenSSL 3.2.0-beta1");
  EXPECT_EQ(tls_library_version("OpenSSL 4.0.1 9 Jun 2026"), "OpenSSL 4.0.1");
}

TEST(TlsLibrary, ATextThatIsNoVersionIsNotTaken) {
  for (const char* text :
       {"", "OpenSSL", "OpenSSL ", "OpenSSL 3", "OpenSSL 3.0.19", "OpenSSL 3.0\x1b[31m 27 Jan",
        "OpenSSL aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.1 b", "OpenSSL 3.2 or later",
        "OpenSSL 3.0.19 27 Jan", "OpenSSL 3.2.0 with kernel 6.14 2026"})
    EXPECT_EQ(tls_library_version(text), "") << text;
}

}  // namespace
}  // namespace tuner
