#include "model/programs/ssl_conf.h"

#include "base/text.h"
#include "model/programs/config_words.h"

namespace tuner {
namespace {

// "-KTLS" switches off; "+" is the same as no sign.
bool take_sign(std::string_view& word) {
  const bool off = word.starts_with('-');
  if (off || word.starts_with('+')) word.remove_prefix(1);
  return !off;
}

void take_options(std::string_view value, SslConfEffect& effect) {
  for (std::string_view word : split(value, ',')) {
    word = trim(word);
    const bool on = take_sign(word);
    if (same_word(word, "KTLS")) effect.ktls = on;
  }
}

// "ALL,-TLSv1.3"; a version without a sign as the first word allows only what follows.
void take_protocols(std::string_view value, SslConfEffect& effect) {
  bool first = true;
  for (std::string_view word : split(value, ',')) {
    word = trim(word);
    const bool only = first && !word.starts_with('-') && !word.starts_with('+');
    first = false;
    const bool on = take_sign(word);
    const bool all = same_word(word, "ALL");
    if (only && !all) effect.tls12 = effect.tls13 = false;
    if (all || same_word(word, "TLSv1.2")) effect.tls12 = on;
    if (all || same_word(word, "TLSv1.3")) effect.tls13 = on;
  }
}

// Fedora's policy has "DTLS.MaxProtocol = DTLSv1.2" in the same section. A bound of the other
// family changes nothing for TLS (ssl_set_version_bound() in ssl/statem/statem_lib.c).
bool is_dtls(std::string_view version) {
  return version.size() > 4 && same_word(version.substr(0, 4), "DTLS");
}

}  // namespace

SslConfEffect ssl_conf_effect(std::string_view command, std::string_view value) {
  SslConfEffect effect;
  if (same_word(command, "Options")) take_options(value, effect);
  if (same_word(command, "Protocol")) take_protocols(value, effect);
  const bool bounds_tls = !is_dtls(value);
  if (bounds_tls && same_word(command, "MaxProtocol"))
    effect.tls13 = same_word(value, "TLSv1.3") || same_word(value, "None");
  if (bounds_tls && same_word(command, "MinProtocol")) effect.tls12 = !same_word(value, "TLSv1.3");
  return effect;
}

}  // namespace tuner
