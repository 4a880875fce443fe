#include "model/programs/ktls_config.h"

#include "base/text.h"
#include "model/utf8.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

constexpr std::string_view kInit = "ktls_tuner_init";
constexpr std::string_view kSsl = "ktls_tuner_ssl";
constexpr std::string_view kDefault = "ktls_tuner_default";

// Characters that config(5) gives no meaning in a path or in the name of a section.
bool is_plain(char c) {
  constexpr std::string_view kSigns = "/_-.+:@%,~ ";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kSigns.find(c) != std::string_view::npos;
}

Outcome is_plain(std::string_view what, std::string_view name) {
  if (!name.empty() && name == trim(name) &&
      std::ranges::all_of(name, [](char c) { return is_plain(c); }))
    return {};
  return fail(Fault::Refused,
              fmt::format("{} {} has a character with a meaning in OpenSSL's configurations", what,
                          in_quotes(name)),
              "use a name of letters, digits and the signs / _ - .");
}

// A prefix that the base uses already would replace its command.
std::string free_command(const OpensslConfig& base) {
  std::string command = "ktls-tuner.Options";
  for (int i = 2; std::ranges::count(base.commands, command) > 0; ++i)
    command = fmt::format("ktls-tuner-{}.Options", i);
  return command;
}

}  // namespace

Result<KtlsConfig> ktls_config(std::string_view path, const OpensslConfig& base,
                               KtlsOption option) {
  if (base.incomplete)
    return fail(Fault::Refused,
                fmt::format("which section of {} counts is not known: {}", path,
                            base.doubts.empty() ? "a file was not read" : base.doubts.front()),
                "make the file readable, or correct its .include lines");
  KtlsConfig config{.lines = {}, .section = {}, .command = free_command(base), .added = {}};
  // The name of a link: the base's, or ours with a line that makes it.
  const auto link = [&](const std::string& known, std::string_view ours, const char* name) {
    if (known.empty()) config.added.emplace_back(name);
    return known.empty() ? std::string(ours) : known;
  };
  const std::string init = link(base.init_section, kInit, "openssl_conf");
  const std::string ssl = link(base.ssl_section, kSsl, "ssl_conf");
  config.section = link(base.default_section, kDefault, "system_default");
  for (const std::string& section : {init, ssl, config.section}) TRY(is_plain("section", section));
  // Before the include: the name belongs to the default section, and an included file may end in
  // another one.
  if (base.init_section.empty()) config.lines += fmt::format("openssl_conf = {}\n", init);
  if (!base.files.empty()) {
    TRY(is_plain("the path", path));
    config.lines += fmt::format(".include {}\n", path);
  }
  // A heading that the base has, too, continues its section (_CONF_get_section() of def_load_bio(),
  // crypto/conf/conf_def.c).
  if (base.ssl_section.empty()) config.lines += fmt::format("\n[{}]\nssl_conf = {}\n", init, ssl);
  if (base.default_section.empty())
    config.lines += fmt::format("\n[{}]\nsystem_default = {}\n", ssl, config.section);
  config.lines += fmt::format("\n[{}]\n{} = {}KTLS\n", config.section, config.command,
                              option == KtlsOption::Off ? "-" : "");
  return config;
}

}  // namespace tuner
