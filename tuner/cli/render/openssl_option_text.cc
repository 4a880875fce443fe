#include "cli/render/openssl_option_text.h"

#include "base/text.h"
#include "model/programs/openssl_option.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace tuner {
namespace {

using Kind = OptionEffect::Kind;

struct Effects {
  std::vector<std::string> breaks, key_update, gains;
};

std::string display_name(const Program& program) {
  return program.service.empty() ? program.name
                                 : fmt::format("{} ({})", program.name, program.service);
}

// One with an OPENSSL_CONF of its own does not read the system's file.
bool reads(const Program& program, std::string_view config_file) {
  return program.openssl && !program.openssl->from_environment &&
         program.openssl->path == config_file;
}

void add_once(std::vector<std::string>& names, std::string name) {
  if (std::ranges::count(names, name) == 0) names.push_back(std::move(name));
}

Effects effects_of(std::string_view config_file, const Programs& programs,
                   const RekeyFacts& kernel) {
  Effects effects;
  for (const Program& program : programs.all) {
    const OptionEffect effect =
        effect_of_option(program, config_file, programs.gnutls_asks, kernel);
    // For a program that asks already the option changes nothing.
    if (effect.already) continue;
    const bool file = reads(program, config_file);
    if (file && effect.kind == Kind::Breaks)
      add_once(effects.breaks, display_name(program));
    else if (file && (effect.kind == Kind::KeyUpdate || effect.kind == Kind::KeyUpdateUnknown))
      add_once(effects.key_update, display_name(program));
    else if (effect.kind == Kind::Gains && !program.ignores_environment)
      add_once(effects.gains, display_name(program));
  }
  return effects;
}

std::string list(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 4;
  const std::size_t shown = std::min(names.size(), kMost);
  std::string text = join(std::span(names).first(shown), ", ");
  return names.size() > shown ? fmt::format("{} and {} more", text, names.size() - shown) : text;
}

std::string beginning(std::string_view config_file) {
  return fmt::format(
      "{} does not ask for kTLS (Options = KTLS), so only applications that ask themselves use "
      "it, such as nginx with `ssl_conf_command Options KTLS;`.",
      config_file);
}

constexpr std::string_view kRecipe =
    " `ktls-tuner openssl-conf --for SERVICE` prints a configuration for one program.";

}  // namespace

std::string openssl_option_warning(std::string_view config_file, const Programs& programs,
                                   const RekeyFacts& kernel) {
  const Effects effects = effects_of(config_file, programs, kernel);
  std::string text = beginning(config_file);
  const bool hurts = !effects.breaks.empty() || !effects.key_update.empty();
  if (hurts) text += " Do not add the option there:";
  if (!effects.breaks.empty())
    text += fmt::format(" connections of {} would break{}", list(effects.breaks),
                        effects.key_update.empty() ? "." : ";");
  if (!effects.key_update.empty())
    text +=
        fmt::format(" a KeyUpdate of a peer could break those of {}.", list(effects.key_update));
  if (!hurts)
    text +=
        " Adding the option there changes every program that reads the file, also those that "
        "start later.";
  text += effects.gains.empty()
              ? std::string(" No program that runs here would gain without a risk.")
              : fmt::format(" {} would gain.", list(effects.gains));
  if (!programs.not_looked_at.empty())
    text += fmt::format(" Not all were looked at: {}.", join(programs.not_looked_at, "; "));
  return text.append(kRecipe);
}

std::string openssl_option_warning(std::string_view config_file, std::string_view why) {
  return fmt::format("{} Which programs of this host would gain or break was not looked at: {}.{}",
                     beginning(config_file), why, kRecipe);
}

}  // namespace tuner
