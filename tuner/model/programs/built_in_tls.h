// TLS that is part of a program itself, told from the bytes of its file: Go's crypto/tls, Rust's
// rustls, or an OpenSSL that is linked into it. Pure.
#pragma once

#include "model/programs/tls_library.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tuner {

struct BuiltInTls {
  TlsLibrary kind = TlsLibrary::OpenSsl;
  std::string version;      // "OpenSSL 3.0.19"; empty: not known
  std::string openssl_dir;  // of OpenSSL; empty: not found
};

// Fed with the blocks of a file in order. A text counts if it lies wholly in one block, so blocks
// overlap.
class BuiltInTlsSearch {
 public:
  void feed(std::string_view block);
  // nullopt: no sign of TLS so far.
  std::optional<BuiltInTls> found() const;
  // The texts of OpenSSL so far, in a library, too; "": not found.
  const std::string& version() const { return version_; }
  const std::string& openssl_dir() const { return openssl_dir_; }

 private:
  void take(std::size_t text, std::string_view rest);

  bool go_ = false, go_tls_ = false, rustls_ = false, tls13_ = false;
  std::string version_, openssl_dir_;
};

}  // namespace tuner
