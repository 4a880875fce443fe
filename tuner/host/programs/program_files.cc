#include "host/programs/program_files.h"

#include "host/programs/config_source.h"
#include "host/programs/elf.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace tuner {
namespace {

constexpr std::uint64_t kBlock = std::uint64_t{1} << 20U;
// A text that begins in one block and ends in the next is found by reading so much of it twice.
constexpr std::uint64_t kOverlap = 4096;

// Where the dynamic linker looks by default (ld.so(8)), and Debian's folders of an architecture.
constexpr std::array<std::string_view, 5> kLibraryPatterns{
    "/usr/lib/*-linux-gnu/", "/lib/*-linux-gnu/", "/usr/lib64/", "/usr/lib/", "/usr/local/lib/"};

std::string find_library(const FileTree& files, std::string_view name) {
  for (const std::string_view folder : kLibraryPatterns) {
    for (std::string& path : matching_files(files, fmt::format("{}{}", folder, name))) {
      if (files.exists(path)) return std::move(path);
    }
  }
  return {};
}

Result<FileLinks> read_links(const FileBytes& bytes, std::string_view path) {
  const auto dynamic = read_elf_dynamic(bytes.read_at, tls_transport_names());
  if (!dynamic) {
    Error error = dynamic.error();
    error.text = fmt::format("{}: {}", path, error.text);
    return fail(std::move(error));
  }
  return FileLinks{.transport = tls_transport(dynamic->imports), .needed = dynamic->needed};
}

// Feeds `take` the first kMostText bytes of a file in blocks, until it returns true. The result is
// whether there was more.
template <typename Take>
Result<bool> read_blocks(const FileBytes& bytes, std::string_view path, const Take& take) {
  std::string block;
  for (std::uint64_t at = 0; at < std::min(bytes.size, ProgramFiles::kMostText); at += kBlock) {
    block.resize(std::min(kBlock + kOverlap, bytes.size - at));
    if (!bytes.read_at(at, std::as_writable_bytes(std::span(block))))
      return fail(Fault::Io, fmt::format("read {}: it ends before its size", path),
                  "it is being replaced: run this again");
    if (take(block)) return false;
  }
  return bytes.size > ProgramFiles::kMostText;
}

tl::unexpected<Error> too_large(std::string_view path) {
  return fail(Fault::TooLarge, fmt::format("read {}: only the first {} MiB were looked at", path,
                                           ProgramFiles::kMostText >> 20U));
}

Result<LibraryText> read_text(const FileBytes& bytes, std::string_view path) {
  BuiltInTlsSearch search;
  const bool more = TRY(read_blocks(bytes, path, [&](std::string_view block) {
    search.feed(block);
    return !search.version().empty() && !search.openssl_dir().empty();
  }));
  if (more && search.version().empty()) return too_large(path);
  return LibraryText{.version = search.version(), .openssl_dir = search.openssl_dir()};
}

Result<std::optional<BuiltInTls>> read_built_in(const FileBytes& bytes, std::string_view path) {
  BuiltInTlsSearch search;
  const bool more = TRY(read_blocks(bytes, path, [&](std::string_view block) {
    search.feed(block);
    return false;
  }));
  auto found = search.found();
  if (more && !found) return too_large(path);
  return found;
}

}  // namespace

Result<FileBytes> ProgramFiles::open(std::string_view path) {
  FileBytes bytes = TRY(files_.bytes(path));
  bytes.read_at = [this, read = bytes.read_at](std::uint64_t at, std::span<std::byte> into) {
    // Once exceeded, the limit fails all reads of this file: a smaller one would leave a gap.
    over_limit_ = over_limit_ || into.size() > left_of_program_ || into.size() > left_of_all_;
    if (over_limit_) return false;
    left_of_program_ -= into.size();
    left_of_all_ -= into.size();
    return read(at, into);
  };
  return bytes;
}

template <typename T, typename Read>
const Result<T>& ProgramFiles::remembered(std::map<std::string, Result<T>>& known,
                                          const std::string& key, std::string_view path,
                                          const Read& read) {
  constexpr const char* kOverLimit = "";  // no file has this key
  if (const auto found = known.find(key); found != known.end()) return found->second;
  over_limit_ = false;
  const auto bytes = open(path);
  Result<T> result = bytes ? read(*bytes, path) : Result<T>(fail(bytes.error()));
  // A read that the limit ended says nothing about the file: for the next program it is tried
  // again.
  if (!over_limit_) return known.emplace(key, std::move(result)).first->second;
  result = fail(Fault::TooLarge,
                fmt::format("{} was not looked at: the files of its program, or those of all "
                            "programs together, are too large",
                            path));
  return known.insert_or_assign(kOverLimit, std::move(result)).first->second;
}

void ProgramFiles::forget() {
  links_.clear();
  texts_.clear();
  built_in_.clear();
  libraries_.clear();
}

const Result<FileLinks>& ProgramFiles::links(const std::string& key, std::string_view path) {
  return remembered(links_, key, path, read_links);
}

const Result<FileLinks>* ProgramFiles::known_links(const std::string& key) const {
  const auto found = links_.find(key);
  return found == links_.end() ? nullptr : &found->second;
}

const Result<LibraryText>* ProgramFiles::known_text(const std::string& key) const {
  const auto found = texts_.find(key);
  return found == texts_.end() ? nullptr : &found->second;
}

const std::string& ProgramFiles::library(const std::string& name) {
  const auto [found, is_new] = libraries_.try_emplace(name);
  if (is_new) found->second = find_library(files_, name);
  return found->second;
}

const OpensslConfig& ProgramFiles::openssl_config(const std::string& path) {
  const auto [found, is_new] = openssl_configs_.try_emplace(path);
  if (is_new) found->second = read_openssl_config(path, config_source(files_));
  return found->second;
}

const ServerConfig& ProgramFiles::server_config(const KnownProgram& program,
                                                const std::string& path) {
  const auto [found, is_new] = server_configs_.try_emplace({program.name, path});
  if (is_new) found->second = program.read_config(path, config_source(files_));
  return found->second;
}

const Result<LibraryText>& ProgramFiles::text(const std::string& key, std::string_view path) {
  return remembered(texts_, key, path, read_text);
}

const Result<std::optional<BuiltInTls>>& ProgramFiles::built_in(const std::string& key,
                                                                std::string_view path) {
  return remembered(built_in_, key, path, read_built_in);
}

}  // namespace tuner
