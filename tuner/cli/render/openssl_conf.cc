#include "cli/render/openssl_conf.h"

#include "base/text.h"
#include "model/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tuner {
namespace {

using document::or_null;
using document::word;

// OpenSSL looks for a backslash at the end of a line before it removes comments.
template <typename... T>
void comment(std::string& text, fmt::format_string<T...> format, T&&... words) {
  std::string line = escaped_line(fmt::format(format, std::forward<T>(words)...));
  if (line.ends_with('\\')) line += " .";
  text += line.empty() ? "#\n" : fmt::format("# {}\n", line);
}

bool is_harmless(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

std::string stem_of(const ConfUse& use) {
  if (!use.program) return "ktls-tuner";
  std::string_view name = use.unit.empty() ? use.program->name : use.unit;
  if (name.ends_with(".service")) name.remove_suffix(8);
  std::string stem = "ktls-tuner-";
  for (const char c : name) stem += is_harmless(c) ? c : '-';
  return stem;
}

std::string program_name(const Program& program) {
  return program.service.empty() ? program.name
                                 : fmt::format("{} ({})", program.name, program.service);
}

void add_heading(const KtlsConfig& config, const ConfUse& use, std::string& text) {
  comment(text, "OpenSSL configuration with kernel TLS, for {}.",
          use.program ? program_name(*use.program) : "one program");
  if (use.base.exists)
    comment(text, "It keeps everything of {} and adds the option KTLS.", use.base.path);
  else
    comment(text, "{} does not exist, so it has the option KTLS alone.", use.base.path);
  comment(text, "Printed by ktls-tuner openssl-conf; {} is the line that asks.", config.command);
  for (const AcceptedRisk risk : use.accepted)
    comment(text, "Accepted: {}: {}.", word_of(risk), use.effect.because);
}

void add_instructions(const ConfUse& use, std::string& text) {
  const std::string file = suggested_file(use);
  comment(text, "{}", "");
  comment(text, "To use it, save it as {}: owner root, readable for the program.", file);
  if (use.unit.empty()) {
    comment(text, "Then start the program with the environment variable");
    comment(text, "  OPENSSL_CONF={}", file);
    comment(text, "Not for the whole system: some programs break by it. --for SERVICE tells.");
    return;
  }
  comment(text, "Then run: systemctl edit '{}', and add:", use.unit);
  for (const std::string& line : drop_in_lines(use)) comment(text, "  {}", line);
  comment(text, "Then run: systemctl restart '{}'; a reload keeps the old environment.", use.unit);
  if (use.base.from_environment)
    comment(text, "An OPENSSL_CONF of an EnvironmentFile= would win over these lines.");
}

document::ConfEnd conf_end_document(const ContextSettings& base, ContextSettings now) {
  document::ConfEnd end{.asks_ktls = now.asks_ktls, .unchanged = false};
  // Everything but the option itself must be as it was.
  now.asks_ktls = base.asks_ktls;
  end.unchanged = now == base;
  return end;
}

std::optional<document::ConfProgram> program_document(const ConfUse& use) {
  if (!use.program) return std::nullopt;
  const Program& program = *use.program;
  std::string library;
  for (const ProgramLibrary& it : program.libraries) {
    if (it.kind == TlsLibrary::OpenSsl) library = it.version;
  }
  return document::ConfProgram{.name = program.name,
                               .service = or_null(program.service),
                               .executable = program.executable,
                               .library = or_null(library),
                               .effect = word(use.effect.kind),
                               .sure = use.effect.sure,
                               .already = use.effect.already,
                               .because = use.effect.because};
}

}  // namespace

std::string suggested_file(const ConfUse& use) {
  return fmt::format("/etc/ssl/{}.cnf", stem_of(use));
}

std::vector<std::string> drop_in_lines(const ConfUse& use) {
  return {"[Service]", fmt::format("Environment=OPENSSL_CONF={}", suggested_file(use))};
}

std::string conf_text(const KtlsConfig& config, const ConfUse& use) {
  std::string text;
  add_heading(config, use, text);
  add_instructions(use, text);
  return fmt::format("{}\n{}", text, config.lines);
}

document::OpensslConf conf_document(const KtlsConfig& config, const ConfUse& use,
                                    const ConfigReadback& base, const ConfigReadback& proof) {
  document::OpensslConf conf{.configuration = conf_text(config, use),
                             .file = suggested_file(use),
                             .base = use.base,
                             .added = config.added,
                             .program = program_document(use),
                             .accepted_risks = {},
                             .drop_in = {},
                             .proof = {.library = proof.library,
                                       .server = conf_end_document(base.server, proof.server),
                                       .client = conf_end_document(base.client, proof.client)}};
  for (const AcceptedRisk risk : use.accepted) conf.accepted_risks.push_back(word(risk));
  if (!use.unit.empty())
    conf.drop_in = document::DropIn{.unit = use.unit, .lines = drop_in_lines(use)};
  return conf;
}

}  // namespace tuner
