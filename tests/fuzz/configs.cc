// Configurations and process files that a program of anyone brings along.
//   o openssl.cnf   l lighttpd   n nginx   h haproxy   c a command of SSL_CONF   w words
//   m /proc/PID/maps   g control group   u unit   b text of a program
// Several files of one input are /0 (the main one), /1, /2.
#include "fuzz/fuzz.h"
#include "host/files/unit_files.h"
#include "host/programs/mappings.h"
#include "model/programs/built_in_tls.h"
#include "model/programs/config_words.h"
#include "model/programs/openssl_config.h"
#include "model/programs/server_config.h"
#include "model/programs/service_name.h"
#include "model/programs/ssl_conf.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace {

using namespace tuner;
using fuzz::demand;

// Three files by the names /0 to /2; a pattern stands for all of them.
class Files {
 public:
  explicit Files(fuzz::Input input) {
    for (std::string_view& text : texts_) text = input.part();
  }

  ConfigSource source() {
    return {.read = [this](std::string_view path) -> Result<std::string> {
              ++reads_;
              if (path.size() == 2 && path[0] == '/' && path[1] >= '0' && path[1] <= '2')
                return std::string(texts_[static_cast<std::size_t>(path[1] - '0')]);
              return fail(Fault::NotFound, "no such file");
            },
            .match = [](std::string_view pattern) -> std::vector<std::string> {
              if (pattern.find_first_of("*?") == std::string_view::npos)
                return {std::string(pattern)};
              return {"/1", "/2"};
            }};
  }
  int reads() const { return reads_; }

 private:
  std::array<std::string_view, 3> texts_;
  int reads_ = 0;
};

void demand_place(const std::optional<bool>& ktls, const ConfigPlace& place) {
  if (ktls) demand(!place.file.empty() && place.line > 0, "what is said of kTLS has a place");
}

void demand_doubts(const std::vector<std::string>& doubts) {
  demand(doubts.size() <= 20, "doubts are few");
  for (const std::string& doubt : doubts)
    demand(!doubt.empty() && doubt.size() <= 1024, "a doubt has words, and not too many");
}

void openssl(fuzz::Input input) {
  Files files(input);
  const OpensslConfig config = read_openssl_config("/0", files.source());
  demand_place(config.ktls, config.ktls_place);
  demand_doubts(config.doubts);
  demand(files.reads() <= kMostConfigFiles, "files are few");
  demand(!config.ktls || !config.default_section.empty(), "only the system default counts");
  demand(config.default_section.empty() || !config.ssl_section.empty(),
         "each link has the one before");
}

void server(fuzz::Input input, ServerConfig (*read)(std::string_view, const ConfigSource&)) {
  Files files(input);
  const ServerConfig config = read("/0", files.source());
  demand_place(config.ktls, config.ktls_place);
  demand_doubts(config.doubts);
  demand(files.reads() <= kMostConfigFiles, "files are few");
}

void command(fuzz::Input input) {
  const std::string_view name = input.part();
  const std::string_view value = input.part();
  const auto upper = [](std::string_view text) {
    std::string made(text);
    for (char& c : made) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return made;
  };
  const SslConfEffect effect = ssl_conf_effect(name, value);
  const SslConfEffect same = ssl_conf_effect(upper(name), upper(value));
  demand(effect.ktls == same.ktls && effect.tls12 == same.tls12 && effect.tls13 == same.tls13,
         "case is no difference");
}

void words(fuzz::Input input) {
  const std::string_view text = input.rest();
  const auto line_ends = std::ranges::count(text, '\n');
  std::size_t total = 0;
  int line = 1;
  for (const ConfigWord& word : config_words(text, "=+>(){},;")) {
    demand(word.line >= line && word.line <= line_ends + 1, "lines ascend");
    demand(word.quoted || !word.text.empty(), "an unquoted word is not empty");
    line = word.line;
    total += word.text.size();
  }
  demand(total <= text.size(), "words are of the text");
}

void maps(fuzz::Input input) {
  const std::string_view text = input.rest();
  std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint64_t>> seen;
  for (const MappedFile& file : mapped_files(text)) {
    demand(file.inode != 0 && file.path.starts_with('/'), "a mapped file has an inode and a path");
    demand(seen.emplace(file.major, file.minor, file.inode).second, "a file is listed once");
    demand(file.path.size() <= text.size() && file.range.size() <= text.size(), "of the text");
  }
}

void control_groups(fuzz::Input input) {
  const std::string_view text = input.rest();
  const std::string_view group = control_group(text);
  demand(group.find('\n') == std::string_view::npos, "a control group is one line");
  for (const std::string& name : {service_name(group), service_name(text)}) {
    demand(name.empty() || name.ends_with(".service") || name.ends_with(".scope"), "a unit");
    demand(name.find('/') == std::string::npos, "a unit has no folder");
  }
}

void units(fuzz::Input input) {
  std::vector<std::string> commands;
  read_exec_start(input.part(), commands);
  std::vector<std::string> environment;
  read_service_key(input.part(), "Environment", environment);
  commands.insert(commands.end(), environment.begin(), environment.end());
  for (const std::string& value : commands) {
    demand(!value.empty(), "an empty value clears");
    demand(value.find('\n') == std::string::npos, "a value is one line");
  }
}

// A text is found in whichever of two blocks it lies.
void built_in(fuzz::Input input) {
  const std::string_view text = input.rest();
  BuiltInTlsSearch whole;
  whole.feed(text);
  const auto found = whole.found();
  BuiltInTlsSearch twice;
  twice.feed(text.substr(0, text.size() / 2));
  twice.feed(text);
  demand(found.has_value() == twice.found().has_value(), "a block more changes nothing");
  if (found) demand(found->version.size() <= text.size(), "a version is of the text");
}

FUZZ_TARGET(configs) {
  fuzz::Input input(data, size);
  switch (input.kind()) {
    case 'o': openssl(input); break;
    case 'l': server(input, read_lighttpd_config); break;
    case 'n': server(input, read_nginx_config); break;
    case 'h': server(input, read_haproxy_config); break;
    case 'c': command(input); break;
    case 'w': words(input); break;
    case 'm': maps(input); break;
    case 'g': control_groups(input); break;
    case 'u': units(input); break;
    case 'b': built_in(input); break;
    default: break;
  }
  return 0;
}

}  // namespace
