#include "model/programs/built_in_tls.h"

#include "base/text_search.h"

#include <array>

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

// OPENSSLDIR: "/usr/lib/ssl", the text that OpenSSL_version(3) returns.
constexpr std::string_view kOpensslDir = "OPENSSLDIR: \"";

constexpr std::size_t kLongestPath = 4096;
constexpr std::size_t kLongestVersion = 100;

// In the order of their numbers. The last two begin the version text of a library.
enum Text : std::size_t { Go, GoTls, Rustls, Tls13, OpensslDir, Openssl, Libressl };
constexpr std::array<std::string_view, 7> kTexts{kGo,         kGoTls,     kRustls,    kTls13,
                                                 kOpensslDir, "OpenSSL ", "LibreSSL "};

bool has_byte(std::string_view rest, std::size_t at, std::string_view bytes) {
  return at < rest.size() && bytes.find(rest[at]) != std::string_view::npos;
}

// "" if it does not end.
std::string openssl_dir_of(std::string_view rest) {
  const auto end = rest.substr(0, kLongestPath).find('"');
  return end == std::string_view::npos ? std::string() : std::string(rest.substr(0, end));
}

}  // namespace

// A file may have megabytes, and there is one for each program: one pass finds all of them.
void BuiltInTlsSearch::feed(std::string_view block) {
  static const TextSearch search(kTexts);
  for (auto place = search.next(block, 0); place.text != search.none();
       place = search.next(block, place.at + 1))
    take(place.text, block.substr(place.at));
}

// `rest`: the block from where the text begins.
void BuiltInTlsSearch::take(std::size_t text, std::string_view rest) {
  switch (text) {
    case Go: go_ = go_ || has_byte(rest, kGo.size(), "\x04\x08"); break;
    case GoTls: go_tls_ = true; break;
    case Rustls: rustls_ = rustls_ || has_byte(rest, kRustls.size(), "0123456789"); break;
    case Tls13: tls13_ = true; break;
    case OpensslDir:
      if (openssl_dir_.empty()) openssl_dir_ = openssl_dir_of(rest.substr(kOpensslDir.size()));
      break;
    default:
      if (version_.empty()) version_ = tls_library_version(rest.substr(0, kLongestVersion));
  }
}

std::optional<BuiltInTls> BuiltInTlsSearch::found() const {
  // Each program in Go has the build information; only one that links crypto/tls has its functions.
  if (go_ && go_tls_) return BuiltInTls{.kind = TlsLibrary::Go, .version = {}, .openssl_dir = {}};
  if (rustls_) return BuiltInTls{.kind = TlsLibrary::Rustls, .version = {}, .openssl_dir = {}};
  if (!version_.empty() && tls13_)
    return BuiltInTls{
        .kind = TlsLibrary::OpenSsl, .version = version_, .openssl_dir = openssl_dir_};
  return std::nullopt;
}

}  // namespace tuner
