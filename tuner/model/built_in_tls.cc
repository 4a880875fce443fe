#include "model/built_in_tls.h"

namespace tuner {
namespace {

// The first bytes of Go's build information (debug/buildinfo); the size of a pointer follows, 4 or
// 8. A program that only knows this text, as this one does, has another byte there.
constexpr std::string_view kGo = "\xff Go buildinf:";
// A function's name stays in the line table of a stripped program (.gopclntab).
constexpr std::string_view kGoTls = "crypto/tls.(*Conn)";
// The path of a source file in a panic's message: "rustls-0.23.4/src/conn.rs".
constexpr std::string_view kRustls = "rustls-0.";
// libssl has the names of its versions; a program that only hashes by libcrypto has none.
constexpr std::string_view kTls13 = "TLSv1.3";

constexpr std::size_t kLongestPath = 4096;

bool has(std::string_view block, std::string_view text) {
  return block.find(text) != std::string_view::npos;
}

// Whether the text is there, and behind it a byte of these.
bool has_before(std::string_view block, std::string_view text, std::string_view bytes) {
  for (auto at = block.find(text); at != std::string_view::npos; at = block.find(text, at + 1)) {
    const auto next = at + text.size();
    if (next < block.size() && bytes.find(block[next]) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

void BuiltInTlsSearch::feed(std::string_view block) {
  go_ = go_ || has_before(block, kGo, "\x04\x08");
  go_tls_ = go_tls_ || has(block, kGoTls);
  rustls_ = rustls_ || has_before(block, kRustls, "0123456789");
  tls13_ = tls13_ || has(block, kTls13);
  if (version_.empty()) version_ = tls_library_version(block);
  if (openssl_dir_.empty()) openssl_dir_ = openssl_dir(block);
}

std::optional<BuiltInTls> BuiltInTlsSearch::found() const {
  if (go_ && go_tls_) return BuiltInTls{.kind = TlsLibrary::Go, .version = {}, .openssl_dir = {}};
  if (rustls_) return BuiltInTls{.kind = TlsLibrary::Rustls, .version = {}, .openssl_dir = {}};
  if (!version_.empty() && tls13_)
    return BuiltInTls{
        .kind = TlsLibrary::OpenSsl, .version = version_, .openssl_dir = openssl_dir_};
  return std::nullopt;
}

std::string openssl_dir(std::string_view bytes) {
  constexpr std::string_view kBefore = "OPENSSLDIR: \"";
  const auto at = bytes.find(kBefore);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = bytes.substr(at + kBefore.size(), kLongestPath);
  const auto end = rest.find('"');
  return end == std::string_view::npos ? std::string() : std::string(rest.substr(0, end));
}

}  // namespace tuner
