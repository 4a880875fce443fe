#include "host/programs/process.h"

#include "base/text.h"
#include "host/files/small_files.h"
#include "host/process/process.h"
#include "host/programs/mappings.h"
#include "host/programs/services.h"
#include "model/programs/known_programs.h"
#include "model/programs/service_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <elf.h>

namespace tuner {
namespace {

// Of one process: a hostile one can map as many files as it likes. The largest browsers map some
// hundred.
constexpr std::size_t kMostFiles = 1000;
constexpr std::size_t kMostTlsLibraries = 50;

// libcrypto alone is no TLS.
bool does_tls(TlsLibrary library, std::string_view name) {
  return library != TlsLibrary::OpenSsl || name.starts_with("libssl") || name.starts_with("libtls");
}

bool is_library_file(std::string_view path) {
  return path.find(".so") != std::string_view::npos;
}

// The process's own view of its files: its root may be that of a container.
class Process {
 public:
  Process(const FileTree& files, ProgramFiles& program_files, int pid)
      : files_(files), program_files_(program_files), folder_(fmt::format("/proc/{}", pid)) {
    program_.pids = {pid};
  }

  Result<std::optional<Program>> look() {
    // Much is read by the number of the process, which may be given to another one meanwhile: then
    // nothing of it counts.
    const auto began = start();
    const auto maps = files_.read(folder_ + "/maps");
    if (!maps && is_absent(maps.error())) return std::nullopt;
    if (!maps) return fail(maps.error());
    if (has_no_tls(*maps)) return std::nullopt;
    if (!began) return fail(began.error());
    look_at(*maps);
    if (start().value_or(std::nullopt) != *began || !*began) {
      // Files were opened by the number of the process, so some may be those of its successor.
      program_files_.forget();
      return std::nullopt;
    }
    if (not_whole_) return fail(*not_whole_);
    if (program_.libraries.empty()) return std::nullopt;
    return std::move(program_);
  }

 private:
  // Clock ticks since boot; nullopt: it has ended.
  Result<std::optional<std::int64_t>> start() const {
    const auto text = files_.read(folder_ + "/stat");
    if (!text && !is_absent(text.error())) return fail(text.error());
    const auto stat =
        text ? parse_process_stat(*text, program_.pids.front()) : std::optional<ProcessStat>();
    return stat ? std::optional(stat->identity.start) : std::nullopt;
  }

  // Most processes have no TLS library, and an executable that others have, too: their maps need
  // not be taken apart.
  bool has_no_tls(std::string_view maps) const {
    if (may_have_tls(maps)) return false;
    const auto first = mapped_files(maps.substr(0, maps.find('\n') + 1));
    if (first.empty() || maps.find("libcrypto") != std::string_view::npos) return true;
    const std::string key = key_of(first.front());
    if (!program_files_.knows_built_in(key)) return false;
    const auto& found = program_files_.built_in(key, folder_ + "/exe");
    return found && !*found;
  }

  void look_at(std::string_view maps) {
    program_files_.next_program();
    if (may_have_tls(maps)) {
      mapped_ = mapped_files(maps);
      add_libraries();
    } else {
      look_into_executable(maps);
    }
    if (not_whole_ || program_.libraries.empty()) return;
    add_names();
    add_transport();
    add_status();
    add_files();
  }

  static bool may_have_tls(std::string_view maps) {
    constexpr std::array<std::string_view, 9> kParts{"libssl",  "libtls",   "libgnutls",
                                                     "libnss3", "libjvm",   "libmbedtls",
                                                     "libs2n",  "libbotan", "libwolfssl"};
    constexpr std::array<std::string_view, 3> kMore{"libboringssl", "tcnative", "conscrypt"};
    const auto there = [&](std::string_view part) {
      return maps.find(part) != std::string_view::npos;
    };
    return std::ranges::any_of(kParts, there) || std::ranges::any_of(kMore, there);
  }

  // With libcrypto mapped, its text in the program is only that of the headers it was built with.
  void look_into_executable(std::string_view maps) {
    if (maps.empty() || maps.find("libcrypto") != std::string_view::npos) return;
    const auto first = mapped_files(maps.substr(0, maps.find('\n') + 1));
    if (first.empty()) return;
    const auto& found = program_files_.built_in(key_of(first.front()), folder_ + "/exe");
    if (!found && found.error().fault == Fault::TooLarge)
      not_whole_ = Error{.fault = Fault::TooLarge,
                         .text = fmt::format("{}: only its first {} MiB were looked at",
                                             first.front().path, ProgramFiles::kMostText >> 20U),
                         .hint = {}};
    if (!found || !*found) return;
    program_.libraries.push_back({.kind = (*found)->kind,
                                  .path = first.front().path,
                                  .version = (*found)->version,
                                  .built_in = true});
    openssl_dir_ = (*found)->openssl_dir;
  }

  void add_libraries() {
    for (const MappedFile& file : mapped_) {
      const std::string_view name = base_name(file.path);
      const auto library = tls_library(name);
      if (program_.libraries.size() == kMostTlsLibraries)
        return program_.doubts.push_back("more TLS libraries: there are too many");
      if (library && does_tls(*library, name))
        program_.libraries.push_back(
            {.kind = *library, .path = file.path, .version = {}, .replaced = file.deleted});
    }
  }

  void add_names() {
    program_.name = read_word(files_, folder_ + "/comm");
    const auto cgroup = files_.read(folder_ + "/cgroup");
    if (cgroup)
      program_.service = service_name(control_group(*cgroup));
    else if (!is_absent(cgroup.error()))
      program_.doubts.push_back(cgroup.error().text);
    if (const auto executable = files_.resolve(folder_ + "/exe"))
      program_.executable = without_deleted(*executable);
    else if (!is_absent(executable.error()))
      program_.doubts.push_back(executable.error().text);
    // The name of a thread may be anything; that of the file says which program it is.
    const std::string_view file = base_name(program_.executable);
    if (known_program(file) != nullptr) program_.name = std::string(file);
    if (program_.name.empty()) program_.name = std::string(file);
  }

  static std::string without_deleted(std::string path) {
    constexpr std::string_view kDeleted = " (deleted)";
    if (path.ends_with(kDeleted)) path.resize(path.size() - kDeleted.size());
    return path;
  }

  static std::string key_of(const MappedFile& file) {
    return fmt::format("{}:{}:{}", file.major, file.minor, file.inode);
  }

  // map_files opens the very file, also in another mount namespace and after it was removed. A
  // recording does not have it: then the path is looked at.
  std::string place_of(const MappedFile& file) const {
    std::string by_range = fmt::format("{}/map_files/{}", folder_, file.range);
    return files_.exists(by_range) ? by_range : file.path;
  }

  // The executable and each library that hands connections to libssl, but not libssl itself.
  void add_transport() {
    std::vector<TlsTransport> all;
    std::size_t count = 0;
    for (const MappedFile& file : mapped_) {
      const std::string_view name = base_name(file.path);
      if (tls_library(name) || !(is_library_file(name) || file.path == program_.executable))
        continue;
      if (++count > kMostFiles) {
        program_.doubts.emplace_back("more of its libraries: there are too many");
        break;
      }
      const std::string key = key_of(file);
      const auto* known = program_files_.known_links(key);
      const auto& links = known != nullptr ? *known : program_files_.links(key, place_of(file));
      if (links)
        all.push_back(links->transport);
      else if (links.error().fault != Fault::Invalid || file.path == program_.executable)
        program_.doubts.push_back(links.error().text);  // else no ELF file: a cache, an archive
    }
    program_.transport = combined(all);
  }

  // The CPUs that it may use, and whether a seccomp filter is in place (proc_pid_status(5)). A
  // process that has ended has neither.
  void add_status() {
    const auto text = files_.read(folder_ + "/status");
    if (!text && !is_absent(text.error())) program_.doubts.push_back(text.error().text);
    if (!text) return;
    for (const std::string_view line : lines(*text)) {
      const auto words = split_whitespace(line);
      if (words.size() != 2) continue;
      if (words[0] == "Seccomp:") program_.seccomp = words[1] == "2";  // SECCOMP_MODE_FILTER
      if (words[0] != "Cpus_allowed_list:") continue;
      if (auto cpus = CpuSet::parse_list(words[1])) program_.cpus = std::move(*cpus);
    }
  }

  void add_files() {
    add_versions();
    if (!has_our_root() && !entered_its_root()) {
      program_.doubts.emplace_back("its configuration is in another root and was not looked at");
      return;
    }
    const auto arguments = strings("cmdline");
    program_.ignores_environment = ignores_environment();
    add_configuration(program_files_, arguments, program_.ignores_environment ? "" : openssl_conf(),
                      openssl_dir_, program_);
  }

  // The version of OpenSSL and its OPENSSLDIR stand in libcrypto.
  void add_versions() {
    for (const MappedFile& file : mapped_) {
      if (!base_name(file.path).starts_with("libcrypto")) continue;
      const std::string key = key_of(file);
      const auto* known = program_files_.known_text(key);
      const auto& text = known != nullptr ? *known : program_files_.text(key, place_of(file));
      if (!text) {
        program_.doubts.push_back(text.error().text);
        continue;
      }
      openssl_dir_ = text->openssl_dir;
      for (ProgramLibrary& library : program_.libraries) {
        if (library.kind == TlsLibrary::OpenSsl) library.version = text->version;
      }
    }
  }

  bool has_our_root() const {
    const auto ours = files_.identity("/");
    const auto its = files_.identity(folder_ + "/root");
    return ours && its && *ours == *its;
  }

  // A server that locks itself into a folder (chroot) has read its configuration before: then its
  // file system is ours, and its executable lies outside of that folder. One that was started in
  // there, or in a container, has other files.
  bool entered_its_root() const {
    const auto ours = files_.resolve("/proc/self/ns/mnt");
    const auto its = files_.resolve(folder_ + "/ns/mnt");
    const auto root = files_.resolve(folder_ + "/root");
    return ours && its && *ours == *its && root && root->starts_with('/') &&
           program_.executable.starts_with('/') && !program_.executable.starts_with(*root + "/");
  }

  std::vector<std::string> strings(std::string_view name) {
    const auto text = files_.read(fmt::format("{}/{}", folder_, name));
    if (!text) {
      if (!is_absent(text.error())) program_.doubts.push_back(text.error().text);
      return {};
    }
    std::vector<std::string> all;
    for (const std::string_view part : split(*text, '\0')) all.emplace_back(part);
    return all;
  }

  // nginx and others write their title over the environment that /proc shows; OpenSSL has read it
  // by then. What systemd gave the service is still known.
  std::string openssl_conf() {
    constexpr std::string_view kName = "OPENSSL_CONF=";
    const auto environment = strings("environ");
    bool whole = false;
    for (const std::string& assignment : environment) {
      if (assignment.starts_with(kName)) return assignment.substr(kName.size());
      whole = whole || assignment.starts_with("PATH=");
    }
    return whole || program_.service.empty()
               ? std::string()
               : openssl_conf_of_unit(files_, program_.service, program_.doubts);
  }

  // libcrypto reads no environment in a set-uid program or one with file capabilities
  // (secure_getenv(3)): AT_SECURE in the auxiliary vector (getauxval(3)).
  bool ignores_environment() const {
    const auto text = files_.read(folder_ + "/auxv");
    if (!text) return false;
    for (std::size_t at = 0; at + sizeof(Elf64_auxv_t) <= text->size();
         at += sizeof(Elf64_auxv_t)) {
      Elf64_auxv_t entry{};
      std::memcpy(&entry, text->data() + at, sizeof entry);
      if (entry.a_type == AT_SECURE) return entry.a_un.a_val != 0;
    }
    return false;
  }

  const FileTree& files_;
  ProgramFiles& program_files_;
  std::string folder_;
  std::string openssl_dir_;
  std::optional<Error> not_whole_;
  Program program_;
  std::vector<MappedFile> mapped_;
};

// "-f FILE" or "-fFILE" of a command line; else the usual file, as for the variable of a unit.
std::string own_config(const KnownProgram& known, const std::vector<std::string>& arguments) {
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word == known.config_option && i + 1 < arguments.size())
      return arguments[i + 1].starts_with('$') ? std::string(known.config) : arguments[i + 1];
    if (word.size() > known.config_option.size() && word.starts_with(known.config_option))
      return word.substr(known.config_option.size());
  }
  return std::string(known.config);
}

// Of one that has TLS only by an option of its command line. The script of a unit adds options.
std::optional<ServerConfig> config_of_command(const KnownProgram& known,
                                              const std::vector<std::string>& arguments) {
  if (known.tls_option.empty() || arguments.empty() || trim(arguments.front()).empty())
    return std::nullopt;
  if (started_by(base_name(arguments.front())) != nullptr) return std::nullopt;
  const char letter = known.tls_option.back();
  const bool tls = std::any_of(arguments.begin() + 1, arguments.end(), [&](std::string_view word) {
    const bool group = word.starts_with('-') && !word.starts_with("--");
    return word == known.long_tls_option || (group && word.find(letter) != std::string::npos);
  });
  return ServerConfig{.tls = tls};
}

}  // namespace

void add_configuration(ProgramFiles& files, const std::vector<std::string>& arguments,
                       const std::string& from_environment, const std::string& openssl_dir,
                       Program& program) {
  const KnownProgram* known = known_program(program.name);
  if (known != nullptr && known->read_config != nullptr)
    program.config = files.server_config(*known, own_config(*known, arguments));
  else if (known != nullptr)
    program.config = config_of_command(*known, arguments);
  if (from_environment.empty() && openssl_dir.empty()) return;
  const std::string path =
      from_environment.empty() ? openssl_dir + "/openssl.cnf" : from_environment;
  const OpensslConfig& config = files.openssl_config(path);
  program.openssl = ProgramOpenssl{.path = path,
                                   .from_environment = !from_environment.empty(),
                                   .ktls = config.ktls,
                                   .ktls_place = config.ktls_place,
                                   .tls12 = config.tls12,
                                   .tls13 = config.tls13};
  std::ranges::copy(config.doubts, std::back_inserter(program.doubts));
}

Result<std::optional<Program>> tls_process(const FileTree& files, ProgramFiles& program_files,
                                           int pid) {
  return Process(files, program_files, pid).look();
}

}  // namespace tuner
