#include "model/programs/openssl_config.h"

#include "base/text.h"
#include "model/programs/ssl_conf.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace tuner {
namespace {

struct Assignment {
  std::string section, name, value;
  ConfigPlace place;
};

// The part before a '#' that is not quoted or escaped.
std::string_view without_comment(std::string_view line) {
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '\\') {
      ++i;
    } else if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '#') {
      return line.substr(0, i);
    }
  }
  return line;
}

std::string_view unquoted(std::string_view text) {
  text = trim(text);
  const bool quoted = text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
                      text.back() == text.front();
  return quoted ? text.substr(1, text.size() - 2) : text;
}

// The value of a directive: ".include /x", ".include = /x".
std::optional<std::string_view> directive(std::string_view line, std::string_view name) {
  if (!line.starts_with(name)) return std::nullopt;
  std::string_view rest = trim(line.substr(name.size()));
  if (rest.starts_with('=')) rest = trim(rest.substr(1));
  return unquoted(rest);
}

// Whether the next line continues this one. OpenSSL looks before it removes comments, so a comment
// that ends in a backslash swallows the next line; two backslashes are one that is escaped.
bool continues(std::string_view line) {
  return line.ends_with('\\') && !line.ends_with("\\\\");
}

// The module of a line of the init section: the text from the last dot on only makes its name
// unique (module_find() in crypto/conf/conf_mod.c).
std::string_view module_of(std::string_view name) {
  return name.substr(0, name.rfind('.'));
}

// Reads a file and those that it includes, in the order in which OpenSSL does
// (def_load_bio() in crypto/conf/conf_def.c): an included file continues the section of the line.
class Reader {
 public:
  Reader(const ConfigSource& source, OpensslConfig& config)
      : source_(source), config_(config), limits_(config.doubts) {}

  void read(std::string_view path, int depth) {
    if (!limits_.takes_file(path, depth)) {
      config_.incomplete = true;
      return;
    }
    const auto text = source_.read(path);
    if (!text && is_absent(text.error())) {
      config_.missing.emplace_back(path);
      return;
    }
    if (!text) {
      config_.incomplete = true;
      limits_.doubt(text.error().text);
      return;
    }
    config_.files.emplace_back(path);
    int number = 0;
    int first = 0;
    std::string joined;
    for (std::string_view line : lines(*text)) {
      ++number;
      if (joined.empty()) first = number;
      if (line.ends_with('\r')) line.remove_suffix(1);
      const bool more = continues(line);
      joined += more ? line.substr(0, line.size() - 1) : line;
      if (more) continue;
      take_line(trim(without_comment(joined)), {std::string(path), first}, depth);
      joined.clear();
    }
    if (!joined.empty())
      take_line(trim(without_comment(joined)), {std::string(path), first}, depth);
  }

  // set() keeps one of each name.
  std::string value(std::string_view section, std::string_view name) {
    const auto known = places_.find({std::string(section), std::string(name)});
    return known == places_.end() ? std::string() : used(all_[known->second]).value;
  }

  // The value of a module, of which each further one replaces the one before.
  std::string module(std::string_view section, std::string_view name) {
    std::string value;
    for (const Assignment& it : all_) {
      if (it.section == section && module_of(it.name) == name) value = used(it).value;
    }
    return value;
  }

  // The assignments of a section, in order.
  std::vector<Assignment> section(std::string_view name) {
    std::vector<Assignment> found;
    for (const Assignment& it : all_) {
      if (it.section == name) found.push_back(used(it));
    }
    return found;
  }

 private:
  void take_line(std::string_view line, ConfigPlace place, int depth) {
    if (line.empty()) return;
    if (line.starts_with('[')) {
      const auto end = line.find(']');
      section_ = trim(line.substr(1, end == std::string_view::npos ? end : end - 1));
      return;
    }
    if (const auto path = directive(line, ".include")) return include(*path, depth);
    if (line.starts_with('.')) return;  // .pragma
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) return;
    std::string_view name = trim(line.substr(0, equals));
    std::string section = section_;
    if (const auto colons = name.find("::"); colons != std::string_view::npos) {
      section = std::string(name.substr(0, colons));
      name.remove_prefix(colons + 2);
    }
    set({std::move(section), std::string(name), std::string(unquoted(line.substr(equals + 1))),
         std::move(place)});
  }

  // Only what decides is worth a doubt: the system's own file has variables everywhere.
  const Assignment& used(const Assignment& assignment) {
    if (assignment.value.find('$') != std::string::npos)
      limits_.doubt(fmt::format("{}: a variable is not expanded", to_text(assignment.place)));
    return assignment;
  }

  // A later value of the same name replaces the earlier one at its place.
  void set(Assignment assignment) {
    const auto [known, is_new] =
        places_.try_emplace({assignment.section, assignment.name}, all_.size());
    if (is_new)
      all_.push_back(std::move(assignment));
    else
      all_[known->second] = std::move(assignment);
  }

  // A folder stands for its files that end in .cnf or .conf.
  void include(std::string_view path, int depth) {
    if (!limits_.takes_include(path)) {
      config_.incomplete = true;
      return;
    }
    std::vector<std::string> found;
    for (const char* pattern : {"/*.cnf", "/*.conf"}) {
      for (std::string& file : source_.match(std::string(path) + pattern))
        found.push_back(std::move(file));
    }
    std::ranges::sort(found);
    const bool empty_folder = found.empty() && source_.is_folder && source_.is_folder(path);
    if (empty_folder) return;
    if (found.empty()) return read(path, depth + 1);
    for (const std::string& file : found) read(file, depth + 1);
  }

  const ConfigSource& source_;
  OpensslConfig& config_;
  ConfigLimits limits_;
  std::vector<Assignment> all_;
  std::map<std::pair<std::string, std::string>, std::size_t> places_;  // by section and name
  std::string section_ = "default";
};

// A command may have a prefix, which only makes its name unique (ssl_conf handling in
// crypto/conf/conf_ssl.c: the text up to the first dot is dropped).
std::string_view command_of(std::string_view name) {
  const auto dot = name.find('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

void take_command(OpensslConfig& config, const Assignment& assignment) {
  const SslConfEffect effect = ssl_conf_effect(command_of(assignment.name), assignment.value);
  if (effect.ktls) {
    config.ktls = effect.ktls;
    config.ktls_place = assignment.place;
  }
  config.tls12 = effect.tls12.value_or(config.tls12);
  config.tls13 = effect.tls13.value_or(config.tls13);
}

}  // namespace

OpensslConfig read_openssl_config(std::string_view path, const ConfigSource& source) {
  OpensslConfig config;
  Reader reader(source, config);
  reader.read(path, 0);
  config.init_section = reader.value("default", "openssl_conf");
  if (!config.init_section.empty())
    config.ssl_section = reader.module(config.init_section, "ssl_conf");
  if (!config.ssl_section.empty())
    config.default_section = reader.value(config.ssl_section, "system_default");
  if (config.default_section.empty()) return config;
  for (const Assignment& assignment : reader.section(config.default_section)) {
    config.commands.push_back(assignment.name);
    take_command(config, assignment);
  }
  return config;
}

}  // namespace tuner
