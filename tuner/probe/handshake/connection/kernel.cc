#include "probe/handshake/connection/kernel.h"

#include "base/text.h"
#include "host/facts/module_state.h"

#include <linux/tls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

namespace tuner {
namespace {

int set_option(int fd, int level, int name, const void* value, std::size_t size) {
  const int answer = ::setsockopt(fd, level, name, value, static_cast<socklen_t>(size));
  return answer == 0 ? 0 : errno;
}

// All fields except the header stay zero. The key is never used.
// Both directions get the same version and cipher: the kernel answers EINVAL if they differ
// (net/tls/tls_main.c).
template <typename CryptoInfo>
KernelAnswer offer_key(int fd, TlsVersion version, std::uint16_t cipher) {
  CryptoInfo key{};
  key.info.version = version == TlsVersion::Tls12 ? TLS_1_2_VERSION : TLS_1_3_VERSION;
  key.info.cipher_type = cipher;
  return {.tx = set_option(fd, SOL_TLS, TLS_TX, &key, sizeof key),
          .rx = set_option(fd, SOL_TLS, TLS_RX, &key, sizeof key)};
}

KernelAnswer offer_key(int fd, const CellKey& cell) {
  switch (cell.cipher) {
    case TlsCipher::Aes128Gcm:
      return offer_key<tls12_crypto_info_aes_gcm_128>(fd, cell.version, TLS_CIPHER_AES_GCM_128);
    case TlsCipher::Aes256Gcm:
      return offer_key<tls12_crypto_info_aes_gcm_256>(fd, cell.version, TLS_CIPHER_AES_GCM_256);
    case TlsCipher::Aes128Ccm:
      return offer_key<tls12_crypto_info_aes_ccm_128>(fd, cell.version, TLS_CIPHER_AES_CCM_128);
    case TlsCipher::Chacha20Poly1305:
      return offer_key<tls12_crypto_info_chacha20_poly1305>(fd, cell.version,
                                                            TLS_CIPHER_CHACHA20_POLY1305);
  }
  return {.tx = EINVAL, .rx = EINVAL};
}

}  // namespace

KernelTls read_kernel_tls(const FileTree& files) {
  const auto release = files.read("/proc/sys/kernel/osrelease");
  KernelTls sight;
  sight.tls = module_state(files, "tls", release ? trim(*release) : std::string_view());
  sight.tls_loaded = sight.tls.state == ModuleState::BuiltIn ||
                     sight.tls.state == ModuleState::Live ||
                     // A container's network namespace has tls_stat but no tcp_available_ulp.
                     read_tls_stat(files).has_value();
  return sight;
}

// After the helper has entered a namespace of its own, this file is of that namespace.
Result<TlsCounters> read_tls_stat(const FileTree& files) {
  const auto text = TRY(files.read("/proc/self/net/tls_stat"));
  return parse_tls_stat(text);
}

// The kernel is asked by the call and not judged by its release, because distributions backport.
// The ULP needs an established connection: ENOTCONN before (net/tls/tls_main.c).
Result<KernelAnswer> ask_kernel(const CellKey& cell, Deadline deadline) {
  const auto pair = TRY(loopback_pair(deadline));
  const int fd = pair.client.get();
  const int refused = set_option(fd, SOL_TCP, TCP_ULP, "tls", sizeof "tls");
  if (refused != 0) return fail(errno_error(refused, "set the tls ULP on a socket"));
  return offer_key(fd, cell);
}

}  // namespace tuner
