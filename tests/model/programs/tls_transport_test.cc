#include "model/programs/tls_transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tuner {
namespace {

using ::testing::Contains;

struct Case {
  const char* file;
  TlsTransport transport;
  std::set<std::string, std::less<>> imports;
};

// The names that files of Debian 12's packages import. The classes of nginx, lighttpd, memcached,
// stunnel, mosquitto, Apache, HAProxy, curl and PostgreSQL were confirmed on Linux 6.1 with
// `Options = KTLS`: by tls_stat, and PostgreSQL's connections broke.
const Case kCases[] = {
    {"nginx", TlsTransport::Socket, {"BIO_s_mem", "SSL_set_fd"}},
    {"lighttpd/mod_openssl.so", TlsTransport::Socket, {"BIO_s_mem", "SSL_set_fd"}},
    {"hitch", TlsTransport::Socket, {"BIO_new_connect", "BIO_s_mem", "SSL_set_fd"}},
    {"stunnel4",
     TlsTransport::Socket,
     {"BIO_new_socket", "BIO_s_mem", "SSL_set_fd", "SSL_set_rfd", "SSL_set_wfd"}},
    {"memcached", TlsTransport::Socket, {"SSL_set_fd"}},
    {"mosquitto",
     TlsTransport::Socket,
     {"BIO_new_socket", "BIO_s_mem", "SSL_set_bio", "SSL_set_fd"}},
    {"openssl",
     TlsTransport::Socket,
     {"BIO_new_socket", "BIO_s_accept", "BIO_s_connect", "BIO_s_mem", "SSL_set_bio"}},
    {"apache2/mod_ssl.so", TlsTransport::OwnBio, {"BIO_meth_new", "BIO_s_mem", "SSL_set_bio"}},
    {"haproxy", TlsTransport::OwnBio, {"BIO_meth_new", "BIO_s_mem", "SSL_set_bio"}},
    {"libcurl.so.4", TlsTransport::OwnBio, {"BIO_meth_new", "BIO_s_mem"}},
    {"h2o", TlsTransport::OwnBio, {"BIO_meth_new", "SSL_set_bio"}},
    {"dovecot/libssl_iostream_openssl.so",
     TlsTransport::MemoryBio,
     {"BIO_new_bio_pair", "SSL_set_bio"}},
    {"postgres",
     TlsTransport::Inherited,
     {"BIO_meth_new", "BIO_s_mem", "BIO_s_socket", "SSL_set_bio"}},
    {"libpq.so.5", TlsTransport::Inherited, {"BIO_meth_new", "BIO_s_socket", "SSL_set_bio"}},
    {"traffic_server",
     TlsTransport::Inherited,
     {"BIO_meth_new", "BIO_new_connect", "BIO_s_mem", "BIO_s_socket", "SSL_set_bio"}},
    {"nghttpx", TlsTransport::Mixed, {"BIO_meth_new", "BIO_s_mem", "SSL_set_bio", "SSL_set_fd"}},
    {"libevent_openssl", TlsTransport::Mixed, {"BIO_meth_new", "BIO_new_socket", "SSL_set_bio"}},
    {"libdcrypt_openssl.so", TlsTransport::None, {"BIO_s_mem"}},  // reads certificates
    {"a program without libssl", TlsTransport::None, {}},
    {"a program that makes a socket BIO itself",
     TlsTransport::Socket,
     {"BIO_s_socket", "SSL_set_bio"}},
    // Where the BIO comes from is not in this file.
    {"a plugin that gets its BIO", TlsTransport::Mixed, {"SSL_set_bio"}},
    {"a program with a memory BIO", TlsTransport::MemoryBio, {"BIO_s_mem", "SSL_set_bio"}},
};

TEST(TlsTransport, IsToldFromTheImportsOfAFile) {
  for (const Case& c : kCases) EXPECT_EQ(tls_transport(c.imports), c.transport) << c.file;
}

// A name that is not asked of the file would never be found there.
TEST(TlsTransport, EachNameThatDecidesIsAskedFor) {
  for (const Case& c : kCases) {
    for (const std::string& name : c.imports) EXPECT_THAT(tls_transport_names(), Contains(name));
  }
}

}  // namespace
}  // namespace tuner
