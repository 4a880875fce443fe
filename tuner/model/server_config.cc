#include "model/server_config.h"

#include "base/text.h"
#include "model/config_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <span>

namespace tuner {
namespace {

std::string folder_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return std::string(path.substr(0, slash == std::string_view::npos ? 0 : slash));
}

// The files of one configuration: each is read once, and what cannot be read is a doubt.
class Files {
 public:
  Files(std::string_view main, const ConfigSource& source, ServerConfig& config)
      : folder_(folder_of(main)), source_(source), config_(config) {}

  using Take = std::function<void(const std::string& path, std::string_view text, int depth)>;

  // Relative paths count from the folder of the main file.
  void include(std::string_view pattern, int depth, const Take& take) {
    const std::string whole =
        pattern.starts_with('/') ? std::string(pattern) : fmt::format("{}/{}", folder_, pattern);
    for (const std::string& path : source_.match(whole)) read(path, depth, take);
  }

  void read(const std::string& path, int depth, const Take& take) {
    if (depth > kDeepestInclude || ++count_ > kMostConfigFiles)
      return doubt(fmt::format("{} was not read: too many included files", path));
    const auto text = source_.read(path);
    if (!text) return doubt(text.error().text);
    take(path, *text, depth);
  }

  void doubt(std::string text) { config_.doubts.push_back(std::move(text)); }

 private:
  std::string folder_;
  const ConfigSource& source_;
  ServerConfig& config_;
  int count_ = 0;
};

// One word on kTLS: the last one counts, but what a block switched on stays on.
void say_ktls(ServerConfig& config, bool on, const std::string& path, int line) {
  if (config.ktls.value_or(false) && !on) return;
  config.ktls = on;
  config.ktls_place = {path, line};
}

void allow_tls13(ServerConfig& config, bool allowed) {
  config.tls13 = config.tls13.value_or(false) || allowed;
}

// A list of options in OpenSSL's words: "KTLS", "-KTLS,NoTicket".
void take_options(ServerConfig& config, std::string_view words, const std::string& path, int line) {
  for (std::string_view word : split(words, ',')) {
    word = trim(word);
    const bool off = word.starts_with('-');
    if (off || word.starts_with('+')) word.remove_prefix(1);
    if (same_word(word, "KTLS")) say_ktls(config, !off, path, line);
  }
}

class Lighttpd {
 public:
  Lighttpd(std::string_view main, const ConfigSource& source)
      : main_(main), files_(main, source, config_) {}

  ServerConfig read() {
    files_.read(main_, 0, take_);
    return std::move(config_);
  }

 private:
  void take(const std::string& path, std::string_view text, int depth) {
    const auto words = config_words(text, "=+>(){},");
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
      const ConfigWord& word = words[i];
      if (word.quoted) continue;
      if (word.text == "include" && words[i + 1].quoted) {
        files_.include(words[i + 1].text, depth + 1, take_);
      } else if (word.text == "include_shell") {
        include_shell(words[i + 1], path, depth);
      } else if (i + 2 < words.size() && (words[i + 1].is("=") || words[i + 1].is("+="))) {
        assign(word.text, std::span(words).subspan(i + 2), path);
      }
    }
  }

  // A command is not run. Debian's own one lists a folder.
  void include_shell(const ConfigWord& command, const std::string& path, int depth) {
    if (command.text.find("include-conf-enabled") != std::string::npos)
      return files_.include("conf-enabled/*.conf", depth + 1, take_);
    if (command.text.find("use-ipv6") != std::string::npos) return;
    files_.doubt(fmt::format("{}:{}: include_shell is not run", path, command.line));
  }

  void assign(std::string_view name, std::span<const ConfigWord> value, const std::string& path) {
    if (name == "ssl.engine" && same_word(value.front().text, "enable")) config_.tls = true;
    if (name == "ssl.openssl.ssl-conf-cmd") take_commands(value, path);
  }

  // ("MinProtocol" => "TLSv1.2", "Options" => "-KTLS")
  void take_commands(std::span<const ConfigWord> words, const std::string& path) {
    for (std::size_t i = 0; i + 2 < words.size() && !words[i].is(")"); ++i) {
      if (!words[i + 1].is("=>")) continue;
      const std::string& value = words[i + 2].text;
      if (same_word(words[i].text, "Options"))
        take_options(config_, value, path, words[i].line);
      else if (same_word(words[i].text, "MaxProtocol"))
        allow_tls13(config_, same_word(value, "TLSv1.3") || same_word(value, "None"));
      else if (same_word(words[i].text, "Protocol"))
        allow_tls13(config_, value.find("-TLSv1.3") == std::string::npos &&
                                 (value.find("TLSv1.3") != std::string::npos ||
                                  value.find("ALL") != std::string::npos));
    }
  }

  std::string main_;
  ServerConfig config_;
  Files files_;
  Files::Take take_ = [this](const std::string& path, std::string_view text, int depth) {
    take(path, text, depth);
  };
};

class Nginx {
 public:
  Nginx(std::string_view main, const ConfigSource& source)
      : main_(main), files_(main, source, config_) {}

  ServerConfig read() {
    files_.read(main_, 0, take_);
    return std::move(config_);
  }

 private:
  void take(const std::string& path, std::string_view text, int depth) {
    std::vector<ConfigWord> directive;
    for (ConfigWord& word : config_words(text, "{};")) {
      const bool ends = word.is(";") || word.is("{") || word.is("}");
      if (!ends) {
        directive.push_back(std::move(word));
        continue;
      }
      if (!directive.empty()) take_directive(directive, path, depth);
      directive.clear();
    }
  }

  void take_directive(const std::vector<ConfigWord>& words, const std::string& path, int depth) {
    const std::string& name = words.front().text;
    const auto has = [&](std::string_view wanted) {
      return std::ranges::any_of(std::span(words).subspan(1), [&](const ConfigWord& word) {
        return same_word(word.text, wanted);
      });
    };
    if (name == "include" && words.size() > 1) files_.include(words[1].text, depth + 1, take_);
    if (name == "ssl_protocols") allow_tls13(config_, has("TLSv1.3"));
    if (name == "listen" && (has("ssl") || has("quic"))) config_.tls = true;
    if (name == "ssl_certificate" || (name == "ssl" && has("on"))) config_.tls = true;
    if (name == "ssl_conf_command" && words.size() > 2 && same_word(words[1].text, "Options"))
      take_options(config_, words[2].text, path, words[1].line);
  }

  std::string main_;
  ServerConfig config_;
  Files files_;
  Files::Take take_ = [this](const std::string& path, std::string_view text, int depth) {
    take(path, text, depth);
  };
};

}  // namespace

ServerConfig read_lighttpd_config(std::string_view path, const ConfigSource& source) {
  return Lighttpd(path, source).read();
}

ServerConfig read_nginx_config(std::string_view path, const ConfigSource& source) {
  return Nginx(path, source).read();
}

}  // namespace tuner
