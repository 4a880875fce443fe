// The files of programs, read as bytes: libraries and executables, each once. No code of them runs.
#pragma once

#include "host/host.h"
#include "model/programs/built_in_tls.h"
#include "model/programs/known_programs.h"
#include "model/programs/openssl_config.h"
#include "model/programs/tls_transport.h"

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

// A file may be of anyone, and a sparse one of terabytes costs its owner nothing, so the bytes that
// are read are limited, for each program and for all.
class ProgramFiles {
 public:
  explicit ProgramFiles(const FileTree& files) : files_(files) {}

  // The next files are those of another program, which has a limit of its own.
  void next_program() { left_of_program_ = kMostOfProgram; }
  // Forgets what was read: it may stand under the key of another file.
  void forget();

  // Once a limit is reached: TooLarge, which is not remembered, since the file itself may be small.
  //
  // `key` stands for the file itself, so that a file of many processes is read once: its device and
  // inode, or its path. Faults: those of FileTree::bytes() and of read_elf_dynamic(); the error of
  // a file is remembered too.
  const Result<FileLinks>& links(const std::string& key, std::string_view path);
  // What links() and text() remember; nullptr: they would read the file.
  const Result<FileLinks>* known_links(const std::string& key) const;
  const Result<LibraryText>* known_text(const std::string& key) const;
  // At most kMostText bytes are read. TooLarge: the file has more, and none of the texts before.
  const Result<LibraryText>& text(const std::string& key, std::string_view path);

  // TLS that is part of an executable; nullopt: no sign of it. Limits as of text().
  const Result<std::optional<BuiltInTls>>& built_in(const std::string& key, std::string_view path);
  // The file of a library by its name ("libssl.so.3"), where the dynamic linker looks by default;
  // "": in none of these folders.
  const std::string& library(const std::string& name);
  // What a configuration says, each read once: many processes of a server have the same one.
  const OpensslConfig& openssl_config(const std::string& path);
  const ServerConfig& server_config(const KnownProgram& program, const std::string& path);

  // Whether built_in() would read nothing for this key.
  bool knows_built_in(const std::string& key) const { return built_in_.contains(key); }

  // Debian 12's libcrypto has 4.7 MB.
  static constexpr std::uint64_t kMostText = std::uint64_t{64} << 20U;
  static constexpr std::uint64_t kMostOfProgram = std::uint64_t{256} << 20U;
  static constexpr std::uint64_t kMostOfAll = std::uint64_t{8} << 30U;

 private:
  template <typename T, typename Read>
  const Result<T>& remembered(std::map<std::string, Result<T>>& known, const std::string& key,
                              std::string_view path, const Read& read);
  // Opens a file whose reads count against the limits.
  Result<FileBytes> open(std::string_view path);

  const FileTree& files_;
  std::uint64_t left_of_program_ = kMostOfProgram;
  std::uint64_t left_of_all_ = kMostOfAll;
  bool over_limit_ = false;  // of the read in progress
  std::map<std::string, Result<FileLinks>> links_;
  std::map<std::string, Result<LibraryText>> texts_;
  std::map<std::string, Result<std::optional<BuiltInTls>>> built_in_;
  std::map<std::string, std::string> libraries_;
  std::map<std::string, OpensslConfig> openssl_configs_;
  std::map<std::pair<std::string_view, std::string>, ServerConfig> server_configs_;
};

}  // namespace tuner
