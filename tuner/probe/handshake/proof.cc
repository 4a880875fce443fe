#include "probe/handshake/proof.h"

#include "probe/handshake/openssl.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>

namespace tuner {
namespace {

// EVP_MAX_MD_SIZE is what HMAC() may write; SHA-256 writes 32. It fails only for want of memory:
// an empty digest equals no other.
std::string digest(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes, text.size(), out.data(),
           &size) == nullptr) {
    return {};
  }
  return {reinterpret_cast<const char*>(out.data()), size};
}

// Both nonces have one length, so no two of these texts can be the same.
std::string about(std::string_view purpose, const Nonces& nonces) {
  std::string text("ktls-tuner probe 1 ");
  text += purpose;
  text += '\0';
  return text + nonces.caller + nonces.listener;
}

}  // namespace

Result<std::string> random_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  auto* out = reinterpret_cast<unsigned char*>(bytes.data());
  if (RAND_bytes(out, static_cast<int>(size)) != 1) return fail(openssl_error("random bytes"));
  return bytes;
}

std::string caller_proof(std::string_view token, const Nonces& nonces) {
  return digest(token, about("caller", nonces));
}

std::string listener_proof(std::string_view token, const Nonces& nonces) {
  return digest(token, about("listener", nonces));
}

SessionKeys session_keys(std::string_view token, const Nonces& nonces) {
  return {.from_caller = digest(token, about("messages of the caller", nonces)),
          .from_listener = digest(token, about("messages of the listener", nonces)),
          .tickets = digest(token, about("tickets", nonces))};
}

std::string message_digest(std::string_view key, std::uint64_t number, std::string_view payload) {
  std::string text;
  for (unsigned shift = 64; shift > 0; shift -= 8) {
    text += static_cast<char>(static_cast<std::uint8_t>(number >> (shift - 8)));
  }
  return digest(key, text.append(payload));
}

std::string stamped(std::string_view key, std::string_view ticket) {
  return std::string(ticket) + digest(key, ticket);
}

bool same_bytes(std::string_view a, std::string_view b) {
  return !a.empty() && a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace tuner
