#include "probe/handshake/library.h"

#include <openssl/conf.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace tuner {
namespace {

// BIO_CTRL_SET_KTLS of OpenSSL 3 (include/internal/bio.h): num != 0 means transmit, ptr is the key
// material (not used here). The public bio.h reserves the number 72 for it.
constexpr int kSetKtls = 72;

// One end of a connection in memory, and the requests for kTLS that libssl made on it.
struct Watch {
  std::string* incoming = nullptr;
  std::string* outgoing = nullptr;
  bool tx = false;
  bool rx = false;
};

Watch& watch_of(BIO* bio) {
  return *static_cast<Watch*>(BIO_get_data(bio));
}

// A BIO of two strings: no socket and no kernel, so the answer is libssl's alone. `openssl version
// -a` does not name the option.
int write_memory(BIO* bio, const char* bytes, int size) {
  watch_of(bio).outgoing->append(bytes, static_cast<std::size_t>(size));
  return size;
}

int read_memory(BIO* bio, char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  std::string& incoming = *watch_of(bio).incoming;
  const std::size_t taken = std::min(incoming.size(), static_cast<std::size_t>(size));
  if (taken == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  std::memcpy(bytes, incoming.data(), taken);
  incoming.erase(0, taken);
  return static_cast<int>(taken);
}

// Declines BIO_CTRL_SET_KTLS with 0: after 1 libssl would assume that the kernel encrypts, and send
// plain text. Unknown commands get 0 too. BIO_CTRL_FLUSH must succeed, or libssl skips kTLS.
long control_memory(BIO* bio, int command, long number, void*) {
  if (command == BIO_CTRL_FLUSH) return 1;
  if (command == kSetKtls) (number != 0 ? watch_of(bio).tx : watch_of(bio).rx) = true;
  return 0;
}

using Method = Handle<BIO_METHOD, BIO_meth_free>;

Result<Method> watching_method() {
  Method method(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "watching memory"));
  if (!method || BIO_meth_set_write(method.get(), write_memory) != 1 ||
      BIO_meth_set_read(method.get(), read_memory) != 1 ||
      BIO_meth_set_ctrl(method.get(), control_memory) != 1) {
    return fail(openssl_error("make a BIO method"));
  }
  return method;
}

Result<Connection> connection(SSL_CTX* context, const BIO_METHOD* method, Watch& watch) {
  Connection made(SSL_new(context));
  BIO* bio = made ? BIO_new(method) : nullptr;
  if (bio == nullptr) return fail(openssl_error("make a connection"));
  BIO_set_data(bio, &watch);
  BIO_set_init(bio, 1);
  SSL_set_bio(made.get(), bio, bio);
  return made;
}

// A handshake takes three flights. The limit prevents an endless loop with a broken libssl.
Outcome shake_hands(SSL* client, SSL* server) {
  constexpr int kRounds = 20;
  SSL_set_connect_state(client);
  SSL_set_accept_state(server);
  for (int round = 0; round < kRounds; ++round) {
    const int ours = SSL_do_handshake(client);
    const int theirs = SSL_do_handshake(server);
    if (ours == 1 && theirs == 1) return {};
  }
  return fail(openssl_error("handshake in memory"));
}

// Only the server's requests are read; both ends use the same libssl.
Result<LibraryFacts::Ability> ability(const CellKey& cell, const Identity& identity,
                                      const BIO_METHOD* method) {
  const ContextOptions options{.cell = cell, .ask_ktls = true};
  const auto serving = TRY(server_context(options, identity));
  const auto calling = TRY(client_context(options));
  std::string to_server;
  std::string to_client;
  Watch server_watch{.incoming = &to_server, .outgoing = &to_client};
  Watch client_watch{.incoming = &to_client, .outgoing = &to_server};
  const auto server = TRY(connection(serving.get(), method, server_watch));
  const auto client = TRY(connection(calling.get(), method, client_watch));
  if (const auto done = shake_hands(client.get(), server.get()); !done) {
    return fail(done.error());
  }
  return LibraryFacts::Ability{
      .version = cell.version, .cipher = cell.cipher, .tx = server_watch.tx, .rx = server_watch.rx};
}

std::string default_config_file() {
  const Handle<char, [](char* text) { OPENSSL_free(text); }> path(CONF_get1_default_config_file());
  return path ? path.get() : "";
}

// A new context has the options of ssl_conf, system_default in openssl.cnf.
// `Options = KTLS` in openssl.cnf makes every program that reads the default configuration ask for
// it.
Result<bool> config_asks() {
  const SslContext fresh(SSL_CTX_new(TLS_method()));
  if (!fresh) return fail(openssl_error("make a TLS context"));
  return (SSL_CTX_get_options(fresh.get()) & SSL_OP_ENABLE_KTLS) != 0;
}

}  // namespace

// valgrind reports that libssl 3.0 reads four bytes too many here, only for TLS 1.2 with
// AES-128-CCM: ktls_configure_crypto() reads an explicit IV beyond the end of the key block.
Result<LibraryFacts> library_facts(const Identity& identity) {
  const auto method = TRY(watching_method());
  const auto asks = TRY(config_asks());
  LibraryFacts facts{.version = OpenSSL_version(OPENSSL_VERSION),
                     .config_file = default_config_file(),
                     .config_asks = asks};
  for (const TlsVersion version : {TlsVersion::Tls12, TlsVersion::Tls13}) {
    for (const TlsCipher cipher : {TlsCipher::Aes128Gcm, TlsCipher::Aes256Gcm, TlsCipher::Aes128Ccm,
                                   TlsCipher::Chacha20Poly1305}) {
      const auto found = ability({version, cipher}, identity, method.get());
      // A pair that this libssl does not offer is left out, which the tuner reads as "no".
      if (found) facts.abilities.push_back(*found);
    }
  }
  return facts;
}

}  // namespace tuner
