#include "model/programs/server_config.h"

#include "base/text.h"
#include "model/programs/config_words.h"
#include "model/programs/ssl_conf.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace tuner {
namespace {

// A main file and those that it includes. What cannot be read is a doubt.
class Reader {
 public:
  explicit Reader(const ConfigSource& source) : source_(source), limits_(config_.doubts) {}
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  virtual ~Reader() = default;

  ServerConfig read(std::string_view main) {
    const auto slash = main.rfind('/');
    folder_ = main.substr(0, slash == std::string_view::npos ? 0 : slash);
    read_file(std::string(main));
    finish();
    return std::move(config_);
  }

 protected:
  virtual void take(const std::string& path, std::string_view text) = 0;
  virtual void finish() {}  // after the last file

  // Relative paths count from the folder of the main file.
  void include(std::string_view pattern) {
    if (!limits_.takes_include(pattern)) return;
    const std::string whole =
        pattern.starts_with('/') ? std::string(pattern) : fmt::format("{}/{}", folder_, pattern);
    for (const std::string& path : source_.match(whole)) read_file(path);
  }

  void doubt(std::string text) { limits_.doubt(std::move(text)); }

  // Of several blocks the worst case counts: what one switches on or allows stays so.
  void take_command(const ConfigWord& command, std::string_view value, const std::string& path) {
    const SslConfEffect effect = ssl_conf_effect(command.text, value);
    if (effect.ktls) take_ktls(*effect.ktls, {path, command.line});
    if (effect.tls13) allow_tls13(*effect.tls13);
  }
  void take_ktls(bool on, ConfigPlace place) {
    if (config_.ktls.value_or(false) && !on) return;
    config_.ktls = on;
    config_.ktls_place = std::move(place);
  }
  // For all blocks, whatever one says.
  void switch_off(ConfigPlace place) {
    config_.ktls = false;
    config_.ktls_place = std::move(place);
  }

  virtual void allow_tls13(bool allowed) {
    config_.tls13 = config_.tls13.value_or(false) || allowed;
  }
  void set_tls13(std::optional<bool> allowed) { config_.tls13 = allowed; }
  void has_tls(const std::string& path, int line) {
    if (!config_.tls) config_.tls_place = {path, line};
    config_.tls = true;
  }

 private:
  void read_file(const std::string& path) {
    if (!limits_.takes_file(path, depth_)) return;
    const auto text = source_.read(path);
    if (!text) return doubt(text.error().text);
    ++depth_;
    take(path, *text);
    --depth_;
  }

  const ConfigSource& source_;
  std::string folder_;
  ServerConfig config_;
  ConfigLimits limits_;  // after config_, to whose doubts it adds
  int depth_ = 0;
};

class Lighttpd : public Reader {
 public:
  using Reader::Reader;

 private:
  void take(const std::string& path, std::string_view text) override {
    const auto words = config_words(text, "=+>(){},");
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
      const ConfigWord& word = words[i];
      if (word.quoted) continue;
      if (word.text == "include" && words[i + 1].quoted) {
        include(words[i + 1].text);
      } else if (word.text == "include_shell") {
        include_shell(words[i + 1], path);
      } else if (i + 2 < words.size() && (words[i + 1].is("=") || words[i + 1].is("+="))) {
        assign(word.text, std::span(words).subspan(i + 2), path);
      }
    }
  }

  // A command is not run. Those of Debian list a folder, name the types of files, or the address.
  void include_shell(const ConfigWord& command, const std::string& path) {
    if (command.text.find("include-conf-enabled") != std::string::npos)
      return include("conf-enabled/*.conf");
    if (command.text.find("use-ipv6") != std::string::npos ||
        command.text.find("create-mime") != std::string::npos)
      return;
    doubt(fmt::format("{}:{}: include_shell is not run", path, command.line));
  }

  void assign(std::string_view name, std::span<const ConfigWord> value, const std::string& path) {
    if (name == "ssl.engine" && same_word(value.front().text, "enable"))
      has_tls(path, value.front().line);
    if (name != "ssl.openssl.ssl-conf-cmd") return;
    // ("MinProtocol" => "TLSv1.2", "Options" => "-KTLS")
    // A list without its end goes to the next assignment.
    const auto ends = [](const ConfigWord& word) {
      return word.is(")") || word.is("=") || word.is("+=");
    };
    for (std::size_t i = 0; i + 2 < value.size() && !ends(value[i]); ++i) {
      if (value[i + 1].is("=>")) take_command(value[i], value[i + 2].text, path);
    }
  }
};

class Nginx : public Reader {
 public:
  using Reader::Reader;

 private:
  // A server takes ssl_protocols from the nearest block around it that has them.
  struct Block {
    std::size_t outer = 0;
    bool listens = false;  // with TLS
    std::optional<bool> tls13;
  };

  void take(const std::string& path, std::string_view text) override {
    std::vector<ConfigWord> directive;
    for (ConfigWord& word : config_words(text, "{};")) {
      const bool ends = word.is(";") || word.is("{") || word.is("}");
      if (!ends) {
        directive.push_back(std::move(word));
        continue;
      }
      if (!directive.empty()) take_directive(directive, path);
      if (word.is("{")) begin_block();
      if (word.is("}")) now_ = blocks_[now_].outer;
      directive.clear();
    }
  }

  void begin_block() {
    blocks_.push_back({.outer = now_, .listens = false, .tls13 = {}});
    now_ = blocks_.size() - 1;
  }

  void allow_tls13(bool allowed) override {
    Reader::allow_tls13(allowed);
    auto& own = blocks_[now_].tls13;
    own = own.value_or(false) || allowed;
  }

  // Of the servers that listen with TLS the worst counts. Without one, as in a part of a
  // configuration, it is any word on it.
  void finish() override {
    bool any = false, allowed = false, by_default = false;
    // An outer block comes before those in it.
    for (Block& block : blocks_) {
      if (!block.tls13) block.tls13 = blocks_[block.outer].tls13;
      if (!block.listens) continue;
      any = true;
      allowed = allowed || block.tls13.value_or(false);
      by_default = by_default || !block.tls13;
    }
    if (any) set_tls13(!allowed && by_default ? std::nullopt : std::optional(allowed));
  }

  void listens(const std::string& path, int line) {
    has_tls(path, line);
    blocks_[now_].listens = true;
  }

  void take_directive(const std::vector<ConfigWord>& words, const std::string& path) {
    const std::string& name = words.front().text;
    const auto has = [&](std::string_view wanted) {
      return std::ranges::any_of(std::span(words).subspan(1), [&](const ConfigWord& word) {
        return same_word(word.text, wanted);
      });
    };
    if (name == "include" && words.size() > 1) include(words[1].text);
    if (name == "ssl_protocols") allow_tls13(has("TLSv1.3"));
    const int end = words.back().line;
    if (name == "listen" && (has("ssl") || has("quic"))) listens(path, end);
    // Obsolete since nginx 1.15.0, gone since 1.25.1.
    if (name == "ssl" && has("on")) listens(path, end);
    if (name == "ssl_certificate") has_tls(path, end);
    if (name == "ssl_conf_command" && words.size() > 2) take_command(words[1], words[2].text, path);
  }

  std::vector<Block> blocks_ = {{}};  // the first is the main context
  std::size_t now_ = 0;
};

class Haproxy : public Reader {
 public:
  using Reader::Reader;

 private:
  using Line = std::span<const ConfigWord>;

  // Each line is a keyword and its arguments. Lines behind a condition (.if) count as well.
  void take(const std::string& path, std::string_view text) override {
    const auto words = config_words(text, "");
    for (std::size_t begin = 0, end = 0; begin < words.size(); begin = end) {
      while (end < words.size() && words[end].line == words[begin].line) ++end;
      take_line(Line(words).subspan(begin, end - begin), path);
    }
  }

  void take_line(Line line, const std::string& path) {
    const std::string& keyword = line.front().text;
    // bind ADDRESS …, server NAME ADDRESS …: what is before the options.
    if (keyword == "bind") take_options(line, 2, path, binds_);
    if (keyword == "server") take_options(line, 3, path, servers_);
    if (keyword == "default-server") take_options(line, 1, path, servers_);
    if (keyword == "ssl-default-bind-options") binds_.excluded = excludes_tls13(line);
    if (keyword == "ssl-default-server-options") servers_.excluded = excludes_tls13(line);
    if (keyword == "noktls") off_ = ConfigPlace{path, line.front().line};
  }

  // Lines with TLS of one kind.
  struct Kind {
    bool excluded = false;  // TLS 1.3, by the section global
    bool open = false;      // one does not exclude TLS 1.3 itself
    bool any = false;
  };

  void take_options(Line line, std::size_t first, const std::string& path, Kind& kind) {
    const Line options = line.subspan(std::min(first, line.size()));
    for (std::size_t i = 0; i < options.size(); ++i) {
      if (options[i].text == "ktls" && i + 1 < options.size())
        take_ktls(options[i + 1].text == "on", {path, options[i].line});
      if (options[i].text != "ssl") continue;
      has_tls(path, options[i].line);
      kind.any = true;
      kind.open = kind.open || !excludes_tls13(options);
    }
  }

  static bool excludes_tls13(Line options) {
    for (std::size_t i = 0; i < options.size(); ++i) {
      const std::string& option = options[i].text;
      if (option == "no-tlsv13") return true;
      if (option.starts_with("force-tlsv1") && option != "force-tlsv13") return true;
      if (option == "ssl-max-ver" && i + 1 < options.size() && options[i + 1].text != "TLSv1.3")
        return true;
    }
    return false;
  }

  void finish() override {
    include("conf.d/*.cfg");  // by the unit of Debian's package, from 3.4 on
    if (off_) switch_off(*off_);
    if (binds_.any || servers_.any)
      set_tls13((binds_.open && !binds_.excluded) || (servers_.open && !servers_.excluded));
  }

  Kind binds_, servers_;
  std::optional<ConfigPlace> off_;
};

}  // namespace

ServerConfig read_lighttpd_config(std::string_view path, const ConfigSource& source) {
  return Lighttpd(source).read(path);
}

ServerConfig read_nginx_config(std::string_view path, const ConfigSource& source) {
  return Nginx(source).read(path);
}

ServerConfig read_haproxy_config(std::string_view path, const ConfigSource& source) {
  return Haproxy(source).read(path);
}

}  // namespace tuner
