#include "host/programs/on_disk.h"

#include "base/text.h"
#include "host/files/small_files.h"
#include "host/programs/config_source.h"
#include "host/programs/process.h"
#include "model/programs/known_programs.h"

#include <set>

namespace tuner {
namespace {

// The files that hand connections to libssl: the executable, and the plugins of a known program.
std::vector<std::string> files_of(const FileTree& files, const ProgramStart& start,
                                  const KnownProgram* known) {
  std::vector<std::string> all{start.executable};
  all.insert(all.end(), start.more_files.begin(), start.more_files.end());
  if (known == nullptr) return all;
  for (const std::string_view pattern : known->plugins) {
    for (std::string& path : matching_files(files, pattern)) {
      if (files.exists(path)) all.push_back(std::move(path));
    }
  }
  return all;
}

constexpr std::size_t kMostLibraries = 500;  // of one program

// Its files, as the dynamic linker would find them.
class OnDisk {
 public:
  OnDisk(const FileTree& files, ProgramFiles& program_files, ProgramStart start)
      : files_(files), program_files_(program_files), start_(std::move(start)) {}

  Program look() {
    program_files_.next_program();
    program_.executable = start_.executable;
    program_.name = base_name(program_.executable);
    add_linked(files_of(files_, start_, known_program(program_.name)));
    if (program_.libraries.empty()) add_built_in();
    if (program_.libraries.empty()) return std::move(program_);
    program_.transport = combined(transports_);
    add_configuration(program_files_, start_.arguments, start_.openssl_conf, openssl_dir_,
                      program_);
    return std::move(program_);
  }

 private:
  // The files and every library that they need, each once.
  void add_linked(std::vector<std::string> paths) {
    std::set<std::string> known(paths.begin(), paths.end());
    // `paths` grows meanwhile: what is needed by a library is appended.
    for (std::size_t i = 0; i < paths.size() && i < kMostLibraries; ++i) {
      const auto& links = program_files_.links(paths[i], paths[i]);
      if (!links) {
        if (!is_absent(links.error()) && links.error().fault != Fault::Invalid)
          program_.doubts.push_back(links.error().text);
        continue;
      }
      transports_.push_back(links->transport);
      for (const std::string& name : links->needed) {
        const std::string& path = program_files_.library(name);
        if (path.empty() || !known.insert(path).second) continue;
        // A TLS library is not looked into: what it calls itself says nothing about the program.
        if (const auto kind = tls_library(name))
          add_library(name, *kind, path);
        else
          paths.push_back(path);
      }
    }
  }

  // The version of OpenSSL stands in libcrypto, which lies beside libssl.
  void add_library(const std::string& name, TlsLibrary kind, const std::string& path) {
    if (name.starts_with("libcrypto")) return;
    ProgramLibrary library{.kind = kind, .path = path, .version = {}};
    if (name.starts_with("libssl.")) {
      std::string crypto = path;
      crypto.replace(crypto.rfind("libssl"), 6, "libcrypto");
      if (const auto& text = program_files_.text(crypto, crypto)) {
        library.version = text->version;
        openssl_dir_ = text->openssl_dir;
      } else {
        program_.doubts.push_back(text.error().text);
      }
    }
    program_.libraries.push_back(std::move(library));
  }

  void add_built_in() {
    const auto& found = program_files_.built_in(program_.executable, program_.executable);
    if (!found || !*found) return;
    program_.libraries.push_back({.kind = (*found)->kind,
                                  .path = program_.executable,
                                  .version = (*found)->version,
                                  .built_in = true});
    openssl_dir_ = (*found)->openssl_dir;
  }

  const FileTree& files_;
  ProgramFiles& program_files_;
  ProgramStart start_;
  Program program_;
  std::string openssl_dir_;
  std::vector<TlsTransport> transports_;
};

}  // namespace

Program program_on_disk(const FileTree& files, ProgramFiles& program_files, ProgramStart start) {
  return OnDisk(files, program_files, std::move(start)).look();
}

}  // namespace tuner
