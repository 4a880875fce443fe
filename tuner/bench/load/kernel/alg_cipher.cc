#include "bench/load/kernel/alg_cipher.h"

#include "base/text.h"
#include "host/facts/module_state.h"
#include "probe/handshake/connection/payload.h"
#include "probe/record_cipher.h"

#include <fmt/format.h>

#include <linux/if_alg.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace tuner {
namespace {

#ifndef SOL_ALG
constexpr int SOL_ALG = 279;  // include/linux/socket.h
#endif

struct Algorithm {
  const char* name;  // as the kernel's TLS asks for it (net/tls/tls_main.c)
  std::size_t key;
  std::size_t nonce;
};

// CCM's nonce is that of the whole block: a byte with the size of the counter, then 12, then 3
// zeros (crypto/ccm.c).
Algorithm algorithm_of(TlsCipher cipher) {
  switch (cipher) {
    case TlsCipher::Aes128Gcm: break;
    case TlsCipher::Aes256Gcm: return {"gcm(aes)", 32, 12};
    case TlsCipher::Aes128Ccm: return {"ccm(aes)", 16, 16};
    case TlsCipher::Chacha20Poly1305: return {"rfc7539(chacha20,poly1305)", 32, 12};
  }
  return {"gcm(aes)", 16, 12};
}

// "name         : gcm(aes)"
bool lists_algorithm(std::string_view proc_crypto, std::string_view name) {
  for (const std::string_view line : lines(proc_crypto)) {
    const auto words = split_whitespace(line);
    if (words.size() == 3 && words[0] == "name" && words[2] == name) return true;
  }
  return false;
}

tl::unexpected<Error> refused(std::string_view doing) {
  Error error = errno_error(errno, doing);
  if (errno == EAFNOSUPPORT || errno == ENOENT) error.fault = Fault::Unsupported;
  return fail(std::move(error));
}

template <typename Value>
void put_control(cmsghdr* at, int type, const Value& value) {
  at->cmsg_level = SOL_ALG;
  at->cmsg_type = type;
  at->cmsg_len = CMSG_LEN(sizeof value);
  std::memcpy(CMSG_DATA(at), &value, sizeof value);
}

// The kernel's struct af_alg_iv with room for the longest nonce (include/uapi/linux/if_alg.h).
struct NonceMessage {
  std::uint32_t size = 0;
  std::array<std::uint8_t, 16> bytes{};
};

}  // namespace

std::optional<std::string> why_no_alg_cipher(const FileTree& files, TlsCipher cipher) {
  const auto release = files.read("/proc/sys/kernel/osrelease");
  for (const std::string_view module : {"af_alg", "algif_aead"}) {
    const auto state =
        module_state(files, module, release ? trim(*release) : std::string_view()).state;
    if (state != ModuleState::Live && state != ModuleState::BuiltIn)
      return fmt::format("module {} is not loaded, and bench loads no module", module);
  }
  const char* const name = algorithm_of(cipher).name;
  const auto listed = files.read("/proc/crypto");
  if (!listed) return fmt::format("/proc/crypto: {}", listed.error().text);
  if (!lists_algorithm(*listed, name))
    return fmt::format("/proc/crypto does not list {}, and bench loads no module", name);
  return std::nullopt;
}

AlgCipher::AlgCipher(TlsCipher cipher, UniqueFd operation)
    : cipher_(cipher),
      operation_(std::move(operation)),
      nonce_(algorithm_of(cipher).nonce),
      out_(kRecordHeader + kLargestRecord + kRecordTag) {
  // A counter of three bytes, less one (RFC 3610, section 2.3).
  if (cipher == TlsCipher::Aes128Ccm) nonce_[0] = 2;
}

Result<AlgCipher> AlgCipher::open(TlsCipher cipher) {
  const Algorithm algorithm = algorithm_of(cipher);
  const UniqueFd socket(::socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (!socket) return refused("make an AF_ALG socket");
  sockaddr_alg address{};
  address.salg_family = AF_ALG;
  std::strcpy(reinterpret_cast<char*>(address.salg_type), "aead");
  std::strcpy(reinterpret_cast<char*>(address.salg_name), algorithm.name);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return refused(fmt::format("AF_ALG: {}", algorithm.name));
  const std::array<std::uint8_t, 32> key{1};
  if (::setsockopt(socket.get(), SOL_ALG, ALG_SET_KEY, key.data(),
                   static_cast<socklen_t>(algorithm.key)) != 0 ||
      // The length of the option is its value (alg_setsockopt() in crypto/af_alg.c).
      ::setsockopt(socket.get(), SOL_ALG, ALG_SET_AEAD_AUTHSIZE, nullptr, kRecordTag) != 0)
    return refused("AF_ALG: set a key");
  UniqueFd operation(::accept4(socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!operation) return refused("AF_ALG: accept");
  return AlgCipher(cipher, std::move(operation));
}

Outcome AlgCipher::seal(std::span<const std::uint8_t> plain) {
  // What is sealed is no secret, so that a nonce may come again after 256 records.
  nonce_[1] = static_cast<std::uint8_t>(nonce_[1] + 1);
  NonceMessage nonce{.size = static_cast<std::uint32_t>(nonce_.size())};
  std::memcpy(nonce.bytes.data(), nonce_.data(), nonce_.size());
  alignas(cmsghdr) std::array<char, 2 * CMSG_SPACE(4) + CMSG_SPACE(sizeof nonce)> control{};
  // Application data of 16,401 bytes: the largest record, its content type and its tag (RFC 8446,
  // 5.2).
  std::array<std::uint8_t, kRecordHeader> header{0x17, 3, 3, 0x40, 0x11};
  std::array<iovec, 2> in{
      {{header.data(), header.size()}, {const_cast<std::uint8_t*>(plain.data()), plain.size()}}};
  msghdr message{};
  message.msg_iov = in.data();
  message.msg_iovlen = in.size();
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* at = CMSG_FIRSTHDR(&message);
  put_control(at, ALG_SET_OP, std::uint32_t{ALG_OP_ENCRYPT});
  at = CMSG_NXTHDR(&message, at);
  put_control(at, ALG_SET_AEAD_ASSOCLEN, std::uint32_t{kRecordHeader});
  at = CMSG_NXTHDR(&message, at);
  put_control(at, ALG_SET_IV, nonce);
  if (::sendmsg(operation_.get(), &message, 0) < 0) return fail(errno_error(errno, "AF_ALG: send"));
  const ssize_t sealed = ::recv(operation_.get(), out_.data(), out_.size(), 0);
  if (sealed < 0) return fail(errno_error(errno, "AF_ALG: receive"));
  // The kernel returns the additional data as well, in front
  // (Documentation/crypto/userspace-if.rst).
  if (static_cast<std::size_t>(sealed) != header.size() + plain.size() + kRecordTag)
    return fail(Fault::Io, fmt::format("AF_ALG: {} bytes of a record of {}", sealed, plain.size()));
  return {};
}

}  // namespace tuner
