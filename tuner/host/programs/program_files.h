// The files of programs, read as bytes: libraries and executables, each once. No code of them runs.
#pragma once

#include "host/host.h"
#include "model/built_in_tls.h"
#include "model/tls_transport.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

// What the dynamic section of a file says.
struct FileLinks {
  TlsTransport transport = TlsTransport::None;
  std::vector<std::string> needed;  // DT_NEEDED: "libssl.so.3"
};

// What the text in libcrypto says.
struct LibraryText {
  std::string version;      // "OpenSSL 3.0.19"; empty: not found
  std::string openssl_dir;  // "/usr/lib/ssl"; empty: not found
};

class ProgramFiles {
 public:
  explicit ProgramFiles(const FileTree& files) : files_(files) {}

  // `key` stands for the file itself, so that a file of many processes is read once: its device and
  // inode, or its path. Faults: those of FileTree::bytes() and of read_elf_dynamic(); the error of
  // a file is remembered too.
  const Result<FileLinks>& links(const std::string& key, std::string_view path);
  // At most kMostText bytes are read. TooLarge: the file has more, and none of the texts before.
  const Result<LibraryText>& text(const std::string& key, std::string_view path);

  // TLS that is part of an executable; nullopt: no sign of it. Limits as of text().
  const Result<std::optional<BuiltInTls>>& built_in(const std::string& key, std::string_view path);

  // Debian 12's libcrypto has 4.7 MB.
  static constexpr std::uint64_t kMostText = std::uint64_t{64} << 20U;

 private:
  const FileTree& files_;
  std::map<std::string, Result<FileLinks>> links_;
  std::map<std::string, Result<LibraryText>> texts_;
  std::map<std::string, Result<std::optional<BuiltInTls>>> built_in_;
};

}  // namespace tuner
