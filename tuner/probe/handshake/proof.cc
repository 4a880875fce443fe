#include "probe/handshake/proof.h"

#include "probe/handshake/connection/openssl.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>

namespace tuner {
namespace {

// HMAC() may write up to EVP_MAX_MD_SIZE bytes; SHA-256 writes 32. It fails only without memory:
// the result is then empty, which same_bytes() never accepts.
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

// Nonces and bindings have fixed lengths, and a NUL ends the purpose, so different inputs never
// give the same text.
std::string about(std::string_view purpose, const Nonces& nonces) {
  std::string text("ktls-tuner probe 2 ");
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

// Each proof has a purpose of its own, so none can be sent back to its author as another one.
std::string caller_proof(std::string_view token, const Nonces& nonces) {
  return digest(token, about("caller", nonces));
}

std::string listener_proof(std::string_view token, const Nonces& nonces) {
  return digest(token, about("listener", nonces));
}

std::string caller_bound(std::string_view token, const Nonces& nonces, std::string_view binding) {
  return digest(token, about("bound caller", nonces).append(binding));
}

std::string listener_bound(std::string_view token, const Nonces& nonces, std::string_view binding) {
  return digest(token, about("bound listener", nonces).append(binding));
}

std::string ticket_key(std::string_view token, const Nonces& nonces, std::string_view binding) {
  return digest(token, about("tickets", nonces).append(binding));
}

// The HMAC keeps a ticket valid for this control connection only.
std::string stamped(std::string_view key, std::string_view ticket) {
  return std::string(ticket) + digest(key, ticket);
}

// In constant time: the duration of a comparison must not tell how many bytes were right.
bool same_bytes(std::string_view a, std::string_view b) {
  return !a.empty() && a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace tuner
